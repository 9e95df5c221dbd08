/** Dresses a padded cell: `text` stands in column `column` of line `line`. */
export type Dress = (text: string, column: number, line: number) => string

/**
 * Lays columns of cells out as Go's text/tabwriter does: left-aligned, every column as wide as its widest cell plus `padding` blanks, width
 * counted in code points. The last cell of a line is not padded. All columns have equally many cells.
 */
export function tabulate(columns: readonly (readonly string[])[], padding: number, dress?: Dress): string {
  const padded = columns.map((cells, index) => (index === columns.length - 1 ? cells : padColumn(cells, padding)))
  const dressed = dress ? padded.map((cells, column) => cells.map((cell, line) => dress(cell, column, line))) : padded
  let text = ''
  const height = columns[0]?.length ?? 0
  for (let line = 0; line < height; line++) {
    for (const cells of dressed) text += cells[line] ?? ''
    text += '\n'
  }
  return text
}

function padColumn(cells: readonly string[], padding: number): string[] {
  const surplus = cells.map(codeUnitsTooMany)
  const width = cells.reduce((most, cell, line) => Math.max(most, cell.length - (surplus[line] ?? 0)), 0)
  return cells.map((cell, line) => cell.padEnd(width + padding + (surplus[line] ?? 0)))
}

const surrogate = /[\ud800-\udfff]/

/** By how much a text's length in UTF-16 exceeds its code points. */
const codeUnitsTooMany = (text: string): number => (surrogate.test(text) ? text.length - [...text].length : 0)
