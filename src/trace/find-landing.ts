import {formatSocketAddress} from '../address/socket-address.js'
import type {PodFacts} from '../snapshot/snapshot.js'
import {type JsonObject, number, object, objects, string, strings} from '../xds/parse/field.js'
import type {Landing, LandingTarget} from './landing.js'
import {type Mesh, podName} from './mesh.js'
import type {Place} from './place.js'
import type {TraceRequest} from './request.js'
import {clustersOfRoute, conditionsOf, plainRequest, virtualHosts} from './route-request.js'
import type {Hop, ProxyHop, Trace} from './trace.js'
import {type WalkOptions, walk} from './walk.js'

/** Requests that are walked at most: who asks for one waits for it. */
const mostWalks = 24

/**
 * A request that lands on a row. Candidates are built from the row itself (the conditions of its route, the name in its cluster, its
 * address) and walked; only one that was seen to land there is given.
 */
export function findLanding(mesh: Mesh, target: LandingTarget, options: WalkOptions = {}): Landing {
  const tried = new Set<string>()
  for (const request of candidates(mesh, target)) {
    const key = JSON.stringify(request)
    if (tried.has(key)) continue
    if (tried.size >= mostWalks) break
    tried.add(key)
    if (lands(walk(mesh, request, {...options, explain: false}), target)) return {kind: 'found', request}
  }
  return {kind: 'none', why: whyNone(mesh, target, tried.size)}
}

function whyNone(mesh: Mesh, target: LandingTarget, walked: number): string {
  const place = target.kind === 'service' ? null : mesh.pod(target.pod)
  if (place !== null && place.rulesets.length === 0 && place.facts?.role !== 'router')
    return 'no rules were captured, so nothing is known to enter this proxy: sidetrace match asks it alone'
  if (walked === 0) return 'no request can be named that would land on this row'
  return `no request was found that lands on this row (${walked} ${walked === 1 ? 'was' : 'were'} walked)`
}

const anyHop = ({branches}: Trace, fits: (hop: Hop) => boolean): boolean => branches.some(({hops}) => hops.some(fits))

const anyProxy = (trace: Trace, pod: string, fits: (hop: ProxyHop) => boolean): boolean =>
  anyHop(trace, (hop) => hop.place === 'proxy' && hop.pod === pod && fits(hop))

function lands(trace: Trace, target: LandingTarget): boolean {
  switch (target.kind) {
    case 'service':
      return trace.branches.some(({hops}) => hops.length > 1)
    case 'pod':
      return anyHop(trace, (hop) => hop.place !== 'node' && hop.pod === target.pod)
    case 'cluster':
      return anyProxy(trace, target.pod, ({cluster}) => cluster === target.cluster)
    case 'endpoint':
      return anyProxy(
        trace,
        target.pod,
        ({cluster, endpoint}) => cluster === target.cluster && endpoint === target.address,
      )
    case 'listener':
      return anyProxy(
        trace,
        target.pod,
        ({listener, filterChain}) =>
          listener === target.listener && (target.chain === null || filterChain?.index === target.chain),
      )
    case 'route':
      return anyProxy(
        trace,
        target.pod,
        ({routeConfig, virtualHost, route}) =>
          routeConfig === target.routeConfig && virtualHost === target.virtualHost && route?.index === target.index,
      )
    case 'rule':
      return anyHop(trace, (hop) => hop.place === 'netns' && hop.pod === target.pod && hop.rules.includes(target.rule))
  }
}

type Client = TraceRequest['client']

function clientOf(facts: PodFacts): Client {
  const uid = facts.appUid ?? 1000
  return {pod: podName(facts), uid, gid: uid}
}

/** Pods that can ask another one: those with a sidecar first. */
const others = ({snapshot}: Mesh, pod: string): Client[] =>
  [...snapshot.document.pods]
    .filter((facts) => podName(facts) !== pod && facts.role !== 'router')
    .sort((a, b) => Number(b.sidecar === true) - Number(a.sidecar === true))
    .slice(0, 3)
    .map(clientOf)

function* candidates(mesh: Mesh, target: LandingTarget): Generator<TraceRequest> {
  if (target.kind === 'service') return yield* toService(mesh, target.service)
  const place = mesh.pod(target.pod)
  if (place?.facts == null) return
  switch (target.kind) {
    case 'pod':
      yield* toPod(mesh, place)
      break
    case 'cluster':
    case 'endpoint':
      yield* toCluster(mesh, place, target.cluster)
      break
    case 'route':
      yield* toRoute(mesh, place, target)
      break
    case 'listener':
      yield* toListener(mesh, place, target.listener)
      break
    case 'rule':
      yield* everyKind(mesh, place)
      break
  }
}

