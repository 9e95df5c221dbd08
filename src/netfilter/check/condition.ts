import {readSurroundings} from '../environment/surroundings.js'
import {startPacket} from '../evaluate/packet-state.js'
import type {Asking} from '../evaluate/xt-match.js'
import {protocol} from '../protocols.js'
import type {Table} from '../ruleset.js'
import type {ConntrackMatch, Match, Negatable, NumberRange, OwnerMatch} from '../statement.js'
import {type Box, intersectAll} from './box.js'
import {compareCondition} from './compare-condition.js'
import {allFlags, type HeaderSpace, states} from './header-space.js'
import {networkRanges} from './landmarks.js'
import {intersectSets, type NumberSet, numberSet, single, subtractSets} from './number-set.js'

/** Something that a rule asks and that the header space does not hold. */
export interface Open {
  /** How the rule says it. */
  text: string
  /** It is known to hold at some times and to fail at others (chance, a rate): no packet is sure of it. */
  varies: boolean
}

/**
 * When conditions hold: for no packet outside `maybe`, and for every packet in `sure`. The two are the same where all is modelled.
 */
export interface Condition {
  maybe: readonly Box[]
  sure: readonly Box[]
  open: readonly Open[]
}

export const exactly = (...boxes: Box[]): Condition => ({maybe: boxes, sure: boxes, open: []})

export const always: Condition = exactly({})
export const never: Condition = exactly()

export const openCondition = (text: string, varies = false): Condition => ({
  maybe: [{}],
  sure: [],
  open: [{text, varies}],
})

export const bothConditions = (a: Condition, b: Condition): Condition => {
  const exact = a.maybe === a.sure && b.maybe === b.sure
  const maybe = intersectAll(a.maybe, b.maybe)
  return {maybe, sure: exact ? maybe : intersectAll(a.sure, b.sure), open: [...a.open, ...b.open]}
}

/** Asked about constants alone, a comparison looks at no packet. */
export const askingNobody: Asking = {
  packet: startPacket({proto: 'tcp', src: '0.0.0.0', dst: '0.0.0.0'}),
  hook: 'output',
  surroundings: readSurroundings({}),
}

/** The numbers from 0 on for which `holds`. */
export const numbersThat = (count: number, holds: (number: number) => boolean): NumberSet =>
  numberSet(Array.from({length: count}, (_, i) => i).flatMap((i): [number, number][] => (holds(i) ? [[i, i]] : [])))

/** When one match holds. */
export function conditionOf(match: Match, space: HeaderSpace, table: Table): Condition {
  const {full} = space
  const turned = (negated: boolean, of: NumberSet, set: NumberSet): NumberSet =>
    negated ? subtractSets(of, set) : intersectSets(of, set)
  switch (match.kind) {
    case 'comment':
      return always
    case 'protocol':
      return exactlySet('protocol', turned(match.negated, full.protocol, single(match.protocol)))
    case 'address': {
      if (match.network.version !== space.version) return match.negated ? always : never
      const ranges = networkRanges(match.network)
      if (ranges === null) return openCondition('an address mask with holes')
      const set = numberSet(ranges.map(([low, high]) => pair(space.addresses(low, high))))
      return exactlySet(match.side, turned(match.negated, full[match.side], set))
    }
    case 'iprange': {
      const {version, low, high} = match.range
      if (version !== space.version) return match.negated ? always : never
      const set = low > high ? [] : space.addresses(low, high)
      return exactlySet(match.side, turned(match.negated, full[match.side], set))
    }
    case 'interface': {
      const fits = (i: number): boolean => {
        const name = space.interfaces[i] ?? ''
        return match.prefix ? name.startsWith(match.name) : name === match.name
      }
      const set = numbersThat(space.interfaces.length, fits)
      return exactlySet(match.side, turned(match.negated, full[match.side], set))
    }
    case 'ports':
      return portsCondition(match.side, match.negated, match.ranges, space)
    case 'tcp-flags': {
      const set = numbersThat(256, (flags) => (flags & match.mask) === match.set)
      return exactly({protocol: single(protocol.tcp), flags: turned(match.negated, allFlags, set)})
    }
    case 'owner':
      return ownerCondition(match, space)
    case 'conntrack':
      return conntrackCondition(match)
    case 'mark':
      return markCondition(match, space)
    case 'compare':
      return compareCondition(match, space, table)
    case 'chance':
      return match.probability >= 1 ? always : match.probability <= 0 ? never : openCondition(match.about, true)
    case 'running':
      return openCondition(match.about, true)
    case 'limit':
      return openCondition(`limit ${match.rate}`, true)
    case 'icmp-type':
      return {
        ...openCondition(`type ${match.type ?? 'any'} of ICMP`),
        maybe: [{protocol: single(match.version === 4 ? protocol.icmp : protocol.icmpv6)}],
      }
    case 'socket':
      return {
        ...openCondition('whether a socket takes the packet'),
        maybe: [{protocol: numberSet([pair(single(protocol.tcp)), pair(single(protocol.udp))])}],
      }
    case 'set':
      return openCondition(`what ipset ${match.name} holds`)
    case 'addrtype':
      return openCondition('the type of an address')
    case 'length':
      return openCondition("the packet's length")
    case 'ttl':
      return openCondition("the packet's TTL")
    case 'pkttype':
      return openCondition('how the frame was addressed')
    case 'unmodelled':
      return openCondition(match.text)
    case 'lost':
      return openCondition(match.what)
    default:
      return match satisfies never
  }
}

