import type {Located} from './config-dump.js'
import {type ClusterLoadAssignment, filterMetadata, parseClusterLoadAssignment} from './endpoint.js'
import {at, boolean, type JsonObject, number, object, objects, string, strings, typeName} from './field.js'
import {type LoadBalancing, parseLoadBalancing} from './load-balancing-policy.js'
import {
  parseTransportSocket,
  parseTransportSocketMatches,
  type TransportSocket,
  type TransportSocketMatch,
} from './upstream-transport.js'

/** How a cluster learns its hosts. */
export type Discovery =
  | {kind: 'STATIC' | 'STRICT_DNS' | 'LOGICAL_DNS'}
  | {kind: 'EDS'; serviceName: string}
  | {
      kind: 'ORIGINAL_DST'
      /** The header that names the host, lower case; null unless `use_http_header`. */
      header: string | null
      /** The namespace and the path in it where dynamic metadata may name the host; null without `metadata_key`. */
      metadataKey: {namespace: string; path: string[]} | null
      /** Port that replaces the original one, or null. */
      portOverride: number | null
    }
  | {kind: 'aggregate'; clusters: string[]}
  | {kind: 'dynamic_forward_proxy'}
  | {kind: 'unmodelled'; type: string}

/** What the cluster's HTTP protocol options make of a connection. */
export interface UpstreamHttp {
  /** `downstream`: as the client speaks; `auto`: by ALPN. */
  protocol: 'http1' | 'http2' | 'http3' | 'downstream' | 'auto'
  /** The SNI follows the request's host. */
  autoSni: boolean
  /** The header that `auto_sni` takes instead of the host, lower case; null for the host itself. */
  autoSniHeader: string | null
}

/** A route's `priority`. */
export type RoutingPriority = 'DEFAULT' | 'HIGH'

/** Limits of one routing priority; 1024 where none is configured. */
export interface CircuitBreaker {
  maxConnections: number
  maxPendingRequests: number
  maxRequests: number
  at: string
}

/** A cluster: what of its configuration decides which host is called, and how. */
export interface Cluster {
  name: string
  discovery: Discovery
  /** The assignment in the cluster itself (STATIC, DNS), or null. */
  inlineAssignment: ClusterLoadAssignment | null
  loadBalancing: LoadBalancing
  /** Per cent; 50 by default, 0 switches panic off. */
  panicThreshold: number
  transportSocket: TransportSocket
  transportSocketMatches: TransportSocketMatch[]
  http: UpstreamHttp
  /** The addresses that `upstream_bind_config` names, first the main one; empty for none. */
  bindAddresses: string[]
  /** Limits by routing priority. */
  circuitBreakers: Record<RoutingPriority, CircuitBreaker>
  /** `filter_metadata` by filter name. */
  metadata: JsonObject
  at: string
}

export function parseCluster(located: Located): Cluster {
  const {raw, at: place} = located
  const common = object(raw, 'common_lb_config') ?? {}
  const assignment = object(raw, 'load_assignment')
  return {
    name: string(raw, 'name') ?? '',
    discovery: parseDiscovery(raw),
    inlineAssignment: assignment
      ? parseClusterLoadAssignment({raw: assignment, at: at(place, 'load_assignment')})
      : null,
    loadBalancing: parseLoadBalancing(located),
    panicThreshold: panicThreshold(object(common, 'healthy_panic_threshold')),
    transportSocket: ownTransportSocket(located),
    transportSocketMatches: object(raw, 'transport_socket_matcher') ? [] : parseTransportSocketMatches(located),
    http: parseUpstreamHttp(raw),
    bindAddresses: parseBindAddresses(object(raw, 'upstream_bind_config')),
    circuitBreakers: {DEFAULT: parseCircuitBreaker(located, 'DEFAULT'), HIGH: parseCircuitBreaker(located, 'HIGH')},
    metadata: filterMetadata(raw),
    at: place,
  }
}

/** `transport_socket_matcher`, a tree that chooses among the matches instead of their labels, is not modelled. */
const ownTransportSocket = ({raw, at: place}: Located): TransportSocket => {
  if (object(raw, 'transport_socket_matcher'))
    return {kind: 'unmodelled', type: 'transport_socket_matcher', at: at(place, 'transport_socket_matcher')}
  const socket = object(raw, 'transport_socket')
  return parseTransportSocket(socket, socket ? at(place, 'transport_socket') : place)
}

/** Envoy cuts the threshold to a whole per cent; an empty message is zero. */
const panicThreshold = (percent: JsonObject | undefined): number =>
  percent ? Math.min(100, Math.trunc(number(percent, 'value') ?? 0)) : 50

