/** A column that is on the screen, with the cells it has there. */
export interface ShownColumn {
  column: number
  width: number
}

/** Blanks between columns. */
export const gap = 2

/** A column comes on the screen where it has its width, or this; on narrow screens less. */
const enough = 28

/**
 * The columns that fit, from `first` on; the very first column always stays, as it says whose row it is, and has up to half of the
 * line, or more where nobody wants it. Where the others do not all have their width, the longest ones are cut to one length.
 */
export function fitColumns(widths: readonly number[], first: number, width: number): ShownColumn[] {
  const alone = widths.length === 1
  const name = Math.min(widths[0] ?? 0, alone ? width : Math.floor(width / 2))
  const least = Math.min(enough, Math.floor(width / 2) - gap)
  const others: number[] = []
  let room = width - name
  for (let column = first + 1; column < widths.length; column += 1) {
    const needed = Math.min(widths[column] ?? 0, least) + gap
    if (needed > room) break
    others.push(column)
    room -= needed
  }
  const shown = cutLongest(others, widths, width - name - gap * others.length)
  const left = width - name - shown.reduce((sum, each) => sum + each.width + gap, 0)
  return [{column: 0, width: Math.min(widths[0] ?? 0, name + left)}, ...shown]
}

function cutLongest(chosen: readonly number[], widths: readonly number[], room: number): ShownColumn[] {
  const own = chosen.map((column) => widths[column] ?? 0)
  const taken = (most: number): number => own.reduce((sum, width) => sum + Math.min(width, most), 0)
  let most = Math.max(1, ...own)
  while (most > 1 && taken(most) > room) most -= 1
  let left = room - taken(most)
  return chosen.map((column, index) => {
    const wanted = own[index] ?? 0
    const more = left > 0 && wanted > most ? 1 : 0
    left -= more
    return {column, width: Math.min(wanted, most) + more}
  })
}

/** The least `first` at which a column is on the screen. */
export function firstFor(column: number, widths: readonly number[], first: number, width: number): number {
  if (column === 0) return first
  if (column <= first) return column - 1
  for (let from = first; from < column; from += 1)
    if (fitColumns(widths, from, width).some((shown) => shown.column === column)) return from
  return column - 1
}
