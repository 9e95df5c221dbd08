import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../address/socket-address.js'
import type {Packet} from '../netfilter/packet.js'
import type {Suppositions} from '../xds/match/request.js'
import {payloadOf, type Target, targetOf} from './client-request.js'
import {atSocket, beyond, inNamespace, netnsHop, stoppedIn} from './end.js'
import {type Accepted, notHooked, throughConnectHook, throughSockets, throughTc} from './hooked.js'
import type {Departure, Walk} from './journey.js'
import type {Mesh} from './mesh.js'
import {type Crossed, incomingInterface, onTheWire, sendOut, synOf, takeIn} from './netns.js'
import {acrossNodes} from './node.js'
import {undecrypted} from './payload.js'
import type {Place} from './place.js'
import {type Arrival, throughAnyProxy} from './proxy.js'
import type {TraceRequest} from './request.js'
import {type Resolution, resolveName} from './resolution.js'
import {acceptorAt} from './socket.js'
import {throughRegistry} from './takeover.js'
import type {AppHop, Crossing, Trace} from './trace.js'
import {before, connectionInto, ending, type Way} from './way.js'

export interface WalkOptions {
  suppositions?: Suppositions
  /** Record steps (default); without them an answer has hops, rules and outcomes alone. */
  explain?: boolean
}

/**
 * Follows a request through the mesh, from the client's socket to its end, on every way that chance or the unknown leaves
 * open. Pure: the same mesh and request give the same trace.
 */
export function walk(mesh: Mesh, request: TraceRequest, options: WalkOptions = {}): Trace {
  const journey: Walk = {
    mesh,
    suppositions: options.suppositions ?? {},
    explain: options.explain ?? true,
    reused: request.connection === 'reused',
  }
  const client = mesh.pod(request.client.pod)
  const target = targetOf(request)
  const resolution =
    client === null || target === null || isIp(target.host)
      ? undefined
      : resolveName(journey, client, target.host, request.client)
  const branches = start(journey, request, client, target, resolution).map(
    ({probability, outcome, cause, hops, assumptions, warnings}) => ({
      probability,
      outcome,
      cause,
      hops,
      assumptions,
      warnings,
    }),
  )
  return {id: request.id ?? null, request, ...(resolution !== undefined && {resolution}), branches}
}

function start(
  journey: Walk,
  request: TraceRequest,
  client: Place | null,
  target: Target | null,
  resolution: Resolution | undefined,
): Way[] {
  if (client === null || target === null) {
    const missing = client === null ? `the snapshot has no pod ${request.client.pod}` : `${request.url} is no URL`
    return [ending('unknown', null, {details: missing})]
  }
  const ip = resolution === undefined ? target.host : (resolution.addresses[0] ?? null)
  const hop: AppHop = {place: 'app', pod: client.name, host: null, address: null, entered: null, left: null, steps: []}
  if (ip === null)
    return before({hops: [hop]}, [ending('unreachable', null, {details: `name_not_resolved: ${target.host}`})])
  const destination = {ip, port: target.port}
  const departure: Departure = {
    from: 'app',
    place: client,
    uid: request.client.uid,
    gid: request.client.gid,
    source: null,
    mark: 0,
    destination,
    payload: payloadOf(request),
    passed: [],
    notes: new Map(),
  }
  const named = {
    at: 'snapshot.json',
    level: 'name',
    decided: ip,
    because: [{field: 'host', want: target.host, got: ip, holds: 'yes' as const}],
    passedOver: [],
  }
  const resolved: AppHop = {
    ...hop,
    address: formatSocketAddress(destination),
    steps: journey.explain && target.host !== ip ? [named] : [],
  }
  return depart(journey, departure).flatMap((way) => before({hops: [{...resolved, left: connectionInto(way)}]}, [way]))
}

const isIp = (text: string): boolean => parseSocketAddress(text.includes(':') ? `[${text}]:0` : `${text}:0`) !== null

/** A connection leaves a socket: out through this namespace, to a socket of it or to the wire. */
function depart(journey: Walk, wanted: Departure): Way[] {
  const asked = throughRegistry(journey.mesh, wanted)
  const {place} = asked
  const {departure, hooked, assumptions: supposed} = throughConnectHook(asked)
  if (departure === null)
    return before({assumptions: supposed}, [
      ending('refused', {place: 'netns', pod: place.name, address: null}, {details: hooked.programs.at(-1) ?? null}),
    ])
  const syn = synOf(departure)
  if (syn === null)
    return [ending('unreachable', {place: 'netns', pod: place.name, address: null}, {details: 'no_route'})]
  return sendOut(journey, place, syn).flatMap((sent) => {
    const crossed = {...sent, hooked}
    const prefix = {probability: crossed.probability, assumptions: [...place.gaps, ...supposed, ...crossed.assumptions]}
    if (crossed.to === 'local') return before(prefix, arrive(journey, departure, place, crossed))
    const hop = netnsHop(place, `${departure.from}-to-wire`, crossed)
    if (crossed.to === 'stopped') return before({...prefix, hops: [hop]}, [stoppedIn(place, crossed)])
    return before({...prefix, hops: [hop]}, overTheWire(journey, departure, crossed))
  })
}

