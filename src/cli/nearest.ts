/** How many letters must be inserted, deleted or replaced to turn `from` into `to`. */
function distance(from: string, to: string): number {
  let row = Array.from({length: to.length + 1}, (_, i) => i)
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, b] of [...to].entries()) {
      const [left, above, corner] = [next[j] ?? 0, row[j + 1] ?? 0, row[j] ?? 0]
      next.push(Math.min(left + 1, above + 1, corner + (a === b ? 0 : 1)))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** At most `count` of `names` that `name` may have meant, nearest first: a third of its letters may differ. */
export function nearest(name: string, names: Iterable<string>, count = 1): string[] {
  const limit = Math.ceil(name.length / 3)
  return [...new Set(names)]
    .map((candidate) => ({candidate, distance: distance(name, candidate)}))
    .filter((found) => found.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map((found) => found.candidate)
}
