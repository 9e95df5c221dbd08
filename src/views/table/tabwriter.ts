/** Dresses a padded cell: `text` stands in column `column` of line `line`. */
export type Dress = (text: string, column: number, line: number) => string

/**
 * Lays columns of cells out as Go's text/tabwriter does: left-aligned, every column as wide as its widest cell plus `padding` blanks, width
 * counted in code points. The last cell of a line is not padded. All columns have equally many cells.
 */
export function tabulate(columns: readonly (readonly string[])[], padding: number, dress?: Dress): string {
  const last = columns.length - 1
  const widths = columns.map((cells, column) => (column === last ? 0 : widthOf(cells) + padding))
  const lineText = (line: number): string => {
    let text = ''
    for (let column = 0; column <= last; column++) {
      const cell = columns[column]?.[line] ?? ''
      const padded = column === last ? cell : cell.padEnd((widths[column] ?? 0) + codeUnitsTooMany(cell))
      text += dress ? dress(padded, column, line) : padded
    }
    return `${text}\n`
  }
  return joined(columns[0]?.length ?? 0, lineText)
}

/** The texts of `count` lines in one, joined in pieces, so that the parts of most lines are forgotten soon after they were made. */
function joined(count: number, lineText: (line: number) => string): string {
  const linesOfPiece = 256
  const pieces: string[] = []
  let lines: string[] = []
  for (let line = 0; line < count; line++) {
    lines.push(lineText(line))
    if (lines.length < linesOfPiece) continue
    pieces.push(lines.join(''))
    lines = []
  }
  return pieces.join('') + lines.join('')
}

const widthOf = (cells: readonly string[]): number =>
  cells.reduce((most, cell) => Math.max(most, cell.length - codeUnitsTooMany(cell)), 0)

const surrogate = /[\ud800-\udfff]/

/** By how much a text's length in UTF-16 exceeds its code points. */
const codeUnitsTooMany = (text: string): number => (surrogate.test(text) ? text.length - [...text].length : 0)
