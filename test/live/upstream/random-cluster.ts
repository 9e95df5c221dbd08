import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from './random.js'

/** A question to put to Envoy and to us: a cluster, the criteria of the route, and whether the request has a hash key. */
export interface Question {
  cluster: string
  criteria: JsonObject
  hashed: boolean
}

const versions = ['1', '2', '3'] as const
const stages = ['x', 'y'] as const

/** Loopback addresses, on a closed port by default: the choice of the host is logged although the connection is refused. */
function randomEndpoint(random: Random, index: number, labelled: boolean, openPort: number | null): JsonObject {
  const lb: Record<string, unknown> = {}
  if (labelled && chance(random, 0.9)) lb['version'] = chance(random, 0.1) ? [...versions] : pick(random, versions)
  if (labelled && chance(random, 0.6)) lb['stage'] = pick(random, stages)
  if (chance(random, 0.1)) lb['hash_key'] = `key-${index}`
  const status = pick(random, [
    'HEALTHY',
    'HEALTHY',
    'HEALTHY',
    'UNKNOWN',
    'UNHEALTHY',
    'DRAINING',
    'TIMEOUT',
    'DEGRADED',
  ])
  const port = openPort !== null && chance(random, 0.6) ? openPort : 1
  return {
    endpoint: {
      address: {socket_address: {address: `127.77.${index >> 8}.${index & 255}`, port_value: port}},
      hostname: `host-${index}`,
    },
    ...(chance(random, 0.8) ? {health_status: status} : {}),
    ...(chance(random, 0.4) ? {load_balancing_weight: whole(random, 1, 6)} : {}),
    metadata: {filter_metadata: {'envoy.lb': lb}},
  }
}

function randomAssignment(random: Random, name: string, labelled: boolean, openPort: number | null): JsonObject {
  const priorities = pick(random, [1, 1, 2, 3])
  let count = 0
  const endpoints = times(priorities, (priority) =>
    times(pick(random, [1, 1, 2, 3]), (zone) => ({
      priority,
      locality: {region: 'r', zone: `z${zone}`},
      ...(chance(random, 0.8) ? {load_balancing_weight: whole(random, 1, 5)} : {}),
      lb_endpoints: times(whole(random, 0, 4), () => randomEndpoint(random, ++count, labelled, openPort)),
    })),
  ).flat()
  const policy = {
    ...(chance(random, 0.3) ? {overprovisioning_factor: whole(random, 100, 200)} : {}),
    ...(chance(random, 0.2) ? {weighted_priority_health: true} : {}),
  }
  return {cluster_name: name, endpoints, policy}
}

const selectorSets: readonly [JsonObject[], ...JsonObject[][]] = [
  [{keys: ['version']}, {keys: ['version', 'stage']}],
  [
    {keys: ['version'], fallback_policy: 'ANY_ENDPOINT'},
    {keys: ['stage'], fallback_policy: 'NO_FALLBACK'},
  ],
  [
    {keys: ['version', 'stage'], fallback_policy: 'KEYS_SUBSET', fallback_keys_subset: ['version']},
    {keys: ['version'], fallback_policy: 'DEFAULT_SUBSET'},
  ],
  [{keys: ['stage', 'version']}, {keys: ['stage'], fallback_policy: 'ANY_ENDPOINT'}],
  [{keys: ['version'], single_host_per_subset: true}, {keys: ['stage']}],
]

function randomSubsets(random: Random, weighted: boolean): JsonObject {
  const optional = (field: string, probability: number) => (chance(random, probability) ? {[field]: true} : {})
  return {
    fallback_policy: pick(random, ['NO_FALLBACK', 'ANY_ENDPOINT', 'DEFAULT_SUBSET']),
    default_subset: {version: pick(random, versions)},
    subset_selectors: pick(random, selectorSets),
    ...optional('list_as_any', 0.3),
    ...optional('locality_weight_aware', weighted ? 0.7 : 0),
    ...optional('scale_locality_weight', weighted ? 0.4 : 0),
    ...optional('panic_mode_any', 0.2),
    ...(chance(random, 0.2) ? {metadata_fallback_policy: 'FALLBACK_LIST'} : {}),
  }
}

const policies: readonly [JsonObject, ...JsonObject[]] = [
  {lb_policy: 'ROUND_ROBIN'},
  {lb_policy: 'LEAST_REQUEST'},
  {lb_policy: 'RANDOM'},
  {lb_policy: 'RING_HASH'},
  {lb_policy: 'RING_HASH', ring_hash_lb_config: {minimum_ring_size: 100, hash_function: 'MURMUR_HASH_2'}},
  {lb_policy: 'MAGLEV'},
  {lb_policy: 'MAGLEV', maglev_lb_config: {table_size: 1009}},
]

const healthCheck = {timeout: '1s', interval: '1s', unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {}}

/**
 * A static cluster with everything that sways the choice of a host, at random; in half the cases by typed policies.
 * @param openPort a port that answers health checks on every loopback address; null: none are made.
 */
