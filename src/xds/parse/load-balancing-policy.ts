import type {Located} from './config-dump.js'
import {at, boolean, type JsonObject, number, object, objects, string, strings, typeName} from './field.js'

/** What hosts are put into subsets by, and where requests go whose subset is missing. */
export interface SubsetConfig {
  fallback: 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET'
  defaultSubset: JsonObject
  /** In the order in which Envoy tries them. */
  selectors: SubsetSelector[]
  listAsAny: boolean
  scaleLocalityWeight: boolean
  localityWeightAware: boolean
  panicModeAny: boolean
  metadataFallback: 'METADATA_NO_FALLBACK' | 'FALLBACK_LIST'
  allowRedundantKeys: boolean
  at: string
}

export interface SubsetSelector {
  /** Sorted, as Envoy compares them. */
  keys: string[]
  singleHostPerSubset: boolean
  /** NOT_DEFINED: the policy of the whole configuration. */
  fallback: 'NOT_DEFINED' | 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET' | 'KEYS_SUBSET'
  /** The keys that KEYS_SUBSET keeps. */
  fallbackKeys: string[]
  at: string
}

export type HashFunction = 'XX_HASH' | 'MURMUR_HASH_2'

/** How a host is picked from those that can take the request. */
export type HostPolicy =
  | {kind: 'round_robin' | 'random' | 'cluster_provided'}
  | {kind: 'least_request'; fullScan: boolean}
  | {
      kind: 'ring_hash'
      minimum: number
      maximum: number
      hash: HashFunction
      byHostname: boolean
      balanceFactor: number
    }
  | {kind: 'maglev'; tableSize: number; byHostname: boolean; balanceFactor: number}
  | {kind: 'unmodelled'; type: string; at: string}

/** How a cluster takes the zones of its hosts into account, where the bootstrap names a `local_cluster_name`. */
export interface ZoneAware {
  /** Part of the requests that is routed by zone, in per cent. */
  routingEnabled: number
  /** With fewer healthy hosts zones do not matter. */
  minClusterSize: number
  /** In panic no host is chosen at all. */
  failOnPanic: boolean
  /** The own zone gets everything where it has this many healthy hosts; null: only as its share allows. */
  forceMinimum: number | null
  /** Shares are counted by weight instead of by hosts. */
  byWeight: boolean
}

/** A cluster's load balancing, from `load_balancing_policy` or from the older fields. */
export interface LoadBalancing {
  host: HostPolicy
  /** `weighted`: localities share by their weights; `zone_aware`: only with a `local_cluster_name`. */
  locality: 'weighted' | 'zone_aware'
  zone: ZoneAware
  subset: SubsetConfig | null
  /** Hosts that came a short while ago get less. */
  slowStart: boolean
  at: string
}

/** Reads the policy that the cluster runs with. `load_balancing_policy` wins over `lb_policy`. */
export function parseLoadBalancing(cluster: Located): LoadBalancing {
  const policies = objects(object(cluster.raw, 'load_balancing_policy') ?? {}, 'policies')
  const first = policies[0]
  const typed = first && object(object(first, 'typed_extension_config') ?? {}, 'typed_config')
  if (typed)
    return parseTyped(
      typed,
      at(cluster.at, 'load_balancing_policy', 'policies', 0, 'typed_extension_config', 'typed_config'),
    )
  const common = object(cluster.raw, 'common_lb_config') ?? {}
  const subset = object(cluster.raw, 'lb_subset_config')
  return {
    host: legacyPolicy(cluster),
    locality: object(common, 'locality_weighted_lb_config') ? 'weighted' : 'zone_aware',
    zone: parseZoneAware(object(common, 'zone_aware_lb_config') ?? {}),
    subset: subset ? parseSubset(subset, at(cluster.at, 'lb_subset_config')) : null,
    slowStart: ['round_robin_lb_config', 'least_request_lb_config'].some((name) =>
      hasSlowStart(object(cluster.raw, name)),
    ),
    at: at(cluster.at, 'lb_policy'),
  }
}

function parseZoneAware(raw: JsonObject): ZoneAware {
  const enabled = object(raw, 'routing_enabled')
  const forced = object(raw, 'force_local_zone')
  return {
    routingEnabled: enabled ? Math.min(100, Math.trunc(number(enabled, 'value') ?? 0)) : 100,
    minClusterSize: number(raw, 'min_cluster_size') ?? 6,
    failOnPanic: boolean(raw, 'fail_traffic_on_panic') ?? false,
    forceMinimum: forced ? (number(forced, 'min_size') ?? 1) : boolean(raw, 'force_locality_direct_routing') ? 1 : null,
    byWeight: string(raw, 'locality_basis') === 'HEALTHY_HOSTS_WEIGHT',
  }
}

const hasSlowStart = (config: JsonObject | undefined): boolean =>
  config !== undefined && object(config, 'slow_start_config') !== undefined

function legacyPolicy({raw, at: place}: Located): HostPolicy {
  const policy = string(raw, 'lb_policy') ?? 'ROUND_ROBIN'
  const config = (name: string) => object(raw, name) ?? {}
  const common = object(raw, 'common_lb_config') ?? {}
  const hashing = object(common, 'consistent_hashing_lb_config') ?? {}
  switch (policy) {
    case 'ROUND_ROBIN':
      return {kind: 'round_robin'}
    case 'LEAST_REQUEST':
      return leastRequest(config('least_request_lb_config'))
    case 'RANDOM':
      return {kind: 'random'}
    case 'CLUSTER_PROVIDED':
      return {kind: 'cluster_provided'}
    case 'RING_HASH':
      return ringHash(config('ring_hash_lb_config'), hashing)
    case 'MAGLEV':
      return maglev(config('maglev_lb_config'), hashing)
    default:
      return {kind: 'unmodelled', type: policy, at: at(place, 'lb_policy')}
  }
}

