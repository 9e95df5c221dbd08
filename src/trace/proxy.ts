import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../address/socket-address.js'
import {matchRequest} from '../xds/match/match.js'
import type {MatchRequest} from '../xds/match/request.js'
import type {EndpointShare, MatchBranch, Upstream} from '../xds/match/result.js'
import type {Proxy} from '../xds/proxy.js'
import {entranceAt, entranceOf} from './entrance.js'
import {throughProxy} from './failure.js'
import type {Notes} from './hooked.js'
import type {Departure, Walk} from './journey.js'
import {branchesOfMosn, throughMosn} from './mosn-proxy.js'
import {handshakeJudged} from './mutual-tls.js'
import {forwarded, type Payload, visible} from './payload.js'
import {type Place, proxyOwner} from './place.js'
import type {Answerer, Connection, ProxyHop} from './trace.js'
import {before, connectionInto, ending, type Way} from './way.js'

/** A connection that a proxy's socket accepted. */
export interface Arrival {
  place: Place
  socket: SocketAddress
  redirected: boolean
  /** The destination before this namespace's rules: what SO_ORIGINAL_DST or the transparent socket's own address says. */
  original: SocketAddress
  peer: SocketAddress
  fromWire: boolean
  payload: Payload
  passed: readonly string[]
  notes: Notes
  /** `envoy://LISTENER/ENDPOINT` where the connection comes from inside the proxy itself. */
  inside?: string
}

/** The request at one proxy: what it decides, and for every endpoint that it can choose the way on. */
export function throughAnyProxy(walk: Walk, arrival: Arrival, depart: (onward: Departure) => Way[]): Way[] {
  const errand = `${arrival.place.name} ${formatSocketAddress(arrival.socket)} for ${formatSocketAddress(arrival.original)}`
  if (arrival.passed.includes(errand))
    return [ending('loop', {...answererAt(arrival), address: formatSocketAddress(arrival.socket)})]
  return branchesAt(walk, arrival).flatMap((branch) =>
    onward(walk, arrival, branch, [...arrival.passed, errand], depart),
  )
}

/** What the proxy of the place answers, of whichever kind it is. */
function branchesAt(walk: Walk, arrival: Arrival): MatchBranch[] {
  const {proxy, mosn} = arrival.place
  if (mosn !== undefined) return branchesOfMosn(mosn, arrival, walk.suppositions)
  return proxy === null ? [] : matchRequest(proxy, askedOf(proxy, arrival), walk.suppositions, walk.explain)
}

const answererAt = ({place}: Arrival): Omit<Answerer, 'address'> => ({
  place: 'proxy',
  pod: place.name,
  ...(place.mosn !== undefined && {proxy: 'mosn' as const}),
})

function askedOf(proxy: Proxy, arrival: Arrival): MatchRequest {
  const direction = entranceAt(proxy, arrival.socket) ?? 'direct'
  return {
    direction,
    dst: direction === 'direct' ? arrival.socket : arrival.original,
    src: arrival.peer,
    proxyProtocol: null,
    ...visible(arrival.payload),
  }
}

function onward(
  walk: Walk,
  arrival: Arrival,
  branch: MatchBranch,
  passed: string[],
  depart: (onward: Departure) => Way[],
): Way[] {
  const prefix = {probability: branch.probability, assumptions: branch.assumptions}
  const {outcome, upstream} = branch
  if (outcome.kind !== 'forwarded' || upstream === null) {
    const by = {...answererAt(arrival), address: formatSocketAddress(arrival.socket)}
    const hop = proxyHop(arrival, branch, null)
    return before({...prefix, hops: [hop]}, [ending(endOf(branch, arrival), by, {...outcome})])
  }
  return before(
    prefix,
    branch.endpoints.flatMap((endpoint) => {
      const hop = proxyHop(arrival, branch, endpoint)
      const ways = endpoint.inner
        ? inside(
            walk,
            arrival,
            endpoint,
            endpoint.inner,
            forwarded(arrival.payload, upstream, endpoint),
            passed,
            depart,
          )
        : towards(arrival, upstream, endpoint, passed, depart)
      return before(
        {probability: endpoint.probability},
        ways.map((way) => {
          const judged = handshakeJudged(walk, arrival.place, hop, way)
          return beyondProxy(arrival, {...hop, left: connectionInto(way)}, upstream, judged)
        }),
      )
    }),
  )
}

