import {type Drawn, type Layout, renderTable, type Table} from '../../views/table/column.js'
import {type FilledRow, fillTable, joinTables} from '../../views/table/join.js'

/** A table of any rows, ready to be drawn. */
export interface Drawing {
  /** How many rows it has beside its titles. */
  rows: number
  draw(layout: Omit<Layout, 'padding'>): Drawn
  /** Its cells, to be joined with those of others. */
  filled(): Table<FilledRow>
  /** Another table, drawn in the same way. */
  alike(table: Table<FilledRow>): Drawing
  /** Why it is empty, where its filters are the reason. */
  emptyBecause?: (() => string | null) | undefined
}

/** A table as istioctl lays it out, `padding` blanks between its columns. */
export const shortDrawing = <Row>(table: Table<Row>, padding: number): Drawing => ({
  rows: table.rows.length,
  draw: (layout) => renderTable(table, {...layout, padding}),
  filled: () => fillTable(table),
  alike: (other) => shortDrawing(other, padding),
})

/** A table of our own columns. */
export async function wideDrawing<Row>(table: Table<Row>): Promise<Drawing> {
  const {renderWide} = await import('../../views/table/wide-table.js')
  const drawing = <R>(own: Table<R>): Drawing => ({
    rows: own.rows.length,
    draw: (layout) => renderWide(own, {...layout, padding: 2}),
    filled: () => fillTable(own),
    alike: drawing,
  })
  return drawing(table)
}

/** Words in place of a table that has no row. */
export const wordsDrawing = (text: string): Drawing => ({
  ...shortDrawing({columns: [], rows: []}, 0),
  draw: () => ({text, stripped: false}),
})

/** The tables of several files, or pods, as one, each row behind the name of its own. */
export function joinDrawings(parts: readonly {file: string; drawing: Drawing}[], title?: string): Drawing | undefined {
  const drawn = parts.map(({file, drawing}) => ({file, drawing, table: drawing.filled()}))
  const model = drawn.find(({table}) => table.columns.length > 0)
  return model === undefined ? parts[0]?.drawing : model.drawing.alike(joinTables(drawn, title))
}
