import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../address/socket-address.js'
import {matchRequest} from '../xds/match/match.js'
import type {MatchRequest} from '../xds/match/request.js'
import type {EndpointShare, MatchBranch, Upstream} from '../xds/match/result.js'
import type {Proxy} from '../xds/proxy.js'
import {entranceAt} from './entrance.js'
import {throughProxy} from './failure.js'
import type {Notes} from './hooked.js'
import type {Departure, Walk} from './journey.js'
import {forwarded, type Payload, visible} from './payload.js'
import {type Place, proxyOwner} from './place.js'
import type {Connection, ProxyHop} from './trace.js'
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

/** The request at one Envoy: what it decides, and for every endpoint that it can choose the way on. */
export function throughEnvoy(walk: Walk, arrival: Arrival, depart: (onward: Departure) => Way[]): Way[] {
  const {proxy} = arrival.place
  if (proxy === null) return [ending('unknown', null)]
  const errand = `${arrival.place.name} ${formatSocketAddress(arrival.socket)} for ${formatSocketAddress(arrival.original)}`
  if (arrival.passed.includes(errand))
    return [ending('loop', {place: 'proxy', pod: arrival.place.name, address: formatSocketAddress(arrival.socket)})]
  return matchRequest(proxy, askedOf(proxy, arrival), walk.suppositions, walk.explain).flatMap((branch) =>
    onward(arrival, branch, [...arrival.passed, errand], depart),
  )
}

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

function onward(arrival: Arrival, branch: MatchBranch, passed: string[], depart: (onward: Departure) => Way[]): Way[] {
  const prefix = {probability: branch.probability, assumptions: branch.assumptions}
  const {outcome, upstream} = branch
  if (outcome.kind !== 'forwarded' || upstream === null) {
    const by = {place: 'proxy' as const, pod: arrival.place.name, address: formatSocketAddress(arrival.socket)}
    const hop = proxyHop(arrival, branch, null)
    return before({...prefix, hops: [hop]}, [ending(endOf(branch, arrival), by, {...outcome})])
  }
  return before(
    prefix,
    branch.endpoints.flatMap((endpoint) => {
      const hop = proxyHop(arrival, branch, endpoint)
      const ways = endpoint.inner
        ? inside(arrival, endpoint, endpoint.inner, forwarded(arrival.payload, upstream, endpoint), passed, depart)
        : towards(arrival, upstream, endpoint, passed, depart)
      return before(
        {probability: endpoint.probability},
        ways.map((way) => throughProxy({...hop, left: connectionInto(way)}, answersInHttp(upstream), way)),
      )
    }),
  )
}

/** Whether this proxy reads HTTP of its client: who opens a tunnel for bytes does not, who ends one does. */
const answersInHttp = ({http, tunnel}: Upstream): boolean => (tunnel === undefined ? http !== null : tunnel === 'ends')

/** On through an internal listener of the same proxy, whose decisions are a hop of their own. */
const inside = (
  arrival: Arrival,
  {address}: EndpointShare,
  ways: readonly MatchBranch[],
  payload: Payload,
  passed: string[],
  depart: (onward: Departure) => Way[],
): Way[] => ways.flatMap((branch) => onward({...arrival, payload, inside: address}, branch, passed, depart))

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
    return [
      ending(
        'unknown',
        {place: 'proxy', pod: arrival.place.name, address: endpoint.address},
        {details: 'not an IP address'},
      ),
    ]
  return depart({
    from: 'proxy',
    place: arrival.place,
    ...proxyOwner(arrival.place),
    source: upstream.sourceAddress,
    mark: upstream.mark ?? 0,
    destination,
    payload: forwarded(arrival.payload, upstream, endpoint),
    passed,
    notes: arrival.notes,
  })
}

function directionOf(arrival: Arrival): ProxyHop['direction'] {
  const role = arrival.place.facts?.role
  if (role === 'router') return null
  const proxy = arrival.place.proxy
  const entrance = proxy && entranceAt(proxy, arrival.socket)
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
