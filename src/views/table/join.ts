import type {Column, Mark, Table} from './column.js'

/** The cells of a row, made, in the order of its table's columns. */
export interface FilledRow {
  cells: readonly {title: string; text: string; mark: Mark}[]
}

/** A table whose rows no longer hang on what they were made from. */
export const fillTable = <Row>({columns, rows}: Table<Row>): Table<FilledRow> => ({
  columns: columns.map(({title}) => filledColumn(title)),
  rows: rows.map((row) => ({
    cells: columns.map(({title, cell, mark}) => ({title, text: cell(row), mark: mark?.(row) ?? null})),
  })),
})

const filledColumn = (title: string): Column<FilledRow> => {
  const own = ({cells}: FilledRow) => cells.find((cell) => cell.title === title)
  return {title, cell: (row) => own(row)?.text ?? '', mark: (row) => own(row)?.mark ?? null}
}

/**
 * The tables of several files, or pods, as one, in their order, with a column of that title in front; a column that one of them lacks is empty in
 * its rows.
 */
export function joinTables(
  parts: readonly {file: string; table: Table<FilledRow>}[],
  title = 'FILE',
): Table<FilledRow> {
  const titles = new Set(parts.flatMap(({table}) => table.columns.map(({title}) => title)))
  const rows = parts.flatMap(({file, table}) =>
    table.rows.map(({cells}) => ({cells: [{title, text: file, mark: null}, ...cells]})),
  )
  return {columns: [title, ...titles].map(filledColumn), rows}
}