export function randomCluster(random: Random, name: string, openPort: number | null = null): JsonObject {
  const labelled = chance(random, 0.4)
  const checked = openPort !== null && chance(random, 0.25)
  const policy = pick(random, policies)
  const weighted = chance(random, 0.3)
  const subset = labelled ? randomSubsets(random, weighted) : null
  const panic = chance(random, 0.6) ? {healthy_panic_threshold: {value: pick(random, [0, 0, 20.5, 50, 80])}} : {}
  const cluster = {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: randomAssignment(random, name, labelled, checked ? openPort : null),
    ...(checked ? {health_checks: [healthCheck]} : {}),
  }
  if (chance(random, 0.5)) {
    const redundant = chance(random, 0.5) ? {allow_redundant_keys: true} : {}
    const typed = typedPolicy(policy, weighted ? null : randomZones(random, true), subset && {...subset, ...redundant})
    return {...cluster, load_balancing_policy: typed, common_lb_config: panic}
  }
  return {
    ...cluster,
    ...policy,
    common_lb_config: {...panic, ...(weighted ? {locality_weighted_lb_config: {}} : randomZones(random, false))},
    ...(subset ? {lb_subset_config: subset} : {}),
  }
}

/** How zones count; nothing at all in half the cases. @param typed the typed policies have more fields. */
function randomZones(random: Random, typed: boolean): JsonObject {
  if (chance(random, 0.3)) return {}
  return {
    zone_aware_lb_config: {
      min_cluster_size: whole(random, 1, 3),
      ...(chance(random, 0.3) ? {routing_enabled: {value: 50}} : {}),
      ...(chance(random, 0.2) ? {fail_traffic_on_panic: true} : {}),
      ...(typed && chance(random, 0.2) ? {force_local_zone: {min_size: whole(random, 1, 2)}} : {}),
      ...(typed && chance(random, 0.3) ? {locality_basis: 'HEALTHY_HOSTS_WEIGHT'} : {}),
    },
  }
}

const extension = (path: string, config: JsonObject): JsonObject => ({
  policies: [
    {
      typed_extension_config: {
        name: path,
        typed_config: {'@type': `type.googleapis.com/envoy.extensions.load_balancing_policies.${path}`, ...config},
      },
    },
  ],
})

const typedNames: Record<string, string> = {
  ROUND_ROBIN: 'round_robin.v3.RoundRobin',
  LEAST_REQUEST: 'least_request.v3.LeastRequest',
  RANDOM: 'random.v3.Random',
  RING_HASH: 'ring_hash.v3.RingHash',
  MAGLEV: 'maglev.v3.Maglev',
}

/** The same policy as `load_balancing_policy` writes it. */
function typedPolicy(policy: JsonObject, zones: JsonObject | null, subset: JsonObject | null): JsonObject {
  const {lb_policy, ...configs} = policy
  const path = typedNames[String(lb_policy)] ?? ''
  const weights = {locality_weighted_lb_config: {}}
  const hashes = path.startsWith('ring') || path.startsWith('maglev')
  const inner = extension(path, {
    ...Object.assign({}, ...Object.values(configs)),
    ...(hashes ? (zones ? {} : weights) : {locality_lb_config: zones ?? weights}),
  })
  return subset ? extension('subset.v3.Subset', {...subset, subset_lb_policy: inner}) : inner
}

/** The cluster of a proxy's peers, in one to three zones. */
export const peerCluster = (random: Random, name: string): JsonObject => ({
  name,
  type: 'STATIC',
  connect_timeout: '1s',
  load_assignment: {
    cluster_name: name,
    endpoints: times(pick(random, [1, 2, 2, 3, 3]), (zone) => ({
      locality: {region: 'r', zone: `z${zone}`},
      lb_endpoints: times(whole(random, 1, 4), (index) => randomEndpoint(random, 100 * zone + index, false, null)),
    })),
  },
})

/** A cluster that fails over along these clusters. */
export const aggregateOf = (name: string, clusters: string[]): JsonObject => ({
  name,
  connect_timeout: '1s',
  lb_policy: 'CLUSTER_PROVIDED',
  cluster_type: {
    name: 'envoy.clusters.aggregate',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig',
      clusters,
    },
  },
})

export function randomQuestions(random: Random, cluster: JsonObject, name: string): Question[] {
  const text = JSON.stringify(cluster)
  const hashed = /RING_HASH|MAGLEV|RingHash|Maglev/.test(text)
  const criteria: JsonObject[] = text.includes('subset_selectors')
    ? [{}, ...times(3, () => randomCriteria(random))]
    : [{}]
  return criteria.flatMap((criterion) =>
    (hashed ? [true, false] : [false]).map((key) => ({cluster: name, criteria: criterion, hashed: key})),
  )
}

function randomCriteria(random: Random): JsonObject {
  const version = pick(random, [...versions, '9'] as const)
  const stage = pick(random, stages)
  return pick<JsonObject>(random, [
    {version},
    {stage},
    {version, stage},
    {version, fallback_list: [{version: '9'}, {stage}, {version: '1', stage}]},
  ])
}
