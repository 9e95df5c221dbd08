import {type Line, line, lineCells, type Span, span} from '../styled.js'
import {shorten, wrapLine} from '../wrap.js'

export interface Layout {
  width: number
  /** Every candidate is shown. */
  full: boolean
  /**
   * How much is left out so that the whole fits on a page: 1 without why rules decided, 2 without what stands beside and needs a
   * line of its own, 3 one line a sentence. What failed is told whole.
   */
  brevity?: Brevity
}

export type Brevity = 0 | 1 | 2 | 3

/** Cells before what happens: number, then the hop's label. */
export const margin = 15

/** What stands beside begins here where there is room. */
const asideColumn = (width: number): number => Math.min(66, Math.floor(width * 0.62))

const blanks = (count: number): Span => ({text: ' '.repeat(Math.max(0, count)), tone: 'plain'})

/** A line that hangs `indent` cells under `lead`, wrapped. */
export function hanging(lead: Line, text: Line, indent: number, width: number): Line[] {
  const [first = [], ...rest] = wrapLine(text, Math.max(20, width - indent))
  const taken = lineCells(lead)
  // A lead wider than the indent has a line of its own.
  const alone = taken > 0 && taken >= indent
  const below = (part: Line): Line => [blanks(indent), ...part]
  return alone
    ? [lead, below(first), ...rest.map(below)]
    : [[...lead, blanks(indent - taken), ...first], ...rest.map(below)]
}

/** The text without what does not fit on a line; a name loses its middle, never its end. */
const oneLine = (text: Line, width: number): Line => {
  const over = lineCells(text) - width
  const longest = Math.max(...text.map((part) => part.text.length))
  return over <= 0
    ? text
    : text.map((part) =>
        part.text.length === longest ? {...part, text: shorten(part.text, Math.max(12, longest - over))} : part,
      )
}

/** Left text, and right of it what it is called in the cluster; on its own line where both do not fit. */
export function withAside(lead: Line, text: Line, aside: string | null, {width, brevity = 0}: Layout): Line[] {
  const left = hanging(lead, brevity === 3 ? oneLine(text, width - margin) : text, margin, width)
  if (aside === null || aside === '') return left
  const last = left.at(-1) ?? []
  const start = Math.max(asideColumn(width), lineCells(last) + 2)
  const room = width - start
  if (aside.length <= room)
    return [...left.slice(0, -1), [...last, blanks(start - lineCells(last)), span(aside, 'dim')]]
  if (brevity >= 2) return left
  const own = wrapLine(line(span(aside, 'dim')), width - margin - 2)
  return [...left, ...own.map((part): Line => [blanks(margin + 2), ...part])]
}
