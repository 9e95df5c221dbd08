import {cells} from '../../styled.js'
import type {Size} from '../layout.js'
import type {Listing, Where} from '../resources/resource.js'
import {firstFor} from './columns.js'
import {allRows, type RowsShown, rowAt, shownCount, sortedBy, step, withFilter} from './rows-shown.js'

/** A table as it stands on the screen. */
export interface TableView {
  kind: 'table'
  where: Where
  /** What the path calls it. */
  label: string
  /** Null until the rows have been read. */
  listing: Listing | null
  shown: RowsShown
  /** Index of the selected row among those shown. */
  cursor: number
  /** Index of the first row on the screen. */
  top: number
  /** The selected column, which sorting is by. */
  column: number
  /** Columns up to this one are passed, but for the very first. */
  first: number
  /** Cells for each column: the widest that has been on the screen. */
  widths: readonly number[]
}

export const openTable = (where: Where, label: string): TableView => ({
  kind: 'table',
  where,
  label,
  listing: null,
  shown: allRows,
  cursor: 0,
  top: 0,
  column: 0,
  first: 0,
  widths: [],
})

/** Lines above the rows: where we are, how many rows, their titles; and below: a rule, the keys. */
export const linesAround = 5

export const rowsOnScreen = ({rows}: Size): number => Math.max(1, Math.max(8, rows) - linesAround)

/** Cells for columns: a sign for the selected row stands before them. */
export const roomForColumns = ({columns}: Size): number => Math.max(10, columns) - 2

export const selectedRow = ({listing, shown, cursor}: TableView): number | null =>
  listing !== null && cursor < shownCount(shown, listing) ? rowAt(shown, cursor) : null

/** Brings cursor and window within what is shown, and widens columns for what has come on the screen. */
export function settle(view: TableView, size: Size): TableView {
  const {listing, shown} = view
  if (listing === null) return view
  const count = shownCount(shown, listing)
  const height = rowsOnScreen(size)
  const cursor = Math.max(0, Math.min(view.cursor, count - 1))
  const top = Math.max(0, Math.min(Math.max(view.top, cursor - height + 1), cursor, Math.max(0, count - height)))
  const widths = listing.titles.map((title, column) => {
    let width = Math.max(view.widths[column] ?? 0, cells(title))
    for (let index = top; index < Math.min(count, top + height); index += 1)
      width = Math.max(width, cells(listing.cell(rowAt(shown, index), column)))
    return width
  })
  const column = Math.max(0, Math.min(view.column, listing.titles.length - 1))
  return {...view, cursor, top, widths, column, first: firstFor(column, widths, view.first, roomForColumns(size))}
}

export const withListing = (view: TableView, listing: Listing, size: Size): TableView => {
  // The rows of a refreshed mesh are other ones: what was found and sorted is sought anew.
  const {filter, order, sorting} = view.shown
  const wanted = sorting?.order ?? order
  const plain = withFilter(allRows, filter, listing)
  const shown = wanted === null ? plain : sortedAs(plain, wanted, listing)
  return settle({...view, listing, shown}, size)
}

const sortedAs = (shown: RowsShown, {column, descending}: {column: number; descending: boolean}, listing: Listing) => {
  const up = sortedBy(shown, column, listing)
  return descending ? sortedBy(up, column, listing) : up
}

export const move = (view: TableView, by: number, size: Size): TableView =>
  settle({...view, cursor: Math.max(0, view.cursor + by)}, size)

export const turnColumn = (view: TableView, by: number, size: Size): TableView =>
  settle({...view, column: Math.max(0, view.column + by)}, size)

/** The row that is selected stays selected where it is still shown. */
export function filterTable(view: TableView, text: string, size: Size): TableView {
  if (view.listing === null) return {...view, shown: {...view.shown, filter: text}}
  return settle({...view, shown: withFilter(view.shown, text, view.listing), cursor: 0, top: 0}, size)
}

export function sortTable(view: TableView, size: Size): TableView {
  if (view.listing === null) return view
  return settle({...view, shown: sortedBy(view.shown, view.column, view.listing)}, size)
}

/** One slice more of filtering and sorting; it has to be settled before it is drawn. */
export function continueTable(view: TableView, rows: number): TableView {
  return view.listing === null ? view : {...view, shown: step(view.shown, view.listing, rows)}
}
