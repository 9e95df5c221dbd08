import {formatSocketAddress, type SocketAddress} from '../address/socket-address.js'
import type {Packet} from '../netfilter/packet.js'
import type {PacketBranch} from '../netfilter/packet-trace.js'
import type {Hooked} from './hooked.js'
import {type Crossed, connectionOf} from './netns.js'
import type {Place} from './place.js'
import type {Acceptor} from './socket.js'
import type {Answerer, AppHop, Crossing, NetnsHop, ProgramsHop} from './trace.js'
import {ending, type Way} from './way.js'

/** A process that accepts a connection. */
const acceptingApp = (pod: string | null, host: string | null, address: string, packet: Packet): AppHop => ({
  place: 'app',
  pod,
  host,
  address,
  entered: connectionOf(packet),
  left: null,
  steps: [],
})

/** Outside everything that the snapshot knows: taken to accept, and said so. */
export function beyond(packet: Packet): Way {
  const address = formatSocketAddress({ip: packet.dst, port: packet.dport ?? 0})
  const about = `the host ${packet.dst}, which the snapshot does not know`
  const way = ending(
    'delivered',
    {place: 'host', pod: null, address},
    {assumptions: [{about, assumed: 'it accepts', at: null, turn: null}]},
  )
  return {...way, hops: [acceptingApp(null, null, address, packet)]}
}

/** Whatever is at a socket, other than a proxy that goes on. */
type Ender = Exclude<Acceptor, {kind: 'proxy'}>

export function atSocket(place: Place, acceptor: Ender, socket: SocketAddress, packet: Packet): Way {
  const pod = place.kind === 'pod' ? place.name : null
  const address = formatSocketAddress(socket)
  const by = {place: place.kind === 'host' ? ('host' as const) : ('app' as const), pod, address}
  switch (acceptor.kind) {
    case 'nothing':
      return ending('refused', by)
    case 'undumped-proxy':
      return ending('unknown', {...by, place: 'proxy'}, {details: `no config dump of ${place.name}`})
    case 'app': {
      const about = `sockets of ${place.name}`
      const unseen = {about, assumed: `a process listens on ${address}`, at: null, turn: null}
      const way = ending('delivered', by, {assumptions: acceptor.known ? [] : [unseen]})
      return {...way, hops: [acceptingApp(pod, place.kind === 'host' ? place.name : null, address, packet)]}
    }
  }
}

/** A packet that a rule ended, or whose rule cannot be decided; `by` says where. */
export function stopped(by: Answerer, {verdict, rules}: Pick<PacketBranch, 'verdict' | 'rules'>): Way {
  const kind = ({drop: 'dropped', reject: 'rejected', unknown: 'unknown', accept: 'unknown'} as const)[verdict]
  return ending(kind, by, {details: rules.at(-1) ?? null})
}

/** The same in the namespace of a pod. */
export const stoppedIn = (place: Place, crossed: Crossed): Way =>
  stopped({place: 'netns', pod: place.kind === 'pod' ? place.name : null, address: null}, crossed)

/** Hosts outside the mesh have no rules that we look at: no hop is shown for their namespace. */
export const inNamespace = (place: Place, crossing: Crossing, crossed: Crossed): NetnsHop[] =>
  place.kind === 'pod' ? [netnsHop(place, crossing, crossed)] : []

export const netnsHop = (place: Place, crossing: Crossing, crossed: Crossed): NetnsHop => ({
  place: 'netns',
  pod: place.name,
  crossing,
  rules: crossed.rules,
  verdict: crossed.verdict,
  redirectedTo: crossed.redirectedTo ?? crossed.hooked?.redirectedTo ?? null,
  ...(crossed.hooked !== undefined && place.hooks !== null && {ebpf: programsHop(crossed.hooked)}),
  entered: crossed.entered,
  left: crossed.packet,
  steps: [...(crossed.hooked?.steps ?? []), ...crossed.steps],
})

const programsHop = ({programs, redirectedTo, original, handedOver}: Hooked): ProgramsHop => ({
  programs,
  redirectedTo,
  original,
  handedOver,
})
