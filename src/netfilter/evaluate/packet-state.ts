import {formatIpAddress, type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import {DataError} from '../../errors.js'
import type {Packet} from '../packet.js'
import {hasPorts, protocol, protocolNumber} from '../protocols.js'
import {areTrackedFlags, tcpFlagBits} from '../tcp-flags.js'

/** A conntrack entry, or the template that a CT target attaches before conntrack runs. Members that are null are not known. */
export interface Connection {
  state: 'NEW' | 'ESTABLISHED' | 'RELATED'
  direction: 'ORIGINAL' | 'REPLY' | null
  status: ReadonlySet<string> | null
  mark: number | null
  /** The mark was given or set; otherwise 0 is what a connection has that nobody marked. */
  markKnown: boolean
  protocol: number
  origsrc: IpAddress | null
  origdst: IpAddress | null
  origsrcport: number | null
  origdstport: number | null
  /** The addresses that replies carry, as NAT set them so far. */
  replsrc: IpAddress | null
  repldst: IpAddress | null
  replsrcport: number | null
  repldstport: number | null
  template: boolean
}

/** What conntrack says of a packet: an entry; or none, because it has not run, finds the packet invalid, or was told not to look. */
export type Tracking = {kind: 'entry'; connection: Connection} | {kind: 'none'} | {kind: 'untracked'}

/** A packet on its way: rules and the kernel change it. */
export interface PacketState {
  readonly asked: Packet
  /** The addresses as they were given. */
  readonly given: Readonly<Record<'src' | 'dst', {address: IpAddress; text: string}>>
  readonly version: 4 | 6
  readonly protocol: number
  src: IpAddress
  dst: IpAddress
  sport: number | null
  dport: number | null
  in: string | null
  out: string | null
  /** Where a new route leads, once the OUTPUT hook is through: its own rules still see the old one. */
  newOut: string | null
  readonly uid: number | null | undefined
  readonly gid: number | null | undefined
  mark: number
  /** The packet's mark was given or set; otherwise 0 is what a packet has that nobody marked. */
  markKnown: boolean
  readonly flags: number | null
  readonly icmpType: number | null
  readonly icmpCode: number | null
  ttl: number | null
  readonly length: number | null
  tracking: Tracking
  /** Second pass over lo. */
  readonly loopback: boolean
  /** NAT of this kind is settled: its chains are not asked again. */
  natDone: {dst: boolean; src: boolean}
  /** What made a new destination, and which one. */
  redirected: {by: 'REDIRECT' | 'DNAT' | 'TPROXY'; address: IpAddress; port: number | null} | null
  /** A port that chance draws. */
  drawnPort: boolean
}

/** The packet before its first hook. Throws a DataError for an address or protocol that is none. */
export function startPacket(asked: Packet): PacketState {
  const [src, dst] = [readAddress(asked.src, 'src'), readAddress(asked.dst, 'dst')]
  if (src.version !== dst.version) throw new DataError('are of two families', `${asked.src} and ${asked.dst}`)
  const number = protocolNumber(asked.proto)
  if (number === null) throw new DataError('is no protocol', asked.proto, 'Give a name (tcp) or a number')
  return {
    asked,
    given: {src: {address: src, text: asked.src}, dst: {address: dst, text: asked.dst}},
    version: src.version,
    protocol: number,
    src,
    dst,
    sport: hasPorts(number) ? (asked.sport ?? null) : null,
    dport: hasPorts(number) ? (asked.dport ?? null) : null,
    in: asked.in ?? null,
    out: asked.out ?? null,
    newOut: null,
    uid: asked.uid,
    gid: asked.gid,
    mark: (asked.mark ?? 0) >>> 0,
    markKnown: asked.mark !== undefined,
    flags: readFlags(asked, number),
    icmpType: asked.icmpType ?? null,
    icmpCode: asked.icmpCode ?? null,
    ttl: asked.ttl ?? null,
    length: asked.length ?? null,
    tracking: {kind: 'none'},
    loopback: asked.loopbackOf === true,
    natDone: {dst: isNatSettled(asked), src: isNatSettled(asked)},
    redirected: null,
    drawnPort: false,
  }
}

/**
 * Whether NAT has settled this connection. On the second pass over lo it has, on the way out; but for an entry that was there, confirmed,
 * before any NAT chain saw it (its status is given, and does not say that NAT is done): that one stays unsettled for ever.
 */
function isNatSettled({natDone, loopbackOf, ctstatus}: Packet): boolean {
  if (loopbackOf === true)
    return ctstatus === undefined || !ctstatus.includes('CONFIRMED') || ctstatus.some((name) => /NAT/.test(name))
  return natDone === true
}

function readAddress(text: string, member: string): IpAddress {
  const address = parseIpAddress(text)
  if (address === null) throw new DataError('is no IP address', `${member} ${text}`)
  return address
}

/** The flags of a TCP packet; one that begins a connection has SYN alone. */
function readFlags(asked: Packet, number: number): number | null {
  if (number !== protocol.tcp) return null
  if (asked.flags === undefined) return asked.ctstate === undefined || asked.ctstate === 'NEW' ? 0x02 : null
  return tcpFlagBits(asked.flags)
}

/** Conntrack's port of a packet without ports: an ICMP message's type and code, else nothing (nf_conntrack_proto_icmp). */
function tuplePort(packet: PacketState, port: number | null, isDestination: boolean): number | null {
  if (hasPorts(packet.protocol)) return port
  if (packet.protocol !== protocol.icmp && packet.protocol !== protocol.icmpv6) return 0
  return isDestination && packet.icmpType !== null ? packet.icmpType * 256 + (packet.icmpCode ?? 0) : null
}

const isState = (text: string): text is Connection['state'] =>
  text === 'NEW' || text === 'ESTABLISHED' || text === 'RELATED'

/** What conntrack attaches when it runs: the state that was given, or the entry of a new connection. */
export function trackPacket(packet: PacketState): Tracking {
  const {asked} = packet
  const state = asked.ctstate ?? 'NEW'
  if (state === 'UNTRACKED') return {kind: 'untracked'}
  if (state === 'INVALID') return {kind: 'none'}
  // Whatever was given: the record of a second pass may tell the state that a template reads.
  if (packet.flags !== null && !areTrackedFlags(packet.flags)) return {kind: 'none'}
  if (!isState(state))
    throw new DataError('is no conntrack state', state, 'Give NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED')
  return {kind: 'entry', connection: knownConnection(packet, state)}
}

const noStatus: ReadonlySet<string> = new Set()
const confirmed: ReadonlySet<string> = new Set(['CONFIRMED'])

function knownConnection(packet: PacketState, state: Connection['state']): Connection {
  // An entry that has seen a reply is not new: what was given belongs to another one, of another zone.
  const other = state === 'NEW' && packet.asked.ctstatus?.includes('SEEN_REPLY') === true
  const asked: Packet = other ? withoutConnection(packet.asked) : packet.asked
  const fresh = state === 'NEW'
  const direction = asked.ctdir ?? (fresh ? 'ORIGINAL' : null)
  // Without a word of NAT the entry's tuple is the packet's own.
  const forward = direction !== 'REPLY'
  const own = fresh || direction !== null
  const address = (text: string | undefined, otherwise: IpAddress): IpAddress | null =>
    text === undefined ? (own ? otherwise : null) : readAddress(text, 'conntrack address')
  const [sport, dport] = [tuplePort(packet, packet.sport, false), tuplePort(packet, packet.dport, true)]
  const ports = hasPorts(packet.protocol)
  const origsrcport = asked.ctorigsrcport ?? (!own ? null : forward || !ports ? sport : dport)
  const origdstport = asked.ctorigdstport ?? (!own ? null : forward || !ports ? dport : sport)
  return {
    state,
    direction,
    status: asked.ctstatus ? new Set(asked.ctstatus) : fresh ? (packet.loopback ? confirmed : noStatus) : null,
    mark: asked.ctmark ?? (fresh ? 0 : null),
    // On the way out through lo a rule may have marked the connection.
    markKnown: asked.ctmark !== undefined || (fresh && !packet.loopback),
    protocol: packet.protocol,
    origsrc: address(asked.ctorigsrc, forward ? packet.src : packet.dst),
    origdst: address(asked.ctorigdst, forward ? packet.dst : packet.src),
    origsrcport,
    origdstport,
    replsrc: forward ? packet.dst : packet.src,
    repldst: forward ? packet.src : packet.dst,
    replsrcport: forward ? dport : sport,
    repldstport: forward ? sport : dport,
    template: false,
  }
}

function withoutConnection(asked: Packet): Packet {
  const {ctstatus, ctmark, ctdir, ctorigsrc, ctorigdst, ctorigsrcport, ctorigdstport, ...rest} = asked
  return rest
}

/** The template that `CT --zone` and its like attach: an entry without addresses (nf_ct_tmpl_alloc, set CONFIRMED by xt_CT). */
export function templateConnection(version: 4 | 6): Connection {
  const nowhere: IpAddress = {version, value: 0n}
  return {
    state: 'NEW',
    direction: 'ORIGINAL',
    status: confirmed,
    mark: 0,
    markKnown: true,
    protocol: 0,
    origsrc: nowhere,
    origdst: nowhere,
    origsrcport: 0,
    origdstport: 0,
    replsrc: nowhere,
    repldst: nowhere,
    replsrcport: 0,
    repldstport: 0,
    template: true,
  }
}

/** The entry's state as rules read it; without an entry INVALID or UNTRACKED. */
export const stateOf = (tracking: Tracking): string =>
  tracking.kind === 'entry' ? tracking.connection.state : tracking.kind === 'untracked' ? 'UNTRACKED' : 'INVALID'

const differ = (a: IpAddress | null, b: IpAddress | null): boolean => a !== null && b !== null && a.value !== b.value

const portsDiffer = (a: number | null, b: number | null): boolean => a !== null && b !== null && a !== b

/** Whether the entry's two tuples differ at their destination (DNAT) or source (SNAT), or its status says so. */
export function isNatted(connection: Connection, side: 'src' | 'dst'): boolean {
  if (connection.template) return false
  if (connection.status?.has(side === 'dst' ? 'DNAT' : 'SNAT')) return true
  const {
    origsrc,
    origdst,
    replsrc,
    repldst,
    origsrcport,
    origdstport,
    replsrcport,
    repldstport,
    protocol: number,
  } = connection
  if (side === 'dst') return differ(origdst, replsrc) || (hasPorts(number) && portsDiffer(origdstport, replsrcport))
  return differ(origsrc, repldst) || (hasPorts(number) && portsDiffer(origsrcport, repldstport))
}

/** Whether the entry was confirmed before this packet came: no mapping can be set any more (nf_nat_setup_info). */
export const isConfirmed = ({tracking}: PacketState): boolean =>
  tracking.kind === 'entry' && tracking.connection.status?.has('CONFIRMED') === true

/** Addresses that are still those that were asked for need not be spelled again. */
const text = ({given}: PacketState, address: IpAddress): string =>
  address === given.src.address
    ? given.src.text
    : address === given.dst.address
      ? given.dst.text
      : formatIpAddress(address)

/** The packet as it leaves: what was asked, changed, and what a second pass over lo needs. */
export function leavingPacket(packet: PacketState): Packet {
  const {asked, tracking, sport, dport, ttl, natDone} = packet
  // Not by spreads: members that are added to what a spread made cost a batch microseconds each.
  const left: Packet = Object.assign({}, asked)
  left.src = text(packet, packet.src)
  left.dst = text(packet, packet.dst)
  left.in = packet.in
  left.out = packet.out
  left.mark = packet.mark
  left.ctstate = stateOf(tracking)
  if (sport !== null && sport !== asked.sport) left.sport = sport
  if (dport !== null && dport !== asked.dport) left.dport = dport
  if (ttl !== null && ttl !== asked.ttl) left.ttl = ttl
  if (tracking.kind !== 'entry' || tracking.connection.template) return left
  addConnectionFacts(left, tracking.connection, packet)
  if (natDone.dst || natDone.src) left.natDone = true
  return left
}

function addConnectionFacts(facts: Packet, connection: Connection, packet: PacketState): void {
  const {mark, direction, origsrc, origdst, origsrcport, origdstport, protocol: number} = connection
  if (mark !== null) facts.ctmark = mark
  if (direction !== null) facts.ctdir = direction
  if (origsrc) facts.ctorigsrc = text(packet, origsrc)
  if (origdst) facts.ctorigdst = text(packet, origdst)
  if (origsrcport !== null && hasPorts(number)) facts.ctorigsrcport = origsrcport
  if (origdstport !== null && hasPorts(number)) facts.ctorigdstport = origdstport
}