const pair = (set: NumberSet): [number, number] => [set[0] ?? 0, set[1] ?? -1]

/** A condition on one dimension; nothing in it is never. */
export const exactlySet = (dimension: keyof Box, set: NumberSet): Condition =>
  set.length === 0 ? never : exactly({[dimension]: set})

function portsCondition(
  side: 'sport' | 'dport' | 'port',
  negated: boolean,
  ranges: readonly NumberRange[],
  {full}: HeaderSpace,
): Condition {
  const inside = numberSet(ranges.map(({low, high}): [number, number] => [low, high]))
  // What has no ports is in no range: so it fits what is negated.
  const outside = subtractSets(full.dport, inside)
  if (side !== 'port') return exactlySet(side, negated ? outside : inside)
  return negated ? exactly({sport: outside, dport: outside}) : exactly({sport: inside}, {sport: outside, dport: inside})
}

/** xt_owner: without a socket only what is negated holds, and only if all is. */
function ownerCondition({uid, gid, socketExists}: OwnerMatch, {full}: HeaderSpace): Condition {
  if (socketExists) return openCondition('whether a socket sent the packet')
  const given = [uid, gid].filter((ids) => ids !== undefined)
  const withoutOwner = given.every((ids) => ids.negated)
  const ids = (asked: Negatable<NumberRange> | undefined, all: NumberSet): NumberSet => {
    const set: NumberSet = asked === undefined ? all : [asked.of.low, asked.of.high]
    const owned = asked?.negated ? subtractSets(all, set) : set
    return withoutOwner ? owned : subtractSets(owned, single(-1))
  }
  return exactly({uid: ids(uid, full.uid), gid: ids(gid, full.gid)})
}

/** The state exists without an entry too; whatever else is asked is not modelled. */
function conntrackCondition(match: ConntrackMatch): Condition {
  const {state, kind, unmodelled, ...others} = match
  const asksMore = unmodelled.length > 0 || Object.keys(others).length > 0
  if (state === undefined) return openCondition(`${kind} of the connection`)
  const named = numbersThat(states.length, (i) => state.of.includes(states[i] ?? ''))
  const all: NumberSet = [0, states.length - 1]
  const nat = state.of.some((name) => name === 'DNAT' || name === 'SNAT')
  const set = state.negated ? subtractSets(all, named) : named
  if (!nat) return asksMore ? {...openCondition('the connection'), maybe: [{state: set}]} : exactlySet('state', set)
  // A connection of any state may have been through NAT.
  const may = state.negated ? set : numberSet([pair([0, 2]), ...[...set].map((i): [number, number] => [i, i])])
  return {...openCondition('whether NAT changed the connection'), maybe: [{state: may}]}
}

function markCondition(match: Extract<Match, {kind: 'mark'}>, space: HeaderSpace): Condition {
  if (match.of === 'connection') return openCondition("the connection's mark")
  if (space.marks === null) return openCondition("the packet's mark")
  const fits = (i: number): boolean => (((space.marks?.[i] ?? 0) & match.mask) >>> 0 === match.value) !== match.negated
  return exactlySet('mark', numbersThat(space.marks.length, fits))
}
