import type {Listing} from '../resources/resource.js'

/** Which rows a table shows, and in which order, as far as they were looked through. */
export interface RowsShown {
  /** What rows must contain, lower case. */
  filter: string
  /** The column that rows are sorted by; null for the order of the source. */
  order: Order | null
  /** Rows that are looked through, in the order of the table; null for all, as they stand. */
  base: Uint32Array | null
  /** How many of them were looked at. */
  looked: number
  /** Those that fit, so far; null while nothing is sought. */
  found: readonly number[] | null
  /** Sorting under way; what was shown before stays until it is done. */
  sorting: Sorting | null
}

export interface Order {
  column: number
  descending: boolean
}

/** Sorted runs that are merged two by two. */
export interface Sorting {
  order: Order
  /** The first row that stands in no run yet. */
  next: number
  runs: readonly Uint32Array[]
}

/** Rows that one slice looks at or sorts: so many that a slice takes a few milliseconds, and no key waits longer. */
const slice = 4000

/** Values that one slice of a merge moves at most; the last merges move all. */
const mostMerged = 60_000

export const allRows: RowsShown = {filter: '', order: null, base: null, looked: 0, found: null, sorting: null}

/** How many rows are shown. */
export const shownCount = ({found, base}: RowsShown, listing: Listing): number =>
  found?.length ?? base?.length ?? listing.count

/** The number of the row that stands at `index`. */
export const rowAt = ({found, base}: RowsShown, index: number): number => found?.[index] ?? base?.[index] ?? index

const baseCount = ({base}: RowsShown, listing: Listing): number => base?.length ?? listing.count

/** Whether slices are left to do. */
export const isUnderWay = (shown: RowsShown, listing: Listing): boolean =>
  shown.sorting !== null || (shown.filter !== '' && shown.looked < baseCount(shown, listing))

/** Parts of the work that are done, 0 to 1. */
export function progress(shown: RowsShown, listing: Listing): number {
  const {sorting, looked} = shown
  if (sorting === null) return shown.filter === '' ? 1 : looked / Math.max(1, baseCount(shown, listing))
  if (sorting.next < listing.count) return (0.5 * sorting.next) / Math.max(1, listing.count)
  return 0.5 + 0.5 / sorting.runs.length
}

/** Seeks another text. One that goes on from the last is sought among what was found so far, and among what was not looked at yet. */
export function withFilter(shown: RowsShown, text: string, listing: Listing): RowsShown {
  const filter = text.trim().toLowerCase()
  if (filter === shown.filter) return shown
  if (filter === '') return {...shown, filter, looked: 0, found: null}
  const narrower = shown.found !== null && filter.includes(shown.filter)
  if (!narrower) return step({...shown, filter, looked: 0, found: []}, listing)
  const found = (shown.found ?? []).filter((row) => listing.text(row).includes(filter))
  return {...shown, filter, found}
}

/** Sorts by a column; the same column once more turns the order round, and a third time gives the source's order back. */
export function sortedBy(shown: RowsShown, column: number, listing: Listing): RowsShown {
  const current = shown.sorting?.order ?? shown.order
  if (current?.column !== column) return withOrder(shown, {column, descending: false}, listing)
  return withOrder(shown, current.descending ? null : {column, descending: true}, listing)
}

export function withOrder(shown: RowsShown, order: Order | null, listing: Listing): RowsShown {
  if (order === null) return searchAgain({...shown, order, base: null, sorting: null}, listing)
  return step({...shown, sorting: {order, next: 0, runs: []}}, listing)
}

const searchAgain = (shown: RowsShown, listing: Listing): RowsShown =>
  shown.filter === '' ? {...shown, looked: 0, found: null} : step({...shown, looked: 0, found: []}, listing)

/** Does one slice of what is left. */
export function step(shown: RowsShown, listing: Listing): RowsShown {
  if (shown.sorting !== null) return sortStep(shown, shown.sorting, listing)
  return isUnderWay(shown, listing) ? filterStep(shown, listing) : shown
}

function filterStep(shown: RowsShown, listing: Listing): RowsShown {
  const end = Math.min(shown.looked + slice, baseCount(shown, listing))
  const found = [...(shown.found ?? [])]
  for (let index = shown.looked; index < end; index += 1) {
    const row = shown.base?.[index] ?? index
    if (listing.text(row).includes(shown.filter)) found.push(row)
  }
  return {...shown, looked: end, found}
}

/** Compares rows by a column; equal ones stay in the order of the source. */
const comparer = ({column, descending}: Order, listing: Listing): ((a: number, b: number) => number) => {
  const sign = descending ? -1 : 1
  return (a, b) => {
    const [x, y] = [listing.key(a, column), listing.key(b, column)]
    return x < y ? -sign : x > y ? sign : a - b
  }
}

function sortStep(shown: RowsShown, sorting: Sorting, listing: Listing): RowsShown {
  const {order, next, runs} = sorting
  const compare = comparer(order, listing)
  if (next < listing.count) {
    const end = Math.min(next + slice, listing.count)
    const run = Uint32Array.from({length: end - next}, (_, index) => next + index).sort(compare)
    const grown = {order, next: end, runs: [...runs, run]}
    return end === listing.count && grown.runs.length === 1
      ? sorted(shown, order, run, listing)
      : {...shown, sorting: grown}
  }
  const [merged, rest] = mergeSome(runs, compare)
  const left = [...rest, ...merged]
  const [only] = left
  if (left.length === 1 && only !== undefined) return sorted(shown, order, only, listing)
  return {...shown, sorting: {order, next, runs: left}}
}

/** Merges pairs from the front until a slice's work is done; those that are left come first next time. */
function mergeSome(
  runs: readonly Uint32Array[],
  compare: (a: number, b: number) => number,
): [Uint32Array[], Uint32Array[]] {
  const merged: Uint32Array[] = []
  let [index, moved] = [0, 0]
  while (index + 1 < runs.length && moved < mostMerged) {
    const [a, b] = [runs[index] ?? new Uint32Array(), runs[index + 1] ?? new Uint32Array()]
    merged.push(merge(a, b, compare))
    moved += a.length + b.length
    index += 2
  }
  return [merged, runs.slice(index)]
}

function merge(a: Uint32Array, b: Uint32Array, compare: (a: number, b: number) => number): Uint32Array {
  const out = new Uint32Array(a.length + b.length)
  let [i, j] = [0, 0]
  for (let k = 0; k < out.length; k += 1) {
    const takeA = j >= b.length || (i < a.length && compare(a[i] ?? 0, b[j] ?? 0) <= 0)
    out[k] = (takeA ? a[i++] : b[j++]) ?? 0
  }
  return out
}

const sorted = (shown: RowsShown, order: Order, base: Uint32Array, listing: Listing): RowsShown =>
  searchAgain({...shown, order, base, sorting: null}, listing)
