import {type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import {inNetwork, type Network, parseNetwork, prefixLength} from '../../address/network.js'
import {protocol, protocolNumber} from '../protocols.js'

/** What one dimension of a set's element asks for. */
type Part =
  | {kind: 'network'; network: Network}
  | {kind: 'range'; version: 4 | 6; low: bigint; high: bigint}
  /** `protocol: null` where the set's type has ports alone (`bitmap:port`). */
  | {kind: 'port'; protocol: number | null; low: number; high: number}
  | {kind: 'name'; name: string}
  | {kind: 'unreadable'}

interface Entry {
  parts: Part[]
  /** A hole: what it fits is not in the set. */
  nomatch: boolean
}

export interface IpSet {
  name: string
  /** `hash:net,port` */
  type: string
  version: 4 | 6 | null
  entries: Entry[]
  /** Of a list:set. */
  members: string[]
}

export type IpSets = ReadonlyMap<string, IpSet>

/** Reads `ipset save`. */
export function parseIpSets(text: string): IpSets {
  const sets = new Map<string, IpSet>()
  for (const line of text.split('\n')) {
    const [command, name = '', ...rest] = line.trim().split(/\s+/)
    if (command === 'create') sets.set(name, createSet(name, rest))
    else if (command === 'add') addEntry(sets.get(name), rest)
  }
  return sets
}

function createSet(name: string, [type = '', ...options]: readonly string[]): IpSet {
  const family = options[options.indexOf('family') + 1]
  const version =
    family === 'inet6' ? 6 : type.startsWith('hash:mac') || type === 'bitmap:port' || type === 'list:set' ? null : 4
  return {name, type, version, entries: [], members: []}
}

function addEntry(set: IpSet | undefined, [key = '', ...options]: readonly string[]): void {
  if (set === undefined) return
  if (set.type === 'list:set') set.members.push(key)
  else
    set.entries.push({
      parts: key.split(',').map((part, i) => readPart(part, dimensions(set)[i] ?? '')),
      nomatch: options.includes('nomatch'),
    })
}

const dimensions = (set: IpSet): string[] => set.type.slice(set.type.indexOf(':') + 1).split(',')

function readPart(text: string, dimension: string): Part {
  if (dimension === 'port') return readPort(text)
  if (dimension === 'iface') return {kind: 'name', name: text}
  if (dimension !== 'ip' && dimension !== 'net') return {kind: 'unreadable'}
  const network = parseNetwork(text)
  if (network) return {kind: 'network', network}
  const [low, high] = text.split('-').map(parseIpAddress)
  if (!low || !high || low.version !== high.version) return {kind: 'unreadable'}
  return {kind: 'range', version: low.version, low: low.value, high: high.value}
}

/** `80`, `80-90`, `tcp:80`, `icmp:8/0`. */
function readPort(text: string): Part {
  const [first = '', second] = text.split(':')
  const number = second === undefined ? null : protocolNumber(first)
  const ports = /^(\d+)(?:-(\d+))?$/.exec(second ?? first)
  if (ports === null || (second !== undefined && number === null)) return {kind: 'unreadable'}
  return {kind: 'port', protocol: number, low: Number(ports[1]), high: Number(ports[2] ?? ports[1])}
}

/** What a set can ask of a packet. */
export interface SetSubject {
  version: 4 | 6
  protocol: number
  address: (side: 'src' | 'dst') => IpAddress
  port: (side: 'src' | 'dst') => number | null
  interfaceName: (side: 'src' | 'dst') => string | null
}

/** Whether the packet is in the set; null where the set has a type or an element that is not modelled, or is not known. */
export function inIpSet(
  sets: IpSets,
  name: string,
  sides: readonly ('src' | 'dst')[],
  subject: SetSubject,
): boolean | null {
  const set = sets.get(name)
  if (set === undefined) return null
  if (set.type !== 'list:set') return inPlainSet(set, sides, subject)
  let unknown = false
  for (const member of set.members) {
    const found = inIpSet(sets, member, sides, subject)
    if (found) return true
    unknown ||= found === null
  }
  return unknown ? null : false
}

function inPlainSet(set: IpSet, sides: readonly ('src' | 'dst')[], subject: SetSubject): boolean | null {
  const names = dimensions(set)
  // Kernel (ip_set_test): too few directions, or the other family, is no match.
  if (sides.length < names.length || (set.version !== null && set.version !== subject.version)) return false
  let best: Entry | null = null
  for (const entry of set.entries) {
    const fits = entryFits(set, entry, sides, subject)
    if (fits === null) return null
    // The element with the longest prefix decides, as the kernel looks for them in that order.
    if (fits && (best === null || specificity(entry) > specificity(best))) best = entry
  }
  return best !== null && !best.nomatch
}

const specificity = (entry: Entry): number =>
  entry.parts.reduce((sum, part) => sum + (part.kind === 'network' ? (prefixLength(part.network) ?? 0) : 0), 0)

function entryFits(set: IpSet, entry: Entry, sides: readonly ('src' | 'dst')[], subject: SetSubject): boolean | null {
  for (const [i, part] of entry.parts.entries()) {
    const fits = partFits(set, part, sides[i] ?? 'src', subject)
    if (fits !== true) return fits
  }
  return true
}

function partFits(set: IpSet, part: Part, side: 'src' | 'dst', subject: SetSubject): boolean | null {
  if (part.kind === 'network') return inNetwork(part.network, subject.address(side))
  if (part.kind === 'name') return subject.interfaceName(side) === part.name
  if (part.kind === 'unreadable') return null
  if (part.kind === 'range') {
    const {version, value} = subject.address(side)
    return version === part.version && part.low <= value && value <= part.high
  }
  const port = subject.port(side)
  // bitmap:port knows TCP and UDP alone; the others name the protocol in each element.
  const asked = part.protocol ?? (set.type === 'bitmap:port' ? null : protocol.tcp)
  const protocolFits =
    asked === null ? subject.protocol === protocol.tcp || subject.protocol === protocol.udp : asked === subject.protocol
  return protocolFits && port !== null && part.low <= port && port <= part.high
}
