import {type Drawn, type Layout, renderTable, type Table} from '../../views/table/column.js'

/** A table of any rows, ready to be drawn. */
export interface Drawing {
  /** How many rows it has beside its titles. */
  rows: number
  draw(layout: Omit<Layout, 'padding'>): Drawn
}

/** A table as istioctl lays it out, `padding` blanks between its columns. */
export const shortDrawing = <Row>(table: Table<Row>, padding: number): Drawing => ({
  rows: table.rows.length,
  draw: (layout) => renderTable(table, {...layout, padding}),
})

/** A table of our own columns. */
export async function wideDrawing<Row>(table: Table<Row>): Promise<Drawing> {
  const {renderWide} = await import('../../views/table/wide-table.js')
  return {rows: table.rows.length, draw: (layout) => renderWide(table, {...layout, padding: 2})}
}
