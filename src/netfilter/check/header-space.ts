import {addressBits, formatIpAddress, parseIpAddress} from '../../address/ip-address.js'
import type {Hook, Packet} from '../packet.js'
import {protocol, protocolName} from '../protocols.js'
import type {BaseChain, Table} from '../ruleset.js'
import {formatTcpFlags} from '../tcp-flags.js'
import {type Box, type Dimension, dimensions, type FullBox, type Point} from './box.js'
import {landmarksOf} from './landmarks.js'
import {markWitnesses} from './marks.js'
import {hasNumber, type NumberSet, numberSet, single, subtractSets} from './number-set.js'

export const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'] as const

export const withPorts: NumberSet = numberSet(
  [protocol.tcp, protocol.udp, protocol.dccp, protocol.sctp, protocol.udplite].map((number) => [number, number]),
)
export const allPorts: NumberSet = [0, 65535]
export const allOwners: NumberSet = [0, 0xffffffff]
export const allFlags: NumberSet = [0, 255]
const absent = single(-1)
/** Numbers of the IP header, and MPTCP's, which Linux has beside them. */
export const allProtocols: NumberSet = [0, 255, 262, 262]

/**
 * All packets of one family as a table's rules can tell them apart. Addresses, interface names and marks are numbered by what the rules name:
 * two of the same number look alike to every rule.
 */
export interface HeaderSpace {
  version: 4 | 6
  full: FullBox
  /** null: the rules ask for marks in too many ways. */
  marks: readonly number[] | null
  interfaces: readonly string[]
  /** The numbers of the addresses from `low` to `high`, which must be landmarks. */
  addresses: (low: bigint, high: bigint) => NumberSet
  /** What can come to a base chain. */
  arriving: (base: BaseChain) => Box[]
  /** All packets that there are, in any place. */
  everything: readonly Box[]
  /** A packet of the box, as like to real ones as it can be. */
  sample: (box: Box, hook: Hook) => Point
  packet: (point: Point, hook: Hook) => Packet
}

export function headerSpace(table: Table, version: 4 | 6): HeaderSpace {
  const landmarks = landmarksOf(table, version)
  const starts = [...landmarks.addresses].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const interfaces = interfaceWitnesses(landmarks.interfaces)
  const marks = markWitnesses(landmarks.marks)
  const indexOf = (address: bigint): number => lastAtMost(starts, address)
  const last = (1n << BigInt(addressBits[version])) - 1n
  const everyAddress: NumberSet = [0, starts.length - 1]
  const full: FullBox = {
    src: everyAddress,
    dst: everyAddress,
    sport: [-1, 65535],
    dport: [-1, 65535],
    protocol: allProtocols,
    in: [0, interfaces.length - 1],
    out: [0, interfaces.length - 1],
    uid: [-1, 0xffffffff],
    gid: [-1, 0xffffffff],
    mark: [0, Math.max(0, (marks?.length ?? 1) - 1)],
    state: [0, states.length - 1],
    flags: [-1, 255],
  }
  const preferred = preferences(version, indexOf, interfaces, marks)
  return {
    version,
    full,
    marks,
    interfaces,
    addresses: (low, high) => [indexOf(low), indexOf(high)],
    arriving: (base) => arrivingBoxes(full, base),
    everything: headerBoxes(true),
    sample: (box, hook) => samplePoint(box, full, preferred(hook)),
    packet: (point, hook) =>
      packetOf(point, hook, {
        address: (index) => addressIn(starts[index] ?? 0n, (starts[index + 1] ?? last + 1n) - 1n, version),
        interfaces,
        marks: marks ?? [0],
      }),
  }
}

/** Index of the last of `starts` that is not above `value`; `starts` begins at 0. */
function lastAtMost(starts: readonly bigint[], value: bigint): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0n) <= value) low = middle
    else high = middle - 1
  }
  return low
}

/** No interface; every name that rules ask for; one more for every prefix; and some that none asks for. */
function interfaceWitnesses(names: ReadonlySet<string>): string[] {
  const witnesses = new Set(['', 'eth0', 'lo'])
  for (const name of names) if (!name.endsWith('*')) witnesses.add(name)
  for (const name of [...names, '*']) if (name.endsWith('*')) witnesses.add(freshName(name.slice(0, -1), names))
  return [...witnesses]
}

/** A name with this prefix that no rule names and no longer prefix fits. */
function freshName(prefix: string, names: ReadonlySet<string>): string {
  if (prefix !== '' && !names.has(prefix)) return prefix
  const longer = [...names].map((name) => name.replace(/\*$/, ''))
  for (const letter of '0123456789abcdefghijklmnopqrstuvwxyz') {
    const name = prefix + letter
    if (!longer.some((other) => other === name || (other.length > prefix.length && name.startsWith(other)))) return name
  }
  return `${prefix}~`
}

