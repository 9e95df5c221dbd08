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

/** A table as text, and whether something in it is not shown as it is. */
export interface Drawn {
  text: string
  stripped: boolean
}

/** The cells of a table, column by column, safe for a terminal; titles first where they are wanted. */
export function cellsOf<Row>({columns, rows}: Table<Row>, headers: boolean): {cells: string[][]; stripped: boolean} {
  let stripped = false
  const cells = columns.map(({title, cell}) => {
    const column = headers ? [title] : []
    let [last, shown] = ['', '']
    for (const row of rows) {
      const text = cell(row)
      if (text !== last) {
        shown = cellText(text)
        stripped ||= shown !== text
        last = text
      }
      column.push(shown)
    }
    return column
  })
  return {cells, stripped}
}

const colours = {good: '32', bad: '31', warn: '33'}

export const paint = (text: string, mark: Mark): string =>
  mark === null ? text : `\u001b[${colours[mark]}m${text}\u001b[0m`

/** The table as text, as istioctl lays it out. */
export function renderTable<Row>(table: Table<Row>, layout: Layout): Drawn {
  const {padding, headers, width, colour = false} = layout
  const {columns, rows} = table
  const {cells: whole, stripped} = cellsOf(table, headers)
  const cells = width === undefined ? whole : fitColumns(whole, width, padding)
  if (!colour) return {text: tabulate(cells, padding), stripped}
  const text = tabulate(cells, padding, (cell, column, line) => {
    const row = rows[headers ? line - 1 : line]
    return row === undefined ? cell : paint(cell, columns[column]?.mark?.(row) ?? null)
  })
  return {text, stripped}
}

/** The mark of a word that says how something is. */
export function stateMark(state: string): Mark {
  if (/UNHEALTHY|FAILED|REJECTED|false|TIMEOUT/.test(state)) return 'bad'
  if (/DRAINING|WARMING|DEGRADED|BlackHole/.test(state)) return 'warn'
  return /^(HEALTHY|OK|ACTIVE|true)$/.test(state) ? 'good' : null
}
