import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {knownCluster} from '../match/cluster.js'
import {matchRequest} from '../match/match.js'
import type {CompiledRoute} from '../match/route.js'
import {routesOf} from '../match/route-config.js'
import {chooseUpstream} from '../match/upstream.js'
import type {VirtualHostEntry} from '../match/virtual-host.js'
import {at, isObject, number, object, string, strings} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {type Destination, destinationsOf} from './destination.js'
import {type Entrance, entrancesOf} from './entrance.js'
import {type FilterAnswer, filterAnswer} from './filter-answer.js'
import type {Place} from './finding.js'
import {treeRoutes} from './matcher-routes.js'
import {findReach} from './reach.js'
import {type Draft, requestSpace, subjectOf, targetOf} from './request-space.js'
import {routePlace} from './shadowed.js'
import {shadowedChains} from './shadowed-chain.js'
import {hostsOf, type UsedTable, usedTables} from './tables.js'
import {parseTarget, type Target} from './target.js'

/** A demand on the request: `header end-user`, `exact jason`. */
export interface Demand {
  field: string
  want: string
}

/** One way to the target: a route, or a TCP proxy, and what a request has to be like to take it. */
export interface Way extends Place {
  /** Listener and filter chain that lead there. */
  entrances: {listener: string; filterChain: {name: string | null; index: number}}[]
  cluster: string | null
  how: Destination['how'] | 'tcp_proxy'
  /** Part of the requests on this way that go to the cluster; null where the configuration does not say. */
  share: number | null
  /** Part of the cluster's requests that go to the endpoints asked for; null where a whole cluster is. */
  endpointShare: number | null
  demands: Demand[]
  reachable: 'yes' | 'no' | 'undecided'
  reason: string | null
  takenBy: Place[]
  /** What HTTP filters do with the example; null without one. They may answer before the route does. */
  filters: FilterAnswer | null
  /** A request that takes this way; null for TCP and where none was found. */
  example: {method: string; authority: string; path: string; headers: [string, string][]} | null
}

/** The answer: what was asked for, as it was understood, and every way to it. */
export interface WhoReaches {
  target: {kind: Target['kind']; text: string; clusters: string[]}
  ways: Way[]
}

/**
 * Which requests can come to a cluster, subset or endpoint: every route and TCP proxy that sends there, with what it
 * asks of the request, and what HTTP filters do with an example of it. @throws DataError for an unknown target.
 */
export function whoReaches(envoy: Envoy, text: string): WhoReaches {
  const tables = usedTables(envoy).filter(({entrances}) => entrances.length > 0)
  const target = parseTarget(envoy, text, mentionedClusters(tables))
  const dead = new Set(shadowedChains(envoy).flatMap(({reachable, at: place}) => (reachable === 'no' ? [place] : [])))
  const search: Search = {envoy, target, dead, seesTarget: listenersSeeing(envoy, target)}
  const http = tables.flatMap((used) => used.table.domains.hosts.flatMap((host) => waysOfHost(search, used, host)))
  const tcp = entrancesOf(envoy).flatMap((entrance) => (entrance.kind === 'tcp' ? waysOfTcp(search, entrance) : []))
  const clusters = target.kind === 'cluster' ? [...target.names] : []
  return {target: {kind: target.kind, text: target.text, clusters}, ways: [...http, ...tcp]}
}

interface Search {
  envoy: Envoy
  target: Target
  /** Places of filter chains that no connection comes to. */
  dead: ReadonlySet<string>
  /** Listeners that take connections meant for the endpoint asked for: there an ORIGINAL_DST cluster leads to it. */
  seesTarget: ReadonlySet<string>
}

function listenersSeeing(envoy: Envoy, target: Target): ReadonlySet<string> {
  if (target.kind !== 'endpoint') return new Set()
  const blank = {src: null, proxyProtocol: null, protocol: 'http1', tls: null, http: null} as const
  const directions = ['outbound', 'inbound'] as const
  const branches = directions.flatMap((direction) =>
    matchRequest(envoy, {...blank, direction, dst: target.address}, {}, false),
  )
  return new Set(branches.flatMap(({listener}) => listener ?? []))
}

