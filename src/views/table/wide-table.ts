import Table3 from 'cli-table3'
import {cellsOf, type Drawn, type Layout, paint, type Table} from './column.js'
import {fitColumns} from './fit.js'

const blanks = {
  ...{top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': ''},
  ...{'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  '},
}

/** A table of our own columns, drawn without lines. */
export function renderWide<Row>(table: Table<Row>, {headers, width, colour = false}: Layout): Drawn {
  const {columns, rows} = table
  const {cells: whole, stripped} = cellsOf(table, true)
  const cells = width === undefined ? whole : fitColumns(whole, width, 2)
  const drawn = new Table3({chars: blanks, style: {'padding-left': 0, 'padding-right': 0, head: [], border: []}})
  if (headers) drawn.push(cells.map((column) => column[0] ?? ''))
  for (const [index, row] of rows.entries())
    drawn.push(
      columns.map(({mark}, column) => {
        const text = cells[column]?.[index + 1] ?? ''
        return colour ? paint(text, mark?.(row) ?? null) : text
      }),
    )
  return {text: drawn.length === 0 ? '' : `${drawn.toString().replace(/ +$/gm, '')}\n`, stripped}
}
