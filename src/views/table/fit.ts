const ellipsis = '…'

/** Columns are not cut below this: less would say nothing. */
const leastWidth = 12

/** Cuts the widest columns of cells, in the middle of each cell, until a line takes at most `width` columns of a terminal. */
export function fitColumns(
  columns: readonly (readonly string[])[],
  width: number,
  padding: number,
): readonly (readonly string[])[] {
  const widths = columns.map((cells) => cells.reduce((most, cell) => Math.max(most, cell.length), 0))
  let excess = widths.reduce((sum, own) => sum + own, 0) + padding * (columns.length - 1) - width
  while (excess > 0) {
    const widest = Math.max(...widths)
    const second = Math.max(leastWidth, ...widths.filter((own) => own < widest))
    const at = widths.indexOf(widest)
    if (widest <= leastWidth) break
    const cut = Math.min(excess, Math.max(1, widest - second))
    widths[at] = widest - cut
    excess -= cut
  }
  return columns.map((cells, column) => cells.map((cell) => shorten(cell, widths[column] ?? cell.length)))
}

/** Both ends of a name tell more than its middle. */
function shorten(text: string, width: number): string {
  if (text.length <= width) return text
  const head = Math.ceil((width - 1) / 2)
  return `${text.slice(0, head)}${ellipsis}${text.slice(text.length - (width - 1 - head))}`
}
