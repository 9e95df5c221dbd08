import type {Listing} from '../resources/resource.js'

/** Which rows a table shows, and in which order, as far as they were looked through. */
export interface RowsShown {
  /** What rows must contain, lower case. */
  filter: string
  /** The column that rows are sorted by; null for the order of the source. */
  order: Order | null
  /** All rows in the order of the table; null: as they stand. */
  base: Uint32Array | null
  /** Rows that alone can fit, as they fitted a shorter text; null for all. */
  pool: readonly number[] | null
  /** How many of them (or of all) were looked at. */
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

/** Rows that are looked at before the first frame; the others follow in slices. */
const atOnce = 250

export const allRows: RowsShown = {
  filter: '',
  order: null,
  base: null,
  pool: null,
  looked: 0,
  found: null,
  sorting: null,
}

/** How many rows are shown. */
export const shownCount = ({found, base}: RowsShown, listing: Listing): number =>
  found?.length ?? base?.length ?? listing.count

/** The number of the row that stands at `index`. */
export const rowAt = ({found, base}: RowsShown, index: number): number => found?.[index] ?? base?.[index] ?? index

/** How many rows are to be looked at. */
const wholeCount = ({pool}: RowsShown, listing: Listing): number => pool?.length ?? listing.count

/** Whether slices are left to do. */
export const isUnderWay = (shown: RowsShown, listing: Listing): boolean =>
  shown.sorting !== null || (shown.filter !== '' && shown.looked < wholeCount(shown, listing))

/** Parts of the work that are done, 0 to 1. */
export function progress(shown: RowsShown, listing: Listing): number {
  const {sorting, looked} = shown
  if (sorting === null) return shown.filter === '' ? 1 : looked / Math.max(1, wholeCount(shown, listing))
  if (sorting.next < listing.count) return (0.5 * sorting.next) / Math.max(1, listing.count)
  return 0.5 + 0.5 / sorting.runs.length
}

/** Seeks another text. One that goes on from the last is sought among what was found. */
export function withFilter(shown: RowsShown, text: string, listing: Listing): RowsShown {
  const filter = text.trim().toLowerCase()
  if (filter === shown.filter) return shown
  if (filter === '') return {...shown, filter, pool: null, looked: 0, found: null}
  const narrower = shown.found !== null && shown.filter !== '' && filter.includes(shown.filter)
  // What is not looked at yet may fit as well: only a search that is done has a smaller pool.
  const pool = narrower ? (isUnderWay(shown, listing) ? shown.pool : shown.found) : null
  return filterStep({...shown, filter, pool, looked: 0, found: []}, listing, atOnce)
}

/** Sorts by a column; the same column once more turns the order round, and a third time gives the source's order back. */
export function sortedBy(shown: RowsShown, column: number, listing: Listing): RowsShown {
  const current = shown.sorting?.order ?? shown.order
  if (current?.column !== column) return withOrder(shown, {column, descending: false}, listing)
  return withOrder(shown, current.descending ? null : {column, descending: true}, listing)
}

export function withOrder(shown: RowsShown, order: Order | null, listing: Listing): RowsShown {
  if (order === null) return searchAgain({...shown, order, base: null, sorting: null}, listing)
  if (listing.count === 0) return {...shown, order, sorting: null}
  return {...shown, sorting: {order, next: 0, runs: []}}
}

const searchAgain = (shown: RowsShown, listing: Listing): RowsShown =>
  shown.filter === ''
    ? {...shown, pool: null, looked: 0, found: null}
    : filterStep({...shown, pool: null, looked: 0, found: []}, listing, atOnce)

/** Does one slice of what is left: so many rows are looked at or sorted. */
export function step(shown: RowsShown, listing: Listing, rows: number): RowsShown {
  if (shown.sorting !== null) return sortStep(shown, shown.sorting, listing, rows)
  return isUnderWay(shown, listing) ? filterStep(shown, listing, rows) : shown
}

function filterStep(shown: RowsShown, listing: Listing, rows: number): RowsShown {
  const end = Math.min(shown.looked + rows, wholeCount(shown, listing))
  const found = [...(shown.found ?? [])]
  for (let index = shown.looked; index < end; index += 1) {
    const row = shown.pool?.[index] ?? shown.base?.[index] ?? index
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

/** Moving a row in a merge takes so much less than making its key. */
const mergedPerLooked = 10

function sortStep(shown: RowsShown, sorting: Sorting, listing: Listing, rows: number): RowsShown {
  const {order, next, runs} = sorting
  const compare = comparer(order, listing)
  if (next < listing.count) {
    const end = Math.min(next + rows, listing.count)
    const run = Uint32Array.from({length: end - next}, (_, index) => next + index).sort(compare)
    const grown = {order, next: end, runs: [...runs, run]}
    return end === listing.count && grown.runs.length === 1
      ? sorted(shown, order, run, listing)
      : {...shown, sorting: grown}
  }
  const [merged, rest] = mergeSome(runs, compare, rows * mergedPerLooked)
  const left = [...rest, ...merged]
  const [only] = left
  if (left.length === 1 && only !== undefined) return sorted(shown, order, only, listing)
  return {...shown, sorting: {order, next, runs: left}}
}

/** Merges pairs from the front until a slice's work is done; those that are left come first next time. */
function mergeSome(
  runs: readonly Uint32Array[],
  compare: (a: number, b: number) => number,
  most: number,
): [Uint32Array[], Uint32Array[]] {
  const merged: Uint32Array[] = []
  let [index, moved] = [0, 0]
  while (index + 1 < runs.length && moved < most) {
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