function parseDiscovery(raw: JsonObject): Discovery {
  const custom = object(raw, 'cluster_type')
  if (custom) return parseCustomDiscovery(custom)
  const type = string(raw, 'type') ?? 'STATIC'
  switch (type) {
    case 'STATIC':
    case 'STRICT_DNS':
    case 'LOGICAL_DNS':
      return {kind: type}
    case 'EDS': {
      const service = string(object(raw, 'eds_cluster_config') ?? {}, 'service_name')
      return {kind: 'EDS', serviceName: service || (string(raw, 'name') ?? '')}
    }
    case 'ORIGINAL_DST':
      return parseOriginalDestination(object(raw, 'original_dst_lb_config') ?? {})
    default:
      return {kind: 'unmodelled', type}
  }
}

function parseOriginalDestination(raw: JsonObject): Discovery {
  const header = (string(raw, 'http_header_name') || 'x-envoy-original-dst-host').toLowerCase()
  return {
    kind: 'ORIGINAL_DST',
    header: boolean(raw, 'use_http_header') ? header : null,
    metadataKey: metadataKey(object(raw, 'metadata_key')),
    portOverride: number(raw, 'upstream_port_override') ?? null,
  }
}

const metadataKey = (raw: JsonObject | undefined) =>
  raw
    ? {
        namespace: string(raw, 'key') ?? '',
        path: objects(raw, 'path').map((segment) => string(segment, 'key') ?? ''),
      }
    : null

function parseCustomDiscovery(custom: JsonObject): Discovery {
  const config = object(custom, 'typed_config') ?? {}
  const type = typeName(config) || (string(custom, 'name') ?? '')
  switch (type) {
    case 'envoy.extensions.clusters.aggregate.v3.ClusterConfig':
      return {kind: 'aggregate', clusters: strings(config, 'clusters')}
    case 'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig':
      return {kind: 'dynamic_forward_proxy'}
    case 'envoy.extensions.clusters.dns.v3.DnsCluster':
      return {kind: boolean(config, 'all_addresses_in_single_endpoint') ? 'LOGICAL_DNS' : 'STRICT_DNS'}
    default:
      return {kind: 'unmodelled', type}
  }
}

const httpOptionsKey = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

function parseUpstreamHttp(raw: JsonObject): UpstreamHttp {
  const options = object(object(raw, 'typed_extension_protocol_options') ?? {}, httpOptionsKey)
  const shared =
    (options && object(options, 'upstream_http_protocol_options')) ??
    object(raw, 'upstream_http_protocol_options') ??
    {}
  return {
    protocol: options ? optionsProtocol(options) : legacyProtocol(raw),
    autoSni: boolean(shared, 'auto_sni') ?? false,
    autoSniHeader: string(shared, 'override_auto_sni_header')?.toLowerCase() || null,
  }
}

function optionsProtocol(options: JsonObject): UpstreamHttp['protocol'] {
  if (object(options, 'use_downstream_protocol_config')) return 'downstream'
  if (object(options, 'auto_config')) return 'auto'
  const explicit = object(options, 'explicit_http_config') ?? {}
  if (object(explicit, 'http3_protocol_options')) return 'http3'
  return object(explicit, 'http2_protocol_options') ? 'http2' : 'http1'
}

function legacyProtocol(raw: JsonObject): UpstreamHttp['protocol'] {
  if (string(raw, 'protocol_selection') === 'USE_DOWNSTREAM_PROTOCOL') return 'downstream'
  return object(raw, 'http2_protocol_options') ? 'http2' : 'http1'
}

/** Addresses that are bound before connecting; the wildcard binds nothing in particular. */
export function parseBindAddresses(raw: JsonObject | undefined): string[] {
  if (!raw) return []
  const sources = [
    object(raw, 'source_address'),
    ...objects(raw, 'extra_source_addresses').map((extra) => object(extra, 'address')),
    ...objects(raw, 'additional_source_addresses'),
  ]
  return sources
    .flatMap((source) => (source && string(source, 'address')) || [])
    .filter((ip) => ip !== '0.0.0.0' && ip !== '::')
}

function parseCircuitBreaker({raw, at: place}: Located, priority: RoutingPriority): CircuitBreaker {
  const thresholds = objects(object(raw, 'circuit_breakers') ?? {}, 'thresholds')
  const index = thresholds.findIndex((entry) => (string(entry, 'priority') ?? 'DEFAULT') === priority)
  const limits = thresholds[index] ?? {}
  return {
    maxConnections: number(limits, 'max_connections') ?? 1024,
    maxPendingRequests: number(limits, 'max_pending_requests') ?? 1024,
    maxRequests: number(limits, 'max_requests') ?? 1024,
    at: index < 0 ? place : at(place, 'circuit_breakers', 'thresholds', index),
  }
}