const ports = (facts: PodFacts): number[] =>
  (facts.containers ?? []).filter(({name}) => name !== 'istio-proxy').flatMap((container) => container.ports ?? [])

function* toService(mesh: Mesh, name: string): Generator<TraceRequest> {
  const service = mesh.snapshot.document.services.find((each) => podName(each) === name)
  const behind = new Set((service?.endpoints ?? []).flatMap(({pod}) => pod ?? []))
  const [first, ...more] = others(mesh, '')
  const client = [first, ...more].find((each) => each !== undefined && !behind.has(each.pod)) ?? first
  if (service === undefined || client === undefined) return
  for (const {port} of service.ports ?? [])
    yield plainRequest(client, `http://${service.name}.${service.namespace}:${port}/`)
}

/** By the services in front of it, then by its own address. */
function* toPod(mesh: Mesh, {name, facts}: Place): Generator<TraceRequest> {
  const services = mesh.snapshot.document.services.filter((service) =>
    (service.endpoints ?? []).some(({pod}) => pod === name),
  )
  for (const client of others(mesh, name)) {
    for (const service of services)
      for (const {port} of service.ports ?? [])
        yield plainRequest(client, `http://${service.name}.${service.namespace}:${port}/`)
    if (facts?.ip === undefined) continue
    const {ip} = facts
    for (const port of facts.role === 'router' ? [8080, 80, 8443] : ports(facts))
      yield plainRequest(client, `http://${formatSocketAddress({ip, port})}/`)
  }
}

interface PlacedRoute {
  config: string
  virtualHost: JsonObject
  route: JsonObject
  index: number
}

function* routesIn(place: Place): Generator<PlacedRoute> {
  for (const [config, {raw}] of place.proxy?.dump.routeConfigs ?? [])
    for (const virtualHost of virtualHosts(raw))
      for (const [index, route] of objects(virtualHost, 'routes').entries()) yield {config, virtualHost, route, index}
}

/** The port that a route configuration serves: `9080`, `reviews.default:9080`, `http.8080`. */
const portOf = (config: string): number | null => {
  const found = /(?:^|[:.])(\d{1,5})$/.exec(config)?.[1]
  return found === undefined ? null : Number(found)
}

/** A request made of a route's own conditions, at a sidecar from its pod, at a gateway from another one. */
function* ofRoute(mesh: Mesh, place: Place, {config, virtualHost, route}: PlacedRoute): Generator<TraceRequest> {
  const port = portOf(config)
  const wanted = conditionsOf(virtualHost, route, config.includes(':') ? (config.split(':')[0] ?? null) : null)
  if (wanted === null || place.facts === null) return
  const host = wanted.host.includes(':') || port === null ? wanted.host : `${wanted.host}:${port}`
  const url = `http://${host}${wanted.path}`
  const changed = {method: wanted.method, headers: wanted.headers}
  if (place.facts.role !== 'router') yield plainRequest(clientOf(place.facts), url, changed)
  else if (place.facts.ip !== undefined && port !== null)
    for (const client of others(mesh, place.name))
      yield plainRequest(client, `http://${wanted.host}${wanted.path}`, {
        ...changed,
        connectTo: formatSocketAddress({ip: place.facts.ip, port}),
      })
}

function* toRoute(mesh: Mesh, place: Place, target: Extract<LandingTarget, {kind: 'route'}>): Generator<TraceRequest> {
  for (const placed of routesIn(place))
    if (
      placed.config === target.routeConfig &&
      placed.index === target.index &&
      string(placed.virtualHost, 'name') === target.virtualHost
    ) {
      yield* ofRoute(mesh, place, placed)
      if (strings(placed.virtualHost, 'domains').includes('*')) yield* beyond(mesh, place, portOf(placed.config))
    }
}