const mentionedClusters = (tables: readonly UsedTable[]): string[] =>
  tables.flatMap(({table}) =>
    table.domains.hosts.flatMap((host) =>
      (treeRoutes(table, host, [])?.routes ?? routesOf(table, host)).flatMap((route) =>
        destinationsOf(object(route.raw, 'route') ?? {}, route.at).flatMap(({cluster}) => cluster ?? []),
      ),
    ),
  )

function waysOfHost(search: Search, used: UsedTable, host: VirtualHostEntry): Way[] {
  const hosts = hostsOf(used, host)
  const tree = treeRoutes(used.table, host, hosts)
  const routes = tree?.routes ?? routesOf(used.table, host)
  const found = routes.flatMap((route, index) =>
    destinationsOf(object(route.raw, 'route') ?? {}, at(route.at, 'route')).flatMap((destination) => {
      const hit = hitOf(search, destination)
      const entrances = hit ? used.entrances.filter((entrance) => leads(search, hit, entrance)) : []
      return hit && entrances.length > 0 ? [{route, index, destination, hit, entrances}] : []
    }),
  )
  if (found.length === 0) return []
  const space = requestSpace(routes, hosts)
  return found.map(({route, index, destination, hit: {byOriginal: _, ...hit}, entrances}) => ({
    ...routePlace(used, host, route),
    entrances: entrances.map(entranceName),
    how: destination.how,
    share: destination.share,
    ...hit,
    demands: [{field: 'domains', want: strings(host.raw, 'domains').join(', ')}, ...demandsOf(route), ...hit.demands],
    ...reachOf(
      search,
      {...used, entrances},
      host,
      route,
      hosts.length === 0 ? null : tree ? tree.reach(route) : findReach(route, routes.slice(0, index), space),
    ),
  }))
}

const entranceName = ({listener, chain}: Entrance): Way['entrances'][number] => ({
  listener,
  filterChain: {name: chain.name, index: chain.index},
})

type Reached = Pick<Way, 'reachable' | 'reason' | 'takenBy' | 'filters' | 'example'>

function reachOf(
  {dead, envoy}: Search,
  used: UsedTable,
  host: VirtualHostEntry,
  route: CompiledRoute,
  reach: ReturnType<typeof findReach> | null,
): Reached {
  const none = {takenBy: [], filters: null, example: null}
  if (used.entrances.every(({chain}) => dead.has(chain.at)))
    return {...none, reachable: 'no', reason: 'no connection comes to its filter chains'}
  if (!reach) return {...none, reachable: 'no', reason: `no host leads to virtual host ${host.name}`}
  if (reach.reachable === 'yes') {
    const filters = filterAnswer(envoy, used.entrances, route, reach.example)
    return {...none, ...afterFilters(filters), filters, example: exampleOf(reach.example)}
  }
  return {...none, ...reach, takenBy: reach.takenBy.map((taker) => routePlace(used, host, taker))}
}

/** A filter that answers the example may let other requests pass, unless it answers all. */
export function afterFilters({verdict, always, by, details}: FilterAnswer): Pick<Way, 'reachable' | 'reason'> {
  if (verdict !== 'answer') return {reachable: 'yes', reason: null}
  const words = `HTTP filter ${by?.name ?? ''} answers ${always ? 'every request' : 'the example'} (${details ?? 'by itself'})`
  return always
    ? {reachable: 'no', reason: words}
    : {reachable: 'undecided', reason: `${words}; whether it answers all is not searched`}
}

function exampleOf(draft: Draft): Way['example'] {
  const {request} = subjectOf(draft)
  return {
    method: request.method,
    authority: request.authority,
    path: targetOf(draft),
    headers: request.headers.map(([name, value]) => [name, value]),
  }
}

const demandsOf = (route: CompiledRoute): Demand[] => {
  const blank = subjectOf(new Map())
  return route.conditions.map((condition) => {
    const {field, want} = condition.describe(blank, 'yes')
    return {field, want}
  })
}

type Hit = Pick<Way, 'cluster' | 'endpointShare' | 'demands'> & {
  /** The endpoint is where the client meant to go. */
  byOriginal: boolean
}

const leads = ({seesTarget}: Search, {byOriginal}: Hit, {listener}: Entrance): boolean =>
  !byOriginal || seesTarget.has(listener)

