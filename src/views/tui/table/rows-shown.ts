import {type Growing, grown, noneYet} from '../growing.js'
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
  pool: Growing<number> | null
  /** How many of them (or of all) were looked at. */
  looked: number
  /** Those that fit, so far; null while nothing is sought. */
  found: Growing<number> | null
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
  /** The first two runs on their way into one; null between merges. */
  merge: Merge | null
}

/** How far a merge has come: `into` is filled from both runs, and what stands behind is not read. */
interface Merge {
  into: Uint32Array
  fromFirst: number
  fromSecond: number
}

/** Rows that are looked at before the first frame; the others follow in slices. */
const atOnce = 60

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
  found?.count ?? base?.length ?? listing.count

/** The number of the row that stands at `index`. */
export const rowAt = ({found, base}: RowsShown, index: number): number => found?.items[index] ?? base?.[index] ?? index

/** How many rows are to be looked at. */
const wholeCount = ({pool}: RowsShown, listing: Listing): number => pool?.count ?? listing.count

/** Whether slices are left to do. */
export const isUnderWay = (shown: RowsShown, listing: Listing): boolean =>
  shown.sorting !== null || (shown.filter !== '' && shown.looked < wholeCount(shown, listing))

/** Parts of the work that are done, 0 to 1. */
export function progress(shown: RowsShown, listing: Listing): number {
  const {sorting, looked} = shown
  if (sorting === null) return shown.filter === '' ? 1 : looked / Math.max(1, wholeCount(shown, listing))
  if (sorting.next < listing.count) return (0.5 * sorting.next) / Math.max(1, listing.count)
  return 0.5 + 0.5 / Math.max(1, sorting.runs.length)
}

/** Seeks another text. One that goes on from the last is sought among what was found. */
export function withFilter(shown: RowsShown, text: string, listing: Listing): RowsShown {
  const filter = text.trim().toLowerCase()
  if (filter === shown.filter) return shown
  if (filter === '') return {...shown, filter, pool: null, looked: 0, found: null}
  const narrower = shown.found !== null && shown.filter !== '' && filter.includes(shown.filter)
  // What is not looked at yet may fit as well: only a search that is done has a smaller pool.
  const pool = narrower ? (isUnderWay(shown, listing) ? shown.pool : shown.found) : null
  return filterStep({...shown, filter, pool, looked: 0, found: noneYet()}, listing, atOnce)
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
  return {...shown, sorting: {order, next: 0, runs: [], merge: null}}
}

const searchAgain = (shown: RowsShown, listing: Listing): RowsShown =>
  shown.filter === ''
    ? {...shown, pool: null, looked: 0, found: null}
    : filterStep({...shown, pool: null, looked: 0, found: noneYet()}, listing, atOnce)

/** Does one slice of what is left: so many rows are looked at or sorted. */
export function step(shown: RowsShown, listing: Listing, rows: number): RowsShown {
  if (shown.sorting !== null) return sortStep(shown, shown.sorting, listing, rows)
  return isUnderWay(shown, listing) ? filterStep(shown, listing, rows) : shown
}

function filterStep(shown: RowsShown, listing: Listing, rows: number): RowsShown {
  const end = Math.min(shown.looked + rows, wholeCount(shown, listing))
  const fitting: number[] = []
  for (let index = shown.looked; index < end; index += 1) {
    const row = shown.pool?.items[index] ?? shown.base?.[index] ?? index
    if (listing.text(row).includes(shown.filter)) fitting.push(row)
  }
  return {...shown, looked: end, found: grown(shown.found ?? noneYet(), fitting)}
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
    return {...shown, sorting: {...sorting, next: end, runs: [...runs, run]}}
  }
  const [first, second] = runs
  if (first === undefined || second === undefined) return sorted(shown, order, first ?? new Uint32Array(), listing)
  const merge = mergeOn(sorting.merge, first, second, compare, rows * mergedPerLooked)
  const done = merge.fromFirst + merge.fromSecond === merge.into.length
  // What was merged goes to the end, so that runs of like length meet.
  return {
    ...shown,
    sorting: done ? {...sorting, runs: [...runs.slice(2), merge.into], merge: null} : {...sorting, merge},
  }
}

function mergeOn(
  begun: Merge | null,
  a: Uint32Array,
  b: Uint32Array,
  compare: (a: number, b: number) => number,
  most: number,
): Merge {
  const into = begun?.into ?? new Uint32Array(a.length + b.length)
  let [i, j] = [begun?.fromFirst ?? 0, begun?.fromSecond ?? 0]
  const end = Math.min(into.length, i + j + most)
  for (let k = i + j; k < end; k += 1) {
    const takeA = j >= b.length || (i < a.length && compare(a[i] ?? 0, b[j] ?? 0) <= 0)
    into[k] = (takeA ? a[i++] : b[j++]) ?? 0
  }
  return {into, fromFirst: i, fromSecond: j}
}

const sorted = (shown: RowsShown, order: Order, base: Uint32Array, listing: Listing): RowsShown =>
  searchAgain({...shown, order, base, sorting: null}, listing)
