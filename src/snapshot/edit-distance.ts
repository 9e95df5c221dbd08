/** Levenshtein's distance: insertions, deletions and replacements of one character between `a` and `b`. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, column) => column)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((row[j] ?? 0) + (a[i] === b[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    row = next
  }
  return row[b.length] ?? 0
}

/**
 * The ids of up to three items whose name, or the beginning of it, is near to `wanted`: pods are typed without their
 * generated endings, so a name is measured both whole and cut to the length of what was typed.
 */
export function nearest<T extends {name: string}>(wanted: string, items: T[], idOf: (item: T) => string): string[] {
  const limit = Math.floor(wanted.length / 3)
  return items
    .map((item) => ({id: idOf(item), distance: distanceOfTyped(wanted, item.name)}))
    .filter(({distance}) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, 3)
    .map(({id}) => id)
}

/** Kubernetes allows no longer name: what is longer was not typed for one. */
const longestName = 253

function distanceOfTyped(wanted: string, name: string): number {
  const typed = wanted.slice(0, longestName)
  const cuts = [typed.length - 1, typed.length, typed.length + 1].map((length) => name.slice(0, Math.max(1, length)))
  return Math.min(...[name, ...cuts].map((text) => editDistance(typed, text)))
}