/** Whether a destination leads to the target; for a subset or endpoint, how much of it. */
function hitOf(search: Search, destination: Destination): Hit | null {
  const {target, envoy} = search
  if (destination.cluster === null) return byHeader(search, destination)
  const {cluster} = destination
  if (target.kind === 'cluster')
    return target.names.has(cluster) ? {cluster, endpointShare: null, demands: [], byOriginal: false} : null
  const original = target.kind === 'endpoint' && isOriginal(envoy, cluster) ? target.address : null
  const share = endpointPart(search, cluster, destination.labels, original)
  const demands = original ? [{field: 'original destination', want: formatSocketAddress(original)}] : []
  return share > 0 ? {cluster, endpointShare: share, demands, byOriginal: original !== null} : null
}

/** A header may name any cluster that there is. */
function byHeader({target, envoy}: Search, {header}: Destination): Hit | null {
  if (header === null || target.kind !== 'cluster') return null
  const existing = [...target.names].filter((name) => envoy.dump.clusters.has(name))
  if (existing.length === 0) return null
  return {
    cluster: null,
    endpointShare: null,
    demands: [{field: `header ${header}`, want: existing.join(' or ')}],
    byOriginal: false,
  }
}

const isOriginal = (envoy: Envoy, cluster: string): boolean =>
  knownCluster(envoy, cluster)?.cluster.discovery.kind === 'ORIGINAL_DST'

/** Part of a cluster's requests that go to the endpoint, or to endpoints with the labels. */
function endpointPart(
  {envoy, target}: Search,
  cluster: string,
  labels: Record<string, unknown>,
  original: SocketAddress | null,
): number {
  const need = {
    subset: labels,
    hashKeys: null,
    clusterNotFoundStatus: 503,
    request: {method: 'GET', authority: '', path: '/', headers: []},
  }
  const connection = {...subjectOf(new Map()).connection, originalDestination: original}
  const wanted = addressesOf(envoy, cluster, target)
  return chooseUpstream(envoy, cluster, need, connection).reduce(
    (sum, choice) =>
      sum +
      choice.probability *
        choice.endpoints.reduce((part, {address, probability}) => part + (wanted.has(address) ? probability : 0), 0),
    0,
  )
}

function addressesOf(envoy: Envoy, cluster: string, target: Target): ReadonlySet<string> {
  if (target.kind === 'endpoint') return new Set([target.text])
  if (target.kind === 'cluster') return new Set()
  const hosts = knownCluster(envoy, cluster)?.sets?.flatMap((set) => set.hosts) ?? []
  const fits = (metadata: unknown) =>
    isObject(metadata) && Object.entries(target.labels).every(([key, value]) => metadata[key] === value)
  return new Set(
    hosts.filter(({endpoint}) => fits(endpoint.metadata['envoy.lb'])).map(({endpoint}) => endpoint.address),
  )
}

function waysOfTcp(search: Search, entrance: Entrance): Way[] {
  const {filter, chain, listener} = entrance
  return destinationsOf(filter.raw, filter.at).flatMap((destination): Way[] => {
    const found = hitOf(search, destination)
    if (!found || !leads(search, found, entrance)) return []
    const {byOriginal: _, ...hit} = found
    const isDead = search.dead.has(chain.at)
    return [
      {
        path: [`listener ${listener}`, `filter chain ${chain.name ?? chain.index}`, 'tcp proxy'],
        at: destination.at,
        entrances: [entranceName(entrance)],
        how: 'tcp_proxy',
        share: destination.share,
        ...hit,
        demands: [...chainDemands(entrance), ...hit.demands],
        reachable: isDead ? 'no' : 'yes',
        reason: isDead ? 'no connection comes to its filter chain' : null,
        takenBy: [],
        filters: null,
        example: null,
      },
    ]
  })
}

/** `filter_chain_match`, a field a line. */
const chainDemands = ({chain}: Entrance): Demand[] =>
  Object.entries(chain.match).map(([field, value]) => ({
    field,
    want: Array.isArray(value) ? value.map(wordOf).join(', ') : wordOf(value),
  }))

const wordOf = (value: unknown): string =>
  isObject(value) ? `${string(value, 'address_prefix') ?? ''}/${number(value, 'prefix_len') ?? 0}` : String(value)
