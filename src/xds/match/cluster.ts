import type {Assumption} from '../../decision/assumption.js'
import {
  type CircuitBreaker,
  type Cluster,
  parseBindAddresses,
  parseCluster,
  type RoutingPriority,
} from '../parse/cluster.js'
import {
  type ClusterLoadAssignment,
  type LbEndpoint,
  type LocalityLbEndpoints,
  localityName,
  parseAddress,
  parseClusterLoadAssignment,
} from '../parse/endpoint.js'
import {at, isObject, type JsonObject, number, object, objects, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {runtimeValue, wholeNumber} from '../runtime.js'
import {type HostSet, hostSets, type ObservedHosts} from './host.js'
import type {SubsetChoice} from './subset.js'
import {decidesAlone} from './transport-socket.js'
import type {UpstreamChoice} from './upstream-choice.js'
import type {OwnZone} from './zone.js'

/** A cluster with the hosts that Envoy knows of it. */
export interface KnownCluster {
  cluster: Cluster
  /** Hosts by priority; null where neither the dump nor `/clusters` has them. */
  sets: readonly HostSet[] | null
  /** The assignment that the hosts come from. */
  assignment: ClusterLoadAssignment | null
  /** Names that stand for addresses which are not known, and the like. */
  assumptions: Assumption[]
  /** The cluster's entry in `/clusters`, where that is known. */
  status: {raw: JsonObject; at: string} | null
  /** Answers that hang on nothing but the subset, by a key that the caller makes. */
  answers: Map<string, UpstreamChoice[]>
  /** Subsets already cut out, by their criteria. */
  subsets: Map<string, SubsetChoice[]>
}

interface Index {
  clusters: Map<string, KnownCluster>
  statuses: Map<string, JsonObject> | null
  /** Addresses that the bootstrap binds for every cluster. */
  bindAddresses: string[]
}

const indexes = new WeakMap<Envoy, Index>()

function indexOf(envoy: Envoy): Index {
  const known = indexes.get(envoy)
  if (known) return known
  const manager = object(envoy.dump.bootstrap?.raw ?? {}, 'cluster_manager') ?? {}
  const index: Index = {
    clusters: new Map(),
    statuses: statusesOf(envoy.state.clusters),
    bindAddresses: parseBindAddresses(object(manager, 'upstream_bind_config')),
  }
  indexes.set(envoy, index)
  return index
}

function statusesOf(answer: unknown): Map<string, JsonObject> | null {
  if (!isObject(answer)) return null
  return new Map(objects(answer, 'cluster_statuses').map((status) => [string(status, 'name') ?? '', status]))
}

/** The cluster of this name; undefined where Envoy has none. Parsed once for each proxy. */
export function knownCluster(envoy: Envoy, name: string): KnownCluster | undefined {
  const index = indexOf(envoy)
  const cached = index.clusters.get(name)
  if (cached) return cached
  const located = envoy.dump.clusters.get(name)
  if (!located) return undefined
  const parsed = parseCluster(located)
  const cluster = asItRuns(envoy, parsed, index.bindAddresses)
  const known = withHosts(envoy, cluster, index.statuses?.get(name))
  index.clusters.set(name, known)
  return known
}

/**
 * Where this proxy and its peers are, for zone-aware routing; null without a `local_cluster_name` or a locality of the
 * node, and for the local cluster itself.
 */
export function ownZone(envoy: Envoy, cluster: string): OwnZone | null {
  const bootstrap = envoy.dump.bootstrap?.raw ?? {}
  const name = string(object(bootstrap, 'cluster_manager') ?? {}, 'local_cluster_name')
  const locality = localityName(object(object(bootstrap, 'node') ?? {}, 'locality'))
  if (!name || name === cluster || locality === null) return null
  const peers = knownCluster(envoy, name)?.sets?.[0]
  return peers ? {locality, peers} : null
}

/** What the bootstrap and the runtime make of a cluster's configuration. */
function asItRuns(envoy: Envoy, cluster: Cluster, bindAddresses: string[]): Cluster {
  const panic = wholeNumber(runtimeValue(envoy, 'upstream.healthy_panic_threshold'))
  return {
    ...cluster,
    bindAddresses: cluster.bindAddresses.length > 0 ? cluster.bindAddresses : bindAddresses,
    panicThreshold: panic === null ? cluster.panicThreshold : Math.min(100, panic),
    circuitBreakers: {
      DEFAULT: limitsInRuntime(envoy, cluster, 'DEFAULT'),
      HIGH: limitsInRuntime(envoy, cluster, 'HIGH'),
    },
  }
}

/** `circuit_breakers.<cluster>.<priority>.<limit>` */
function limitsInRuntime(envoy: Envoy, {name, circuitBreakers}: Cluster, priority: RoutingPriority): CircuitBreaker {
  const breaker = circuitBreakers[priority]
  const limit = (field: string) =>
    wholeNumber(runtimeValue(envoy, `circuit_breakers.${name}.${priority.toLowerCase()}.${field}`))
  return {
    maxConnections: limit('max_connections') ?? breaker.maxConnections,
    maxPendingRequests: limit('max_pending_requests') ?? breaker.maxPendingRequests,
    maxRequests: limit('max_requests') ?? breaker.maxRequests,
    at: breaker.at,
  }
}

function withHosts(envoy: Envoy, cluster: Cluster, status: JsonObject | undefined): KnownCluster {
  const observed = observedHosts(status)
  const found = assignmentOf(envoy, cluster, status)
  const once = cluster.discovery.kind === 'EDS'
  return {
    cluster,
    sets: found ? hostSets(found.assignment, observed, once) : null,
    assignment: found?.assignment ?? null,
    assumptions: found?.assumptions ?? [],
    status: status ? {raw: status, at: `/clusters ${cluster.name}`} : null,
    answers: new Map(),
    subsets: new Map(),
  }
}

function observedHosts(status: JsonObject | undefined): ObservedHosts {
  const hosts = new Map<string, {health: JsonObject}>()
  for (const host of status ? objects(status, 'host_statuses') : [])
    hosts.set(parseAddress(object(host, 'address') ?? {}).address, {health: object(host, 'health_status') ?? {}})
  return hosts
}

interface Found {
  assignment: ClusterLoadAssignment
  assumptions: Assumption[]
}

/** Where the hosts are: Envoy's own dump of them, `/clusters`, or the cluster's configuration. */
function assignmentOf(envoy: Envoy, cluster: Cluster, status: JsonObject | undefined): Found | null {
  const {discovery} = cluster
  const name = discovery.kind === 'EDS' ? discovery.serviceName : cluster.name
  const dumped = envoy.dump.endpoints.get(name)
  if (dumped) return completed(parseClusterLoadAssignment(dumped), cluster, status)
  if (status) {
    const assignment = observedAssignment(cluster, status)
    if (discovery.kind === 'EDS' || isDns(cluster)) return {assignment, assumptions: metadataAssumptions(cluster)}
  }
  if (cluster.inlineAssignment)
    return {
      assignment: isDns(cluster) ? namedByDns(cluster.inlineAssignment) : cluster.inlineAssignment,
      assumptions: dnsAssumptions(cluster),
    }
  // A static cluster without an assignment has no hosts; that is known.
  if (discovery.kind === 'STATIC')
    return {assignment: parseClusterLoadAssignment({raw: {}, at: cluster.at}), assumptions: []}
  return null
}

/**
 * Envoy's dump of its hosts writes DRAINING as UNHEALTHY and leaves out `weighted_priority_health` and the metadata of
 * localities.
 * A cluster that carries its own assignment has them there, `/clusters` has the status.
 */
function completed(dumped: ClusterLoadAssignment, cluster: Cluster, status: JsonObject | undefined): Found {
  const {inlineAssignment} = cluster
  if (!inlineAssignment) return {assignment: dumped, assumptions: dumpAssumptions(dumped, cluster, status)}
  const configured = inlineAssignment.localities.flatMap(({endpoints}) => endpoints)
  const draining = new Set(configured.filter((one) => one.healthStatus === 'DRAINING').map(({address}) => address))
  const localities = dumped.localities.map((locality) => ({
    ...locality,
    metadata: inlineAssignment.localities.find((one) => isSameLocality(one, locality))?.metadata ?? {},
    endpoints: locality.endpoints.map((endpoint) =>
      draining.has(endpoint.address) ? {...endpoint, healthStatus: 'DRAINING'} : endpoint,
    ),
  }))
  const {weightedPriorityHealth} = inlineAssignment
  return {assignment: {...dumped, localities, weightedPriorityHealth}, assumptions: []}
}

const isSameLocality = (one: LocalityLbEndpoints, other: LocalityLbEndpoints): boolean =>
  one.name === other.name && one.priority === other.priority

/** What Envoy's dump of discovered hosts leaves open, where it matters. */
function dumpAssumptions(
  {localities}: ClusterLoadAssignment,
  cluster: Cluster,
  status: JsonObject | undefined,
): Assumption[] {
  const endpoints = localities.flatMap((locality) => locality.endpoints)
  const unclear = status ? undefined : endpoints.find((one) => one.healthStatus === 'UNHEALTHY')
  const unlabelled = endpoints.find((endpoint) => !decidesAlone(cluster, endpoint))
  return [
    ...(unclear ? [drainingAssumption(cluster.name, unclear.at)] : []),
    ...(unlabelled ? [localityAssumption(cluster.name, unlabelled.at)] : []),
  ]
}

const localityAssumption = (name: string, at: string): Assumption => ({
  about: `metadata of the localities of ${name}`,
  assumed: 'is empty: Envoy dumps none of it, and no entry of transport_socket_matches fits the endpoint itself',
  at,
  turn: null,
})

const drainingAssumption = (name: string, at: string): Assumption => ({
  about: `why endpoints of ${name} are UNHEALTHY`,
  assumed: 'not because they drain, in which case they would not count when the load is spread',
  at,
  turn: null,
})

/** Hosts that DNS finds bear the name that was looked up, unless they are given one. */
const namedByDns = (assignment: ClusterLoadAssignment): ClusterLoadAssignment => ({
  ...assignment,
  localities: assignment.localities.map((locality) => ({
    ...locality,
    endpoints: locality.endpoints.map((endpoint) =>
      endpoint.hostname === '' ? {...endpoint, hostname: endpoint.socket?.host ?? ''} : endpoint,
    ),
  })),
})

const isDns = ({discovery}: Cluster): boolean => discovery.kind === 'STRICT_DNS' || discovery.kind === 'LOGICAL_DNS'

/** `/clusters` tells hosts, weights, localities and priorities, yet not their metadata. */
function observedAssignment(cluster: Cluster, status: JsonObject): ClusterLoadAssignment {
  const here = `/clusters ${cluster.name}`
  const localities = objects(status, 'host_statuses').map((host, index) => {
    const endpoint: LbEndpoint = {
      ...parseAddress(object(host, 'address') ?? {}),
      hostname: string(host, 'hostname') ?? '',
      healthStatus: 'UNKNOWN',
      weight: number(host, 'weight') ?? 1,
      metadata: {},
      at: at(here, 'host_statuses', index),
    }
    return {
      name: localityName(object(host, 'locality')),
      weight: 0,
      priority: number(host, 'priority') ?? 0,
      endpoints: [endpoint],
      metadata: {},
      at: endpoint.at,
    }
  })
  return {localities, overprovisioningFactor: 140, weightedPriorityHealth: false, dropOverloads: [], at: here}
}

function metadataAssumptions(cluster: Cluster): Assumption[] {
  const needed = cluster.transportSocketMatches.length > 0 || cluster.loadBalancing.subset !== null
  if (!needed) return []
  return [
    {
      about: `metadata of the endpoints of ${cluster.name}`,
      assumed: 'is empty: the dump has no endpoints, and /clusters does not tell their metadata',
      at: cluster.at,
      turn: null,
    },
  ]
}

const looksLikeIp = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':')

function dnsAssumptions(cluster: Cluster): Assumption[] {
  if (!isDns(cluster)) return []
  const endpoints = cluster.inlineAssignment?.localities.flatMap((locality) => locality.endpoints) ?? []
  return endpoints.flatMap(({socket, at: place}) =>
    socket && !looksLikeIp(socket.host)
      ? [{about: `DNS name ${socket.host}`, assumed: 'resolves to one address, which answers', at: place, turn: null}]
      : [],
  )
}
