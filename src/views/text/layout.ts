import {type Line, line, lineCells, type Span, span} from '../styled.js'
import {wrapLine} from '../wrap.js'

export interface Layout {
  width: number
  /** Every candidate is shown. */
  full: boolean
}

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

/** Left text, and right of it what it is called in the cluster; on its own line where both do not fit. */
export function withAside(lead: Line, text: Line, aside: string | null, width: number): Line[] {
  const left = hanging(lead, text, margin, width)
  if (aside === null || aside === '') return left
  const last = left.at(-1) ?? []
  const start = Math.max(asideColumn(width), lineCells(last) + 2)
  const room = width - start
  if (aside.length <= room)
    return [...left.slice(0, -1), [...last, blanks(start - lineCells(last)), span(aside, 'dim')]]
  const own = wrapLine(line(span(aside, 'dim')), width - margin - 2)
  return [...left, ...own.map((part): Line => [blanks(margin + 2), ...part])]
}
