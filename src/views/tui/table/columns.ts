/** A column that is on the screen, with the cells it has there. */
export interface ShownColumn {
  column: number
  width: number
}

/** Blanks between columns. */
export const gap = 2

/** Less than this shows nothing of a name. */
const least = 8

/**
 * The columns that fit, from `first` on; the very first column always stays, as it says whose row it is. A long column takes at
 * most half of the line as long as others want room; what is left over is given back to it.
 */
export function fitColumns(widths: readonly number[], first: number, width: number): ShownColumn[] {
  const order = widths.flatMap((_, column) => (column === 0 || column > first ? [column] : []))
  const most = Math.max(least, Math.floor(width * (order.length === 1 ? 1 : 0.5)))
  const shown: ShownColumn[] = []
  let room = width
  for (const column of order) {
    const wanted = Math.min(widths[column] ?? 0, most)
    const free = room - (shown.length === 0 ? 0 : gap)
    if (free < Math.min(wanted, least)) break
    const own = Math.min(wanted, free)
    shown.push({column, width: own})
    room = free - own
  }
  return giveBack(shown, widths, room)
}

function giveBack(shown: readonly ShownColumn[], widths: readonly number[], room: number): ShownColumn[] {
  let left = room
  return shown.map(({column, width}) => {
    const more = Math.min(left, Math.max(0, (widths[column] ?? 0) - width))
    left -= more
    return {column, width: width + more}
  })
}

/** The least `first` at which a column is on the screen in whole, or as far as the line goes. */
export function firstFor(column: number, widths: readonly number[], first: number, width: number): number {
  if (column === 0) return first
  if (column <= first) return column - 1
  for (let from = first; from < column; from += 1) {
    const own = fitColumns(widths, from, width).find((shown) => shown.column === column)
    if (own !== undefined && (own.width >= (widths[column] ?? 0) || own.width >= width / 3)) return from
  }
  return column - 1
}
