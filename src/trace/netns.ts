import {route} from '../netfilter/evaluate/route.js'
import type {Packet} from '../netfilter/packet.js'
import type {PacketBranch} from '../netfilter/packet-trace.js'
import type {Hooked} from './hooked.js'
import type {Departure, Walk} from './journey.js'
import {alone, type Passed, pass} from './pass.js'
import type {Place} from './place.js'
import type {Connection} from './trace.js'

/** The source port that stands for whichever the kernel picks. */
export const ephemeralPort = 40_000

/** A packet that crossed a namespace: to a local socket of it, or out to the wire. */
export interface Crossed extends PacketBranch {
  entered: Packet
  /** `local`: it reaches a socket here. `wire`: it leaves by an interface. `stopped`: a rule ended it, or cannot be decided. */
  to: 'local' | 'wire' | 'stopped'
  /** What eBPF programs did; absent where none were captured. */
  hooked?: Hooked
}

/** Who opens a connection, and to where. */
type Opening = Pick<Departure, 'place' | 'destination' | 'uid' | 'gid' | 'mark' | 'source'>

/** The SYN of a departure; null where the namespace has no route to the destination. */
export function synOf(departure: Opening): Packet | null {
  const {place, destination, uid, gid, mark, source} = departure
  const way = route(place.environment, {
    dst: destination.ip,
    ...(source !== null && {src: source}),
    ...(mark !== 0 && {mark}),
  })
  if (way.kind === 'unreachable') return null
  return {
    proto: 'tcp',
    src: source ?? way.prefsrc ?? place.facts?.ip ?? '0.0.0.0',
    dst: destination.ip,
    sport: ephemeralPort,
    dport: destination.port,
    in: null,
    out: way.dev,
    uid,
    gid,
    mark,
    ctstate: 'NEW',
    ctdir: 'ORIGINAL',
    flags: ['SYN'],
    ttl: 64,
  }
}

/** Sends a packet out of a local socket: OUTPUT and POSTROUTING, and over lo also PREROUTING and INPUT. */
export function sendOut(walk: Walk, place: Place, packet: Packet): Crossed[] {
  return pass(walk, place, 'path-out', alone(packet)).flatMap((out) => {
    if (out.verdict !== 'accept') return [{...out, to: 'stopped' as const}]
    if (out.packet.out !== 'lo') return [{...out, to: 'wire' as const}]
    return secondPass(walk, place, out)
  })
}

/** What was sent over lo comes in again with the same conntrack entry; nat is not asked a second time. */
function secondPass(walk: Walk, place: Place, out: Passed): Crossed[] {
  const passing = {first: again(out.first.packet), later: again(out.packet)}
  return pass(walk, place, 'path-in', passing).map((back) => ({
    probability: out.probability * back.probability,
    verdict: back.verdict,
    redirectedTo: back.redirectedTo ?? out.redirectedTo,
    redirectedBy: back.redirectedBy ?? out.redirectedBy,
    rules: [...out.rules, ...back.rules],
    packet: back.packet,
    assumptions: [...out.assumptions, ...back.assumptions],
    steps: [...out.steps, ...back.steps],
    entered: out.entered,
    to: back.verdict === 'accept' ? 'local' : 'stopped',
  }))
}

const again = (packet: Packet): Packet => ({
  ...packet,
  in: 'lo',
  out: null,
  uid: null,
  gid: null,
  natDone: true,
  loopbackOf: true,
})

/** Takes a packet in from the wire: PREROUTING and INPUT. */
export function takeIn(walk: Walk, place: Place, packet: Packet): Crossed[] {
  return pass(walk, place, 'path-in', alone(packet)).map((branch) => ({
    ...branch,
    to: branch.verdict === 'accept' ? 'local' : 'stopped',
  }))
}

/** The packet as the next namespace receives it: marks, owners and interfaces do not cross a wire. */
export const onTheWire = (packet: Packet, incoming: string): Packet => ({
  proto: packet.proto,
  src: packet.src,
  dst: packet.dst,
  ...(packet.sport !== undefined && {sport: packet.sport}),
  ...(packet.dport !== undefined && {dport: packet.dport}),
  in: incoming,
  out: null,
  uid: null,
  gid: null,
  mark: 0,
  ctstate: 'NEW',
  ctdir: 'ORIGINAL',
  ...(packet.flags !== undefined && {flags: packet.flags}),
  ...(packet.ttl !== undefined && {ttl: packet.ttl}),
})

/** The connection that a packet belongs to, as the sockets at its ends see it. */
export const connectionOf = ({src, sport, dst, dport}: Packet): Connection => ({
  src,
  sport: sport ?? null,
  dst,
  dport: dport ?? 0,
})

/** The interface of a place that has an address of the packet's destination; its first that is not lo otherwise. */
export function incomingInterface(place: Place, ip: string): string {
  const all = place.environment.interfaces ?? []
  const owning = all.find(({addresses}) => addresses.some((address) => address.split('/')[0] === ip))
  return owning?.name ?? all.find(({name}) => name !== 'lo')?.name ?? 'eth0'
}
