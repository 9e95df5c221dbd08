import {formatIpAddress, type IpAddress} from '../../address/ip-address.js'
import {inNetwork} from '../../address/network.js'
import {inIpSet, type SetSubject} from '../environment/ipset.js'
import type {Surroundings} from '../environment/surroundings.js'
import type {Hook} from '../packet.js'
import {hasPorts, protocol} from '../protocols.js'
import type {AddressTypeMatch, Match, Negatable, NumberRange, OwnerMatch} from '../statement.js'
import {matchConntrack} from './conntrack-match.js'
import {assumed, type Finding, undecidable} from './finding.js'
import {findListener} from './listener.js'
import type {PacketState} from './packet-state.js'
import {addressType} from './route.js'

/** What a match is asked with, besides its own words. */
export interface Asking {
  packet: PacketState
  hook: Hook
  surroundings: Surroundings
}

/** An iptables match, without nftables' comparisons. */
export type XtMatch = Exclude<Match, {kind: 'compare'}>

const within = ({low, high}: NumberRange, value: number): boolean => low <= value && value <= high

/** Turns a finding around where the match is negated; what chance or nobody decides stays so. */
export function negate(finding: Finding, negated: boolean): Finding {
  if (!negated) return finding
  if (typeof finding === 'boolean') return !finding
  if (finding.kind === 'assumed' || finding.kind === 'either') return {...finding, holds: !finding.holds}
  return finding.kind === 'chance' ? {...finding, probability: 1 - finding.probability} : finding
}

/** Whether an iptables match holds for the packet. */
export function matchXt(match: XtMatch, asking: Asking): Finding {
  const {packet} = asking
  switch (match.kind) {
    case 'protocol':
      return (packet.protocol === match.protocol) !== match.negated
    case 'address':
      return inNetwork(match.network, packet[match.side]) !== match.negated
    case 'iprange':
      return inRange(match.range, packet[match.side]) !== match.negated
    case 'interface':
      return matchInterface(match, packet)
    case 'ports':
      return negate(matchPorts(match.side, match.ranges, packet), match.negated)
    case 'tcp-flags':
      return packet.protocol === protocol.tcp && negate(matchFlags(match.mask, match.set, packet), match.negated)
    case 'icmp-type':
      return matchIcmp(match, packet)
    case 'owner':
      return matchOwner(match, asking)
    case 'conntrack':
      return matchConntrack(match, packet)
    case 'mark':
      return match.of === 'packet' ? matchMark(match, packet) : matchConnmark(match, packet)
    case 'addrtype':
      return matchAddressType(match, asking)
    case 'length':
      return negate(lengthFinding(match.range, packet), match.negated)
    case 'ttl':
      return matchTtl(match, packet)
    case 'pkttype':
      return (packetType(asking) === match.type) !== match.negated
    case 'set':
      return matchSet(match, asking)
    case 'limit':
      return limitFinding(match.rate, match.negated)
    case 'running':
      return runningFinding(match)
    case 'chance':
      return {kind: 'chance', probability: match.probability, about: match.about}
    case 'socket':
      return matchSocket(match, asking)
    case 'comment':
      return true
    case 'unmodelled':
      return undecidable(match.text, 'cannot be decided: this match is not modelled')
    case 'lost':
      return undecidable(match.what, 'cannot be decided: the listing does not show it')
    default:
      return match satisfies never
  }
}

/** How much of a rate is used up only the running kernel knows: the bucket is taken to be full. */
const limitFinding = (rate: string, negated: boolean): Finding => ({
  kind: 'either',
  holds: !negated,
  assumption: {about: `limit ${rate}`, assumed: 'is not used up', at: null, turn: '--assume limit=exceeded'},
  otherwise: 'is used up',
})

const runningFinding = ({negated, key, about, usual, words}: Extract<Match, {kind: 'running'}>): Finding => {
  const [yes, no] = words
  const turn = `--assume ${key}=${usual ? 'no' : 'yes'}`
  return {
    kind: 'either',
    holds: usual !== negated,
    assumption: {about, assumed: usual ? yes : no, at: null, turn},
    otherwise: usual ? no : yes,
  }
}

const inRange = (range: {version: 4 | 6; low: bigint; high: bigint}, address: IpAddress): boolean =>
  range.version === address.version && range.low <= address.value && address.value <= range.high

