import {type Line, line, span} from '../../styled.js'
import {wrapLine} from '../../wrap.js'
import type {Size} from '../layout.js'
import type {Listing, Source} from '../resources/resource.js'

/** A text that is read: a source, or a row as a list. */
export interface TextView {
  kind: 'text'
  /** A document as it stands, or facts as titles and values. */
  what: 'source' | 'describe'
  /** What the path calls it. */
  label: string
  title: string
  /** As they are; they are wrapped where they are drawn. */
  lines: readonly Line[]
  scroll: number
  /** What `x` writes. */
  document: unknown
  command: readonly string[]
}

/** Lines above the text: where we are, and what it is; and below: a rule, the keys. */
const linesAround = 4

export const linesOnScreen = ({rows}: Size): number => Math.max(1, Math.max(8, rows) - linesAround)

/** A listing of a thousand lines says no more than one of hundreds, and the file has all of it. */
const mostLines = 20_000

/** JSON with its own indentation; a rule's text stays text. */
export function documentLines(document: unknown): Line[] {
  const text = typeof document === 'string' ? document : (JSON.stringify(document, null, 2) ?? '')
  const lines = text.split('\n')
  const shown = lines.slice(0, mostLines).map((each) => line(each.replaceAll('\t', '  ')))
  const more = lines.length - mostLines
  return more > 0 ? [...shown, line(span(`-- ${more} more lines: x writes all of them to a file --`, 'dim'))] : shown
}

/** The configuration or rule behind a row, without secrets. */
export const sourceView = (
  name: string,
  source: Source,
  redact: (document: unknown) => unknown,
  command: readonly string[],
): TextView => {
  const document = redact(source.document)
  return {
    kind: 'text',
    what: 'source',
    label: `source of ${name}`,
    title: `${source.file} ${source.at}`,
    lines: documentLines(document),
    scroll: 0,
    document,
    command,
  }
}

/** A row as a list: every column, those that are off the screen too. */
export function describeView(listing: Listing, row: number): TextView {
  const source = listing.source(row)
  const facts = listing.titles.map((title, column): [string, string] => [title, listing.cell(row, column)])
  const placed: [string, string][] =
    source === null
      ? []
      : [
          ['FILE', source.file],
          ['PLACE', source.at],
        ]
  const width = Math.max(...[...facts, ...placed].map(([title]) => title.length))
  return {
    kind: 'text',
    what: 'describe',
    label: 'describe',
    title: listing.name(row),
    lines: [...facts, ...placed].map(([title, value], column) => {
      const mark = column < facts.length ? listing.mark(row, column) : null
      return line(span(`${title.padEnd(width)}  `, 'name'), span(value === '' ? '-' : value, mark ?? 'plain'))
    }),
    scroll: 0,
    document: Object.fromEntries(facts),
    command: listing.command(row),
  }
}

/** The lines as they stand on a screen of this width: what hangs over goes on under the first blank behind a title, or under its own indentation. */
export function wrappedLines({lines, what}: TextView, width: number): Line[] {
  if (what === 'describe') return lines.flatMap((each) => wrapDescribed(each, width))
  return lines.flatMap((each) => wrapLine(each, width))
}

function wrapDescribed([title, ...rest]: Line, width: number): Line[] {
  if (title === undefined) return [[]]
  const indent = title.text.length
  const [first = [], ...more] = wrapLine(rest, Math.max(12, width - indent))
  return [[title, ...first], ...more.map((part): Line => [{text: ' '.repeat(indent), tone: 'plain'}, ...part])]
}

export const scrollText = (view: TextView, by: number, size: Size): TextView => {
  const count = wrappedLines(view, Math.max(10, size.columns) - 2).length
  return {...view, scroll: Math.max(0, Math.min(view.scroll + by, count - linesOnScreen(size)))}
}
