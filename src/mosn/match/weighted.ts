import type {MosnRoute, WeightedCluster} from '../parse/router.js'

/** One cluster that the weighted draw can come to. */
export interface WeightedShare {
  /** Null: no entry was drawn, and the route's own `cluster_name` counts. */
  entry: WeightedCluster | null
  cluster: string
  /** How likely with the map of Go 1.26 (and of Go before 1.24), of up to eight entries. */
  probability: number
  /** Least and most over every order in which Go may walk the map. */
  range: [number, number]
}

/** Slots of one group of Go's map: where it begins to walk is drawn among them. */
const slots = 8

/** A number below this stands for nothing left of the range. */
const none = 0

/**
 * The draw of MOSN (RouteRuleImplBase.ClusterName): a number below the sum of all weights, from which the weights of the entries are
 * taken in the order of a Go map until it is 0 or less. The first entry of the order thus has one number more than its weight, and
 * an entry of weight 0 can be drawn. Entries of one name are one in the map (the last weight counts) and several in the sum.
 * Empty for a sum of 0: MOSN panics there.
 */
export function drawCluster(route: MosnRoute): WeightedShare[] {
  const total = route.weighted.reduce((sum, {weight}) => sum + weight, 0)
  if (total === 0) return []
  const entries = [...new Map(route.weighted.map((entry) => [entry.name, entry])).values()]
  const unique = entries.reduce((sum, {weight}) => sum + weight, 0)
  const counts = averageCounts(entries, total)
  const drawn = entries.map((entry, index): WeightedShare => {
    const [least, most] = extremes(entries, index, total, unique)
    const probability = (counts[index] ?? none) / total
    return {entry, cluster: entry.name, probability, range: [least / total, most / total]}
  })
  const left = counts[entries.length] ?? none
  const shares =
    left === none
      ? drawn
      : [...drawn, {entry: null, cluster: route.clusterName, probability: left / total, range: rest(total, unique)}]
  return shares.filter(({probability, range}) => probability > 0 || range[1] > 0)
}

/** How many of the numbers come to each entry in one order; the last count is of those that come to none. */
function countsOf(order: readonly number[], entries: readonly WeightedCluster[], total: number): number[] {
  const counts = new Array<number>(entries.length + 1).fill(0)
  let taken = 0
  let sum = 0
  for (const index of order) {
    sum += entries[index]?.weight ?? 0
    const upTo = Math.min(total, sum + 1)
    if (upTo > taken) {
      counts[index] = upTo - taken
      taken = upTo
    }
  }
  counts[entries.length] = total - taken
  return counts
}

/** Over the places where the walk can begin: each slot alike, going round. More entries than slots begin anywhere alike. */
function averageCounts(entries: readonly WeightedCluster[], total: number): number[] {
  const places = Math.max(slots, entries.length)
  const sums = new Array<number>(entries.length + 1).fill(0)
  for (let place = 0; place < places; place++) {
    const begin = place < entries.length ? place : 0
    const order = entries.map((_, index) => (begin + index) % entries.length)
    for (const [index, count] of countsOf(order, entries, total).entries()) sums[index] = (sums[index] ?? 0) + count
  }
  return sums.map((sum) => sum / places)
}

/** First of all an entry has the most numbers; behind all others the least. */
function extremes(
  entries: readonly WeightedCluster[],
  index: number,
  total: number,
  unique: number,
): [least: number, most: number] {
  const weight = entries[index]?.weight ?? 0
  const first = Math.min(total, weight + 1)
  if (entries.length === 1) return [first, first]
  const before = unique - weight
  const upTo = (sum: number) => Math.min(total, sum + 1)
  return [upTo(before + weight) - upTo(before), first]
}

const rest = (total: number, unique: number): [number, number] => {
  const share = (total - Math.min(total, unique + 1)) / total
  return [share, share]
}
