import type {BranchStory, HopStory, PlaceStory} from '../story/story.js'

/** The three stations of a box, from top to bottom; a node and a host outside have one. */
export type Station = 'app' | 'netfilter' | 'envoy'

/** Where a hop is drawn. */
export interface Stop {
  hop: HopStory
  column: number
  station: Station
}

export interface Column {
  place: PlaceStory
  stations: Station[]
}

export interface Plan {
  columns: Column[]
  stops: Stop[]
}

const stationOf = ({hop}: HopStory): Station =>
  hop.place === 'app' ? 'app' : hop.place === 'proxy' ? 'envoy' : 'netfilter'

const order: readonly Station[] = ['app', 'netfilter', 'envoy']

/** What stands where: a box for each place, in the order of the way. */
export function planOf(branch: BranchStory): Plan {
  const columns = branch.places.map((place): Column => {
    const used = new Set(place.hops.map(stationOf))
    return {place, stations: order.filter((station) => used.has(station))}
  })
  const stops = branch.places.flatMap((place, column) =>
    place.hops.map((hop): Stop => ({hop, column, station: stationOf(hop)})),
  )
  return {columns, stops}
}