/** Between the namespaces: the nodes' rules, then whoever has the address. */
function overTheWire(journey: Walk, departure: Departure, sent: Crossed): Way[] {
  return acrossNodes(journey, departure.place, sent.packet).flatMap((passage) => {
    const prefix = {probability: passage.probability, hops: passage.hops, assumptions: passage.assumptions}
    if (passage.ending !== null) return before(prefix, [passage.ending])
    const {place} = passage
    if (place === null) return before(prefix, [beyond(passage.packet)])
    const incoming = onTheWire(passage.packet, incomingInterface(place, passage.packet.dst))
    const entered = throughTc(place, incoming, departure.notes)
    return before(
      prefix,
      takeIn(journey, place, entered.packet).flatMap((taken) => {
        const crossed = {...taken, hooked: entered.hooked}
        const here = {
          probability: crossed.probability,
          assumptions: [...place.gaps, ...entered.assumptions, ...crossed.assumptions],
        }
        if (crossed.to === 'stopped')
          return before({...here, hops: inNamespace(place, 'wire-to-app', crossed)}, [stoppedIn(place, crossed)])
        return before(here, arrive(journey, {...departure, notes: entered.notes}, place, crossed, sent.entered))
      }),
    )
  })
}

/** At a socket of `place`: a proxy goes on, an app ends the journey, nothing refuses it. `wired`: the packet as its sender sent it. */
function arrive(
  journey: Walk,
  departure: Departure,
  place: Place,
  packet: Crossed,
  wired: Packet | null = null,
): Way[] {
  const socket = acceptingSocket(packet)
  const acceptor = acceptorAt(place, socket.ip, socket.port)
  const to = acceptor.kind === 'proxy' || acceptor.kind === 'undumped-proxy' ? 'proxy' : 'app'
  const accepted =
    acceptor.kind === 'nothing' ? null : meet(departure, place, packet, socket, wired ?? packet.entered, to === 'proxy')
  const crossed = accepted === null ? packet : {...packet, hooked: accepted.hooked}
  const hops = inNamespace(place, `${wired === null ? departure.from : 'wire'}-to-${to}` as Crossing, crossed)
  const original = accepted?.original ?? departure.meant ?? {ip: crossed.entered.dst, port: crossed.entered.dport ?? 0}
  const supposed = accepted?.assumptions ?? []
  if (acceptor.kind !== 'proxy') {
    const assumptions = [
      ...supposed,
      ...(acceptor.kind === 'app' && place.kind === 'pod' ? undecrypted(departure.payload, place.name) : []),
    ]
    return before({hops, assumptions}, [atSocket(place, acceptor, socket, crossed.packet)])
  }
  const arrival: Arrival = {
    place,
    socket,
    redirected: crossed.redirectedTo !== null,
    original,
    peer: {ip: crossed.packet.src, port: crossed.packet.sport ?? 0},
    fromWire: wired !== null,
    payload: departure.payload,
    passed: departure.passed,
    notes: accepted?.notes ?? departure.notes,
  }
  return before(
    {hops, assumptions: supposed},
    throughAnyProxy(journey, arrival, (onward) => depart(journey, onward)),
  )
}

/** Both ends of a connection as their sockets see it; programs are told of each. */
function meet(
  departure: Departure,
  place: Place,
  {packet, hooked = notHooked}: Crossed,
  socket: SocketAddress,
  sent: Packet,
  asks: boolean,
): Accepted {
  const asked = {
    local: {ip: sent.src, port: sent.sport ?? 0},
    remote: {ip: sent.dst, port: sent.dport ?? 0},
  }
  const taken = {local: socket, remote: {ip: packet.src, port: packet.sport ?? 0}}
  return throughSockets({departure, place, asked, taken, asks}, departure.notes, hooked)
}

/** The socket that the kernel looks up: TPROXY leaves the destination as it is and names the port alone. */
function acceptingSocket({packet, redirectedBy, redirectedTo}: Crossed): {ip: string; port: number} {
  const port = redirectedBy === 'TPROXY' ? parseSocketAddress(redirectedTo ?? '')?.port : undefined
  return {ip: packet.dst, port: port ?? packet.dport ?? 0}
}