function matchInterface(match: Extract<Match, {kind: 'interface'}>, packet: PacketState): boolean {
  // Where a hook has no such interface its name reads as empty.
  const name = packet[match.side] ?? ''
  return (match.prefix ? name.startsWith(match.name) : name === match.name) !== match.negated
}

function matchPorts(side: 'sport' | 'dport' | 'port', ranges: readonly NumberRange[], packet: PacketState): Finding {
  if (!hasPorts(packet.protocol)) return false
  const asked = side === 'port' ? [packet.sport, packet.dport] : [packet[side]]
  if (asked.some((port) => port !== null && ranges.some((range) => within(range, port)))) return true
  return asked.includes(null) ? assumed(false, `the packet's ${side}`, 'is none that the rule names') : false
}

function matchFlags(mask: number, set: number, packet: PacketState): Finding {
  if (packet.flags === null) return assumed((0x10 & mask) === set, "the packet's TCP flags", 'are ACK alone')
  return (packet.flags & mask) === set
}

function matchIcmp(match: Extract<Match, {kind: 'icmp-type'}>, packet: PacketState): Finding {
  if (packet.protocol !== (match.version === 4 ? protocol.icmp : protocol.icmpv6)) return false
  if (match.type === null) return !match.negated
  if (packet.icmpType === null) return assumed(match.negated, "the packet's ICMP type", 'is none that the rule names')
  const code = packet.icmpCode ?? 0
  return (packet.icmpType === match.type && within(match.codes, code)) !== match.negated
}

const ownerHooks: ReadonlySet<Hook> = new Set(['output', 'postrouting'])

/** xt_owner: without a socket, or one that belongs to no process, only what is negated holds, and only if all is. */
function matchOwner(match: OwnerMatch, {packet, hook}: Asking): Finding {
  const sent = ownerHooks.has(hook) && packet.in === null && !packet.loopback
  if (match.socketExists) {
    // The kernel's own packets come from a socket of the kernel, which has no owner.
    if (sent === match.socketExists.negated) return false
    if (!sent) return [match.uid, match.gid].every((ids) => ids?.negated !== false)
  }
  const noOwner = !sent || packet.uid === null || packet.gid === null
  if (noOwner) return [match.uid, match.gid].every((ids) => ids?.negated !== false)
  return both(ownerId(match.uid, packet.uid, 'user'), ownerId(match.gid, packet.gid, 'group'))
}

function ownerId(ids: Negatable<NumberRange> | undefined, id: number | null | undefined, what: string): Finding {
  if (ids === undefined) return true
  if (id === undefined || id === null)
    return assumed(
      ids.negated,
      `the sending socket's ${what} id`,
      `is not ${formatRange(ids.of)}`,
      `--${what === 'user' ? 'uid' : 'gid'}`,
    )
  return within(ids.of, id) !== ids.negated
}

export const formatRange = ({low, high}: NumberRange, separator = '-'): string =>
  low === high ? String(low) : `${low}${separator}${high}`

/** Both must hold; a certain no is stronger than an assumption. */
export function both(first: Finding, second: Finding): Finding {
  if (first === false || second === false) return false
  if (first === true) return second
  if (second === true) return first
  return first.kind === 'assumed' && !first.holds ? first : second
}

function matchMark(match: Extract<Match, {kind: 'mark'}>, packet: PacketState): Finding {
  const holds = ((packet.mark & match.mask) >>> 0 === match.value) !== match.negated
  return packet.markKnown ? holds : assumed(holds, "the packet's mark", 'is 0', '--mark')
}

/** xt_connmark: without an entry it fails, negated too. */
function matchConnmark(match: Extract<Match, {kind: 'mark'}>, {tracking}: PacketState): Finding {
  if (tracking.kind !== 'entry') return false
  const {mark, markKnown} = tracking.connection
  if (mark === null) return assumed(match.negated, "the connection's mark", 'is none that the rule names', '--ctmark')
  const holds = ((mark & match.mask) >>> 0 === match.value) !== match.negated
  return markKnown ? holds : assumed(holds, "the connection's mark", 'is 0', '--ctmark')
}

