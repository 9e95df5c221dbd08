/**
 * Lays cells out as Go's text/tabwriter does: left-aligned, every column as wide as its widest cell plus `padding` blanks, width counted
 * in code points. The last cell of a line is not padded. All lines have equally many cells.
 */
export function tabulate(lines: readonly (readonly string[])[], padding: number): string {
  const last = (lines[0]?.length ?? 0) - 1
  const widths = new Array<number>(Math.max(last, 0)).fill(0)
  for (const line of lines)
    for (let column = 0; column < last; column++)
      widths[column] = Math.max(widths[column] ?? 0, width(line[column] ?? ''))
  const out: string[] = []
  for (const line of lines) {
    let text = ''
    for (let column = 0; column < last; column++) {
      const cell = line[column] ?? ''
      text += cell.padEnd(cell.length - width(cell) + (widths[column] ?? 0) + padding)
    }
    out.push(text + (line[last] ?? ''))
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`
}

const beyondAscii = /[^\x20-\x7e]/

function width(cell: string): number {
  if (!beyondAscii.test(cell)) return cell.length
  let points = 0
  for (const _ of cell) points++
  return points
}
