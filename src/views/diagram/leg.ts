import {shorten} from '../wrap.js'
import type {Plan, Station, Stop} from './plan.js'

/** One end of a leg. */
export interface Spot {
  column: number
  station: Station
}

/** The way from one stop to the next: one numbered arrow. */
export interface Leg {
  from: Spot
  to: Spot
  /** The hop that sent the request this way. */
  number: number
  label: string
  /** Legs between the same two spots in the same direction share a line: which of them this is, from 0, and how many there are. */
  rank: number
  of: number
}

/** An IPv4 address with its port always fits; of longer names the middle goes. */
const longestLabel = 23

/** What the hop did to send the request on, in a few words: where rules sent it, which endpoint an Envoy chose. */
function labelOf({hop}: Stop): string {
  if (hop.hop.place === 'proxy') return shorten(hop.hop.endpoint ?? hop.hop.cluster ?? '', longestLabel)
  return shorten((hop.sentences[0]?.subject ?? '').replace(/^to /, ''), longestLabel)
}

const lineOf = ({from, to}: Pick<Leg, 'from' | 'to'>): string =>
  [from.column, from.station, to.column, to.station].join(' ')

/** The arrows of a plan, in the order of the way. */
export function legsOf({stops}: Plan): Leg[] {
  const all = stops.slice(0, -1).map((stop, index) => {
    const {column, station} = stops[index + 1] ?? stop
    return {from: {column: stop.column, station: stop.station}, to: {column, station}, stop}
  })
  return all.map((leg, index) => {
    const sharing = (legs: typeof all): number => legs.filter((other) => lineOf(other) === lineOf(leg)).length
    const {from, to, stop} = leg
    return {
      from,
      to,
      number: stop.hop.number,
      label: labelOf(stop),
      rank: sharing(all.slice(0, index)),
      of: sharing(all),
    }
  })
}