function matchAddressType(match: AddressTypeMatch, asking: Asking): Finding {
  const dev = match.limit === null ? null : (asking.packet[match.limit] ?? '')
  const side = (types: Negatable<string[]> | undefined, address: IpAddress): Finding =>
    types === undefined ? true : negate(hasType(types.of, address, dev, asking), types.negated)
  return both(side(match.src, asking.packet.src), side(match.dst, asking.packet.dst))
}

function hasType(types: readonly string[], address: IpAddress, dev: string | null, {surroundings}: Asking): Finding {
  const type = addressType(surroundings, address, dev)
  if (type === null)
    return assumed(
      types.includes('UNICAST') && !types.includes('LOCAL'),
      formatIpAddress(address),
      'is no address of this machine',
      '--addr',
    )
  if (address.version === 4) return types.includes(type)
  // xt_addrtype (match_type6) asks each kind of IPv6 type on its own, and all that are named must hold: a local address is unicast too. The
  // routing table is asked for three of them alone, of which one must be the answer.
  if (types.includes('MULTICAST') && type !== 'MULTICAST') return false
  if (types.includes('UNICAST') && (type === 'MULTICAST' || address.value === 0n)) return false
  if (types.includes('UNSPEC') && address.value !== 0n) return false
  return types.some((name) => routed6.has(name)) ? routed6.has(type) && types.includes(type) : true
}

const routed6: ReadonlySet<string> = new Set(['LOCAL', 'ANYCAST', 'UNREACHABLE'])

function lengthFinding(range: NumberRange, packet: PacketState): Finding {
  return packet.length === null
    ? assumed(false, "the packet's length", `is not ${formatRange(range, ':')}`)
    : within(range, packet.length)
}

function matchTtl(match: Extract<Match, {kind: 'ttl'}>, packet: PacketState): Finding {
  const {operator, value} = match
  const compare = (ttl: number): boolean =>
    operator === '==' ? ttl === value : operator === '!=' ? ttl !== value : operator === '<' ? ttl < value : ttl > value
  return packet.ttl === null ? assumed(compare(64), "the packet's TTL", 'is 64') : compare(packet.ttl)
}

/** How the frame was addressed; a packet to a host's own address is unicast in every hook. */
export function packetType({packet, hook, surroundings}: Asking): string {
  const type = hook === 'output' || hook === 'postrouting' ? 'UNICAST' : addressType(surroundings, packet.dst, null)
  return type === 'MULTICAST' ? 'multicast' : type === 'BROADCAST' ? 'broadcast' : 'unicast'
}

function matchSet(match: Extract<Match, {kind: 'set'}>, {packet, surroundings}: Asking): Finding {
  const subject: SetSubject = {
    version: packet.version,
    protocol: packet.protocol,
    address: (side) => packet[side],
    port: (side) => setPort(packet, side),
    interfaceName: (side) => (side === 'src' ? packet.in : packet.out),
  }
  const found = inIpSet(surroundings.ipsets, match.name, match.sides, subject)
  return found === null
    ? assumed(match.negated, `ipset ${match.name}`, 'does not hold the packet', null)
    : found !== match.negated
}

/** A set's port of an ICMP message is its type and code; protocols without ports have 0. */
function setPort(packet: PacketState, side: 'src' | 'dst'): number | null {
  if (hasPorts(packet.protocol)) return side === 'src' ? packet.sport : packet.dport
  return packet.icmpType === null ? 0 : packet.icmpType * 256 + (packet.icmpCode ?? 0)
}

/** xt_socket: is there a socket that would take the packet? Wildcard listeners do not count unless `--nowildcard` says so. */
function matchSocket(match: Extract<Match, {kind: 'socket'}>, {packet, surroundings}: Asking): Finding {
  if (packet.protocol !== protocol.tcp && packet.protocol !== protocol.udp) return false
  const state = packet.tracking.kind === 'entry' ? packet.tracking.connection.state : 'NEW'
  if (state !== 'NEW') return assumed(true, 'the socket of this connection', 'is there')
  const listener = findListener(surroundings, packet.protocol, packet.dst, packet.dport)
  if (listener === 'unknown') return assumed(false, 'a socket that takes the packet', 'is not there')
  if (listener === null || (listener.wildcard && !match.nowildcard)) return false
  if (!match.transparent) return true
  return listener.transparent ?? assumed(true, `the listener on port ${packet.dport}`, 'is transparent')
}
