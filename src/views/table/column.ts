import {printableLine} from '../printable.js'
import {tabulate} from './tabwriter.js'

/** One column of a table: its title, and how a row fills it. */
export interface Column<Row> {
  title: string
  cell(row: Row): string
}

/** A table as columns and rows: what every view of a resource is made from. */
export interface Table<Row> {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
}

/** How far apart columns stand (istioctl has 1 for listeners and 5 elsewhere), and whether their titles are shown. */
export interface ShortLayout {
  padding: number
  headers: boolean
}

const needsCare = /[^\x20-\x7e]/

/** A cell as a terminal may show it. */
export const cellText = (text: string): string => (needsCare.test(text) ? printableLine(text) : text)

/** The table as plain text, as istioctl lays it out. */
export function renderShort<Row>({columns, rows}: Table<Row>, {padding, headers}: ShortLayout): string {
  const lines = columns.map(({title, cell}) => [...(headers ? [title] : []), ...rows.map((row) => cellText(cell(row)))])
  return tabulate(lines, padding)
}