/** By its own name, then by the routes that lead to it. */
function* toCluster(mesh: Mesh, place: Place, cluster: string): Generator<TraceRequest> {
  const [direction, port = '', , host = ''] = cluster.split('|')
  const {facts} = place
  if (facts === null) return
  if (direction === 'inbound') {
    yield* toOwnPort(mesh, place, Number(port))
    return yield* toPod(mesh, place)
  }
  if (cluster === 'InboundPassthroughCluster') return yield* toOwnPort(mesh, place, unservedPort)
  if (cluster === 'PassthroughCluster') return yield* beyond(mesh, place, null)
  if (direction === 'outbound' && facts.role !== 'router') {
    yield plainRequest(clientOf(facts), `http://${host}:${port}/`)
    yield plainRequest(clientOf(facts), `https://${host}:${port}/`)
    yield plainRequest(clientOf(facts), '', {
      url: null,
      method: null,
      httpVersion: null,
      tcp: {dst: `${host}:${port}`, data: null},
    })
  }
  for (const placed of routesIn(place))
    if (clustersOfRoute(placed.route).includes(cluster)) yield* ofRoute(mesh, place, placed)
}

/** A port that no chain of a sidecar asks for. */
const unservedPort = 9

/** Requests to hosts that are in no cluster; to an address of the documentation where the snapshot knows none. */
function* beyond({snapshot}: Mesh, {facts}: Place, port: number | null): Generator<TraceRequest> {
  if (facts === null || facts.role === 'router') return
  const suffix = port === null ? '' : `:${port}`
  for (const {name} of snapshot.document.outside ?? []) yield plainRequest(clientOf(facts), `http://${name}${suffix}/`)
  yield plainRequest(clientOf(facts), `http://192.0.2.1${suffix}/`)
}

function* toOwnPort(mesh: Mesh, {name, facts}: Place, port: number): Generator<TraceRequest> {
  const ip = facts?.ip
  if (ip !== undefined)
    for (const client of others(mesh, name)) yield plainRequest(client, `http://${formatSocketAddress({ip, port})}/`)
}

function* toListener(mesh: Mesh, place: Place, name: string): Generator<TraceRequest> {
  const {facts, proxy} = place
  const found = proxy?.dump.listeners.find((listener) => listener.name === name)
  const socket = found && object(object(found.raw, 'address') ?? {}, 'socket_address')
  const ip = socket && string(socket, 'address')
  const port = (socket && number(socket, 'port_value')) ?? 0
  if (facts === null || ip === undefined) return
  if (name === 'virtualInbound') {
    for (const own of ports(facts)) yield* toOwnPort(mesh, place, own)
    return
  }
  if (name === 'virtualOutbound') return yield* beyond(mesh, place, null)
  if (ip !== '0.0.0.0' && ip !== '::') {
    yield plainRequest(clientOf(facts), `http://${formatSocketAddress({ip, port})}/`)
    yield plainRequest(clientOf(facts), '', {
      url: null,
      method: null,
      httpVersion: null,
      tcp: {dst: formatSocketAddress({ip, port}), data: null},
    })
    return
  }
  for (const chain of objects(found?.raw ?? {}, 'filter_chains'))
    for (const sni of strings(object(chain, 'filter_chain_match') ?? {}, 'server_names'))
      yield plainRequest(clientOf(facts), `https://${sni}:${port}/`)
  for (const service of mesh.snapshot.document.services)
    if ((service.ports ?? []).some((each) => each.port === port))
      yield plainRequest(clientOf(facts), `http://${service.name}.${service.namespace}:${port}/`)
  for (const placed of routesIn(place)) if (portOf(placed.config) === port) yield* ofRoute(mesh, place, placed)
}

/** Requests of every kind that meet the rules of a pod: out, in, to itself, as root and as the proxy, beyond the mesh. */
function* everyKind(mesh: Mesh, place: Place): Generator<TraceRequest> {
  const {facts, name} = place
  if (facts === null) return
  const client = clientOf(facts)
  const services = mesh.snapshot.document.services.slice(0, 3)
  for (const service of services)
    for (const {port} of (service.ports ?? []).slice(0, 2))
      yield plainRequest(client, `http://${service.name}.${service.namespace}:${port}/`)
  for (const port of ports(facts)) {
    yield* toOwnPort(mesh, place, port)
    if (facts.ip !== undefined) yield plainRequest(client, `http://${formatSocketAddress({ip: facts.ip, port})}/`)
    yield plainRequest(client, `http://localhost:${port}/`)
  }
  const proxyUid = facts.proxyUid ?? 1337
  for (const uid of [0, proxyUid])
    for (const service of services.slice(0, 1))
      for (const {port} of (service.ports ?? []).slice(0, 1))
        yield plainRequest({pod: name, uid, gid: uid}, `http://${service.name}.${service.namespace}:${port}/`)
  for (const port of [15021, 15020, 15090, 15008, 22]) yield* toOwnPort(mesh, place, port)
  yield* beyond(mesh, place, null)
}
