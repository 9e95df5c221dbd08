import {printableLine} from '../printable.js'
import {fitColumns} from './fit.js'
import {tabulate} from './tabwriter.js'

/** What a cell's content means: terminals show it in colour. */
export type Mark = 'good' | 'bad' | 'warn' | null

/** One column of a table: its title, how a row fills it, and what that means. */
export interface Column<Row> {
  title: string
  cell(row: Row): string
  mark?(row: Row): Mark
}

/** A table as columns and rows: what every view of a resource is made from. */
export interface Table<Row> {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
}

/** How a table is laid out. */
export interface Layout {
  /** How far apart columns stand; istioctl has 1 for listeners and 5 elsewhere. */
  padding: number
  headers: boolean
  /** Cells are cut in their middle to fit this many columns of a terminal; absent where nothing is to be cut. */
  width?: number | undefined
  colour?: boolean | undefined
}

const needsCare = /[^\x20-\x7e]/

/** A cell as a terminal may show it. */
export const cellText = (text: string): string => (needsCare.test(text) ? printableLine(text) : text)

/** Does the table hold anything that is not shown as it is? */
export const isStripped = <Row>({columns, rows}: Table<Row>): boolean =>
  columns.some(({cell}) =>
    rows.some((row) => {
      const text = cell(row)
      return needsCare.test(text) && printableLine(text) !== text
    }),
  )

const colours = {good: '32', bad: '31', warn: '33'}

export const paint = (text: string, mark: Mark): string =>
  mark === null ? text : `\u001b[${colours[mark]}m${text}\u001b[0m`

/** The table as text, as istioctl lays it out. */
export function renderTable<Row>({columns, rows}: Table<Row>, layout: Layout): string {
  const {padding, headers, width, colour = false} = layout
  const whole = columns.map(({title, cell}) => [...(headers ? [title] : []), ...rows.map((row) => cellText(cell(row)))])
  const cells = width === undefined ? whole : fitColumns(whole, width, padding)
  if (!colour) return tabulate(cells, padding)
  return tabulate(cells, padding, (text, column, line) => {
    const row = rows[headers ? line - 1 : line]
    return row === undefined ? text : paint(text, columns[column]?.mark?.(row) ?? null)
  })
}

/** The mark of a word that says how something is. */
export function stateMark(state: string): Mark {
  if (/UNHEALTHY|FAILED|REJECTED|false|TIMEOUT/.test(state)) return 'bad'
  if (/DRAINING|WARMING|DEGRADED|BlackHole/.test(state)) return 'warn'
  return /^(HEALTHY|OK|ACTIVE|true)$/.test(state) ? 'good' : null
}
