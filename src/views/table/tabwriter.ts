/** Dresses a padded cell: `text` stands in column `column` of line `line`. */
export type Dress = (text: string, column: number, line: number) => string

/**
 * Lays columns of cells out as Go's text/tabwriter does: left-aligned, every column as wide as its widest cell plus `padding` blanks, width
 * counted in code points. The last cell of a line is not padded. All columns have equally many cells.
 */
export function tabulate(columns: readonly (readonly string[])[], padding: number, dress?: Dress): string {
  const last = columns.length - 1
  const gaps = columns.map((cells, column) => (column === last ? () => '' : gapAfter(cells, padding)))
  const line = (index: number, parts: string[]) => {
    for (let column = 0; column <= last; column++) {
      const cell = columns[column]?.[index] ?? ''
      const gap = gaps[column]?.(cell) ?? ''
      if (dress) parts.push(dress(cell + gap, column, index))
      else parts.push(cell, gap)
    }
    parts.push('\n')
  }
  return joined(columns[0]?.length ?? 0, line)
}

/** The texts of `count` lines in one, joined in pieces, so that the parts of most lines are forgotten soon after they were made. */
function joined(count: number, line: (index: number, parts: string[]) => void): string {
  const linesOfPiece = 256
  const pieces: string[] = []
  for (let from = 0; from < count; from += linesOfPiece) {
    const parts: string[] = []
    for (let index = from; index < Math.min(from + linesOfPiece, count); index++) line(index, parts)
    pieces.push(parts.join(''))
  }
  return pieces.join('')
}

/** The blanks after each cell of a column. */
function gapAfter(cells: readonly string[], padding: number): (cell: string) => string {
  const isWide = cells.some((cell) => surrogate.test(cell))
  const widthOf = isWide ? codePoints : (cell: string) => cell.length
  const width = cells.reduce((most, cell) => Math.max(most, widthOf(cell)), 0) + padding
  const made = new Map<number, string>()
  const blanks = (count: number): string => {
    const text = ' '.repeat(count)
    made.set(count, text)
    return text
  }
  return (cell) => {
    const count = width - widthOf(cell)
    return made.get(count) ?? blanks(count)
  }
}

const surrogate = /[\ud800-\udfff]/

const codePoints = (text: string): number => (surrogate.test(text) ? [...text].length : text.length)