/** Whether this proxy reads HTTP of its client: who opens a tunnel for bytes does not, who ends one does. */
const answersInHttp = ({http, tunnel}: Upstream): boolean => (tunnel === undefined ? http !== null : tunnel === 'ends')

/** The way behind the proxy as its client meets it. */
const beyondProxy = ({place, payload}: Arrival, hop: ProxyHop, upstream: Upstream, way: Way): Way =>
  place.mosn === undefined
    ? throughProxy(hop, answersInHttp(upstream), way)
    : throughMosn(hop, upstream.http !== null || payload.rpc !== undefined, way)

/** On through an internal listener of the same proxy, whose decisions are a hop of their own. */
const inside = (
  walk: Walk,
  arrival: Arrival,
  {address}: EndpointShare,
  ways: readonly MatchBranch[],
  payload: Payload,
  passed: string[],
  depart: (onward: Departure) => Way[],
): Way[] => ways.flatMap((branch) => onward(walk, {...arrival, payload, inside: address}, branch, passed, depart))

/** A proxy that listens for a first byte that never comes waits: neither side of the connection ends it. */
function endOf(
  {outcome, notes}: MatchBranch,
  arrival: Arrival,
): 'responded' | 'reset' | 'refused' | 'timeout' | 'unknown' {
  if (outcome.kind === 'no-listener' && arrival.inside !== undefined) return 'refused'
  if (outcome.kind === 'responded' || outcome.kind === 'reset') return outcome.kind
  if (notes.some(({kind}) => kind === 'waits')) return 'timeout'
  return arrival.payload.protocol === 'silent' ? 'timeout' : 'unknown'
}

function towards(
  arrival: Arrival,
  upstream: Upstream,
  endpoint: EndpointShare,
  passed: string[],
  depart: (onward: Departure) => Way[],
): Way[] {
  const destination = parseSocketAddress(endpoint.address)
  if (destination === null)
    return [ending('unknown', {...answererAt(arrival), address: endpoint.address}, {details: 'not an IP address'})]
  return depart({
    from: 'proxy',
    place: arrival.place,
    ...proxyOwner(arrival.place),
    source: upstream.sourceAddress,
    mark: upstream.mark ?? 0,
    destination,
    payload: {
      ...forwarded(arrival.payload, upstream, endpoint),
      ...(arrival.payload.rpc && {rpc: arrival.payload.rpc}),
    },
    passed,
    notes: arrival.notes,
  })
}

function directionOf(arrival: Arrival): ProxyHop['direction'] {
  const role = arrival.place.facts?.role
  if (role === 'router') return null
  const entrance = entranceOf(arrival.place, arrival.socket)
  if (entrance === 'outbound' || entrance === 'inbound') return entrance
  return arrival.fromWire ? 'inbound' : 'outbound'
}

/** Envoy: `internal_client_address` is who connects from inside. */
const enteredBy = ({inside: address, peer, original}: Arrival): Connection =>
  address === undefined
    ? {src: peer.ip, sport: peer.port, dst: original.ip, dport: original.port}
    : {src: 'envoy://internal_client_address/', sport: null, dst: address, dport: 0}

/** What goes on behind an endpoint is told by the hops that follow. */
function withoutInner({inner: _, ...endpoint}: EndpointShare): EndpointShare {
  return endpoint
}

function proxyHop(arrival: Arrival, branch: MatchBranch, endpoint: EndpointShare | null): ProxyHop {
  return {
    place: 'proxy',
    pod: arrival.place.name,
    ...(arrival.place.mosn !== undefined && {proxy: 'mosn' as const}),
    direction: directionOf(arrival),
    listener: branch.listener,
    filterChain: branch.filterChain,
    routeConfig: branch.routeConfig,
    virtualHost: branch.virtualHost,
    route: branch.route,
    cluster: branch.cluster,
    rewritten: branch.rewritten,
    endpoint: endpoint?.address ?? null,
    endpoints: branch.endpoints.some(({inner}) => inner) ? branch.endpoints.map(withoutInner) : branch.endpoints,
    transport: endpoint?.transport ?? null,
    outcome: branch.outcome,
    notes: branch.notes,
    entered: enteredBy(arrival),
    left: null,
    steps: branch.steps,
  }
}