const leastRequest = (raw: JsonObject): HostPolicy => ({
  kind: 'least_request',
  fullScan: string(raw, 'selection_method') === 'FULL_SCAN',
})

const ringHash = (raw: JsonObject, hashing: JsonObject): HostPolicy => ({
  kind: 'ring_hash',
  minimum: number(raw, 'minimum_ring_size') ?? 1024,
  maximum: number(raw, 'maximum_ring_size') ?? 8 * 1024 * 1024,
  hash: string(raw, 'hash_function') === 'MURMUR_HASH_2' ? 'MURMUR_HASH_2' : 'XX_HASH',
  byHostname: boolean(hashing, 'use_hostname_for_hashing') ?? false,
  balanceFactor: number(hashing, 'hash_balance_factor') ?? 0,
})

const maglev = (raw: JsonObject, hashing: JsonObject): HostPolicy => ({
  kind: 'maglev',
  tableSize: number(raw, 'table_size') ?? 65537,
  byHostname: boolean(hashing, 'use_hostname_for_hashing') ?? false,
  balanceFactor: number(hashing, 'hash_balance_factor') ?? 0,
})

const extension = 'envoy.extensions.load_balancing_policies.'

function parseTyped(raw: JsonObject, place: string): LoadBalancing {
  const type = typeName(raw)
  const hashing = object(raw, 'consistent_hashing_lb_config') ?? raw
  // The hashing policies have the field of their own, the others within `locality_lb_config`.
  const weighted = [raw, object(raw, 'locality_lb_config') ?? {}].some(
    (config) => object(config, 'locality_weighted_lb_config') !== undefined,
  )
  const locality = weighted ? ('weighted' as const) : ('zone_aware' as const)
  const policy = (host: HostPolicy): LoadBalancing => ({
    host,
    locality,
    zone: parseZoneAware(object(object(raw, 'locality_lb_config') ?? {}, 'zone_aware_lb_config') ?? {}),
    subset: null,
    slowStart: hasSlowStart(raw),
    at: place,
  })
  switch (type.startsWith(extension) ? type.slice(extension.length) : '') {
    case 'round_robin.v3.RoundRobin':
      return policy({kind: 'round_robin'})
    case 'least_request.v3.LeastRequest':
      return policy(leastRequest(raw))
    case 'random.v3.Random':
      return policy({kind: 'random'})
    case 'ring_hash.v3.RingHash':
      return policy(ringHash(raw, hashing))
    case 'maglev.v3.Maglev':
      return policy(maglev(raw, hashing))
    case 'cluster_provided.v3.ClusterProvided':
      return policy({kind: 'cluster_provided'})
    case 'wrr_locality.v3.WrrLocality':
      return {...nested(raw, 'endpoint_picking_policy', place), locality: 'weighted'}
    case 'subset.v3.Subset':
      return {...nested(raw, 'subset_lb_policy', place), subset: parseSubset(raw, place)}
    default:
      return policy({kind: 'unmodelled', type, at: place})
  }
}

function nested(raw: JsonObject, field: string, place: string): LoadBalancing {
  const first = objects(object(raw, field) ?? {}, 'policies')[0]
  const config = first && object(object(first, 'typed_extension_config') ?? {}, 'typed_config')
  const here = at(place, field, 'policies', 0, 'typed_extension_config', 'typed_config')
  return config
    ? parseTyped(config, here)
    : {
        host: {kind: 'unmodelled', type: field, at: here},
        locality: 'zone_aware',
        zone: parseZoneAware({}),
        subset: null,
        slowStart: false,
        at: here,
      }
}

function parseSubset(raw: JsonObject, place: string): SubsetConfig {
  const flag = (name: string) => boolean(raw, name) ?? false
  const fallback = string(raw, 'fallback_policy')
  const selectors = objects(raw, 'subset_selectors').map((selector, index) =>
    parseSelector(selector, at(place, 'subset_selectors', index)),
  )
  return {
    fallback: fallback === 'ANY_ENDPOINT' || fallback === 'DEFAULT_SUBSET' ? fallback : 'NO_FALLBACK',
    defaultSubset: object(raw, 'default_subset') ?? {},
    selectors: flag('allow_redundant_keys') ? mostKeysFirst(selectors) : selectors,
    listAsAny: flag('list_as_any'),
    scaleLocalityWeight: flag('scale_locality_weight'),
    localityWeightAware: flag('locality_weight_aware'),
    panicModeAny: flag('panic_mode_any'),
    metadataFallback:
      string(raw, 'metadata_fallback_policy') === 'FALLBACK_LIST' ? 'FALLBACK_LIST' : 'METADATA_NO_FALLBACK',
    allowRedundantKeys: flag('allow_redundant_keys'),
    at: place,
  }
}

const selectorFallbacks = ['NO_FALLBACK', 'ANY_ENDPOINT', 'DEFAULT_SUBSET', 'KEYS_SUBSET'] as const

/** With redundant keys Envoy tries the selectors with the most keys first. */
const mostKeysFirst = (selectors: readonly SubsetSelector[]): SubsetSelector[] =>
  [...selectors].sort((one, other) => other.keys.length - one.keys.length)

const parseSelector = (raw: JsonObject, place: string): SubsetSelector => ({
  keys: strings(raw, 'keys').sort(),
  singleHostPerSubset: boolean(raw, 'single_host_per_subset') ?? false,
  fallback: selectorFallbacks.find((name) => name === string(raw, 'fallback_policy')) ?? 'NOT_DEFINED',
  fallbackKeys: strings(raw, 'fallback_keys_subset').sort(),
  at: place,
})
