import {formatSocketAddress, type SocketAddress} from '../address/socket-address.js'
import type {Assumption} from '../decision/assumption.js'
import {dnsFilterAt} from '../xds/match/dns-table.js'
import {netnsHop} from './end.js'
import type {Walk} from './journey.js'
import {type Crossed, incomingInterface, onTheWire, sendOut, synOf, takeIn} from './netns.js'
import {acrossNodes} from './node.js'
import type {Place} from './place.js'
import type {Client} from './request.js'
import type {NetnsHop, NodeHop} from './trace.js'

/** A DNS query's way to whoever answers it. Where chance decides (several DNS pods), the likeliest stands for all. */
export interface Query {
  /** Who is at the end: the pod's own Envoy or Istio's agent there, else a server. */
  answerer: 'envoy' | 'agent' | 'server'
  socket: SocketAddress | null
  answeredAt: {address: string; process: string | null} | null
  /** A rule of the client's pod stops it: nobody answers. */
  stopped: boolean
  hops: (NetnsHop | NodeHop)[]
  assumptions: Assumption[]
}

const likeliest = <T extends {probability: number}>(ways: readonly T[]): T | undefined =>
  [...ways].sort((a, b) => b.probability - a.probability)[0]

/** Sends a query over UDP from a process of the client. */
export function sendQuery(journey: Walk, place: Place, destination: SocketAddress, {uid, gid}: Client): Query | null {
  // The name was asked for when the connection was opened.
  const walk = {...journey, reused: false}
  const syn = synOf({place, destination, uid, gid, source: null, mark: 0})
  const {flags: _, ...packet} = syn ?? {}
  const crossed = syn === null ? undefined : likeliest(sendOut(walk, place, {...syn, ...packet, proto: 'udp'}))
  if (crossed === undefined) return null
  if (crossed.to === 'local') return here(place, crossed)
  const hop = netnsHop(place, 'app-to-wire', crossed)
  const server = {answerer: 'server' as const, socket: null}
  const address = formatSocketAddress(destination)
  if (crossed.to === 'stopped')
    return {...server, answeredAt: null, stopped: true, hops: [hop], assumptions: crossed.assumptions}
  const beyond = onwards(walk, place, crossed)
  return {
    ...server,
    answeredAt: {address, process: null},
    stopped: false,
    hops: [hop, ...beyond.hops],
    assumptions: [...crossed.assumptions, ...beyond.assumptions],
  }
}

function here(place: Place, crossed: Crossed): Query {
  const socket = {ip: crossed.packet.dst, port: crossed.packet.dport ?? 0}
  const listener = place.environment.listeners?.find(({proto, port}) => proto === 'udp' && port === socket.port)
  const isEnvoy = place.proxy !== null && dnsFilterAt(place.proxy.dump, socket) !== null
  return {
    answerer: isEnvoy ? 'envoy' : 'agent',
    socket,
    answeredAt: {address: formatSocketAddress(socket), process: listener?.process ?? null},
    stopped: false,
    hops: [netnsHop(place, isEnvoy ? 'app-to-proxy' : 'app-to-agent', crossed)],
    assumptions: crossed.assumptions,
  }
}

/** Between the client's pod and the server: the node, and the server's pod where the snapshot has it. */
function onwards(walk: Walk, from: Place, {packet}: Crossed): Pick<Query, 'hops' | 'assumptions'> {
  const passage = likeliest(acrossNodes(walk, from, packet))
  if (passage === undefined) return {hops: [], assumptions: []}
  const {place, hops, assumptions} = passage
  if (passage.ending !== null || place?.kind !== 'pod') return {hops, assumptions}
  const incoming = onTheWire(passage.packet, incomingInterface(place, passage.packet.dst))
  const taken = likeliest(takeIn(walk, place, incoming))
  if (taken === undefined) return {hops, assumptions}
  return {hops: [...hops, netnsHop(place, 'wire-to-app', taken)], assumptions: [...assumptions, ...taken.assumptions]}
}