/** Ports, flags and owners hang together: only some protocols have ports, only TCP has flags, a socket has both ids or none. */
function headerBoxes(withOwner: boolean): Box[] {
  const ported = {sport: allPorts, dport: allPorts}
  const headers: Box[] = [
    {protocol: single(protocol.tcp), ...ported, flags: allFlags},
    {protocol: subtractSets(withPorts, single(protocol.tcp)), ...ported, flags: absent},
    {protocol: subtractSets(allProtocols, withPorts), sport: absent, dport: absent, flags: absent},
  ]
  const owners: Box[] = [{uid: absent, gid: absent}]
  if (withOwner) owners.push({uid: allOwners, gid: allOwners})
  return headers.flatMap((header) => owners.map((owner) => ({...header, ...owner})))
}

/** Only what this machine sends has an owner; a hook before routing knows no outgoing interface, one of sending no incoming one. */
function arrivingBoxes(full: FullBox, {hook, type}: BaseChain): Box[] {
  const none = single(0)
  const [some, any] = [subtractSets(full.in, none), full.in]
  const sends = hook === 'output' || hook === 'postrouting' || hook === 'forward'
  const receives = hook === 'prerouting' || hook === 'input' || hook === 'forward'
  const places: Box = {in: receives ? some : hook === 'output' ? none : any, out: sends ? some : none}
  // Kernel: NAT chains are asked for what begins a connection.
  const state: NumberSet = type === 'nat' ? [0, 0, 2, 2] : full.state
  const owned = hook === 'output' || hook === 'postrouting'
  const common: Box = {src: full.src, dst: full.dst, mark: full.mark, ...places, state}
  return headerBoxes(owned).map((header) => ({...common, ...header}))
}

type Preferences = Readonly<Partial<Record<Dimension, readonly number[]>>>

/** Numbers that make an example easy to read: TCP, port 80, a new connection, ... */
function preferences(
  version: 4 | 6,
  indexOf: (address: bigint) => number,
  interfaces: readonly string[],
  marks: readonly number[] | null,
): (hook: Hook) => Preferences {
  const addresses = (texts: readonly string[]): number[] =>
    texts.flatMap((text) => {
      const address = parseIpAddress(text)
      return address === null ? [] : [indexOf(address.value)]
    })
  const own = version === 4 ? ['10.0.0.2', '10.244.0.2'] : ['fd00::2']
  const other = version === 4 ? ['203.0.113.7', '192.0.2.7', '10.0.0.9'] : ['2001:db8::7']
  const names = ['eth0', 'lo'].map((name) => interfaces.indexOf(name))
  return (hook) => {
    const sends = hook === 'output' || hook === 'postrouting'
    return {
      protocol: [protocol.tcp, protocol.udp],
      src: addresses(sends ? own : other),
      dst: addresses(sends ? other : own),
      sport: [40000],
      dport: [80, 9080],
      in: hook === 'postrouting' ? [0] : names,
      out: names,
      uid: [1000, 0],
      gid: [1000, 0],
      mark: [Math.max(0, marks?.indexOf(0) ?? 0)],
      flags: [2, 16],
    }
  }
}

function samplePoint(box: Box, full: FullBox, preferred: Preferences): Point {
  const pick = (dimension: Dimension): number => {
    const set = box[dimension] ?? full[dimension]
    return preferred[dimension]?.find((number) => hasNumber(set, number)) ?? set[0] ?? 0
  }
  const point: Record<Dimension, number> = {...zero}
  for (const dimension of dimensions) point[dimension] = pick(dimension)
  return point
}

const zero: Point = {
  dst: 0,
  dport: 0,
  protocol: 0,
  src: 0,
  sport: 0,
  in: 0,
  out: 0,
  uid: 0,
  gid: 0,
  mark: 0,
  state: 0,
  flags: 0,
}

/** An address from `low` to `high` that reads well. */
function addressIn(low: bigint, high: bigint, version: 4 | 6): string {
  const known = ['10.0.0.2', '203.0.113.7', '10.244.0.2', '192.0.2.7', '10.0.0.9', 'fd00::2', '2001:db8::7']
  for (const text of known) {
    const address = parseIpAddress(text)
    if (address?.version === version && low <= address.value && address.value <= high) return text
  }
  return formatIpAddress({version, value: low < high ? low + 1n : low})
}

interface Names {
  address: (index: number) => string
  interfaces: readonly string[]
  marks: readonly number[]
}

function packetOf(point: Point, hook: Hook, names: Names): Packet {
  const sends = hook === 'output' || hook === 'postrouting'
  const name = (index: number): string | null => names.interfaces[index] || null
  const packet: Packet = {
    proto: protocolName(point.protocol),
    src: names.address(point.src),
    dst: names.address(point.dst),
    in: name(point.in),
    out: name(point.out),
    mark: names.marks[point.mark] ?? 0,
    ctstate: states[point.state] ?? 'NEW',
  }
  if (point.sport >= 0) packet.sport = point.sport
  if (point.dport >= 0) packet.dport = point.dport
  if (sends) {
    packet.uid = point.uid < 0 ? null : point.uid
    packet.gid = point.gid < 0 ? null : point.gid
  }
  if (point.flags >= 0) packet.flags = formatTcpFlags(point.flags).split(',')
  return packet
}
