/** A set of whole numbers as ascending, disjoint intervals, both ends included: `[low, high, low, high, ...]`. */
export type NumberSet = readonly number[]

export const nothing: NumberSet = []

/** The set of some intervals in any order. */
export function numberSet(intervals: readonly (readonly [number, number])[]): NumberSet {
  const sorted = intervals.filter(([low, high]) => low <= high).sort((a, b) => a[0] - b[0])
  const set: number[] = []
  for (const [low, high] of sorted) {
    const end = set.at(-1)
    if (end !== undefined && low <= end + 1) set[set.length - 1] = Math.max(end, high)
    else set.push(low, high)
  }
  return set
}

export const single = (value: number): NumberSet => [value, value]

export const isEmpty = (set: NumberSet): boolean => set.length === 0

export function intersectSets(a: NumberSet, b: NumberSet): NumberSet {
  if (a === b) return a
  const both: number[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const low = Math.max(a[i] ?? 0, b[j] ?? 0)
    const [endA, endB] = [a[i + 1] ?? 0, b[j + 1] ?? 0]
    if (low <= Math.min(endA, endB)) both.push(low, Math.min(endA, endB))
    if (endA < endB) i += 2
    else j += 2
  }
  return both
}

/** What is in `a` and not in `b`. */
export function subtractSets(a: NumberSet, b: NumberSet): NumberSet {
  const rest: number[] = []
  let j = 0
  for (let i = 0; i < a.length; i += 2) {
    let low = a[i] ?? 0
    const high = a[i + 1] ?? 0
    while (j < b.length && (b[j + 1] ?? 0) < low) j += 2
    for (let k = j; k < b.length && (b[k] ?? 0) <= high; k += 2) {
      const start = b[k] ?? 0
      if (low < start) rest.push(low, start - 1)
      low = Math.max(low, (b[k + 1] ?? 0) + 1)
    }
    if (low <= high) rest.push(low, high)
  }
  return rest
}

export const uniteSets = (a: NumberSet, b: NumberSet): NumberSet => numberSet([...intervalsOf(a), ...intervalsOf(b)])

export function hasNumber(set: NumberSet, value: number): boolean {
  for (let i = 0; i < set.length; i += 2) if ((set[i] ?? 0) <= value && value <= (set[i + 1] ?? 0)) return true
  return false
}

export function intervalsOf(set: NumberSet): [number, number][] {
  const intervals: [number, number][] = []
  for (let i = 0; i < set.length; i += 2) intervals.push([set[i] ?? 0, set[i + 1] ?? 0])
  return intervals
}
