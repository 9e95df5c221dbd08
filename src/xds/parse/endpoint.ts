import {formatSocketAddress} from '../../address/socket-address.js'
import type {Located} from './config-dump.js'
import {at, boolean, type JsonObject, number, object, objects, string} from './field.js'

/** A host of a ClusterLoadAssignment, as it is configured. */
export interface LbEndpoint {
  /** `ip:port`, a pipe's path, or `envoy://listener/endpoint` for an internal one. */
  address: string
  /** Host and port of a socket address; null for pipes and internal addresses. */
  socket: {host: string; port: number} | null
  /** Name for health checks, `auto_host_rewrite` and hashing; empty where none is given. */
  hostname: string
  /** EDS health status by name; UNKNOWN where absent, which Envoy takes as healthy. */
  healthStatus: string
  /** At least 1; 1 by default. */
  weight: number
  /** `filter_metadata` by filter name. */
  metadata: JsonObject
  at: string
}

/** The hosts of one locality at one priority. */
export interface LocalityLbEndpoints {
  /** `region/zone/sub_zone`, or null where the locality is unnamed. */
  name: string | null
  /** Zero where absent: locality-weighted balancing then gives it no load. */
  weight: number
  /** Zero is the highest. */
  priority: number
  endpoints: LbEndpoint[]
  metadata: JsonObject
  at: string
}

/** What a cluster is made of. */
export interface ClusterLoadAssignment {
  localities: LocalityLbEndpoints[]
  /** Per cent; 140 by default. */
  overprovisioningFactor: number
  /** Whether a priority's health counts weights instead of hosts. */
  weightedPriorityHealth: boolean
  /** Shares of requests that are dropped before a host is chosen, by category, 0 to 1, in order. */
  dropOverloads: {category: string; share: number; at: string}[]
  at: string
}

const perDenominator: Record<string, number> = {HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000}

export function parseClusterLoadAssignment({raw, at: place}: Located): ClusterLoadAssignment {
  const policy = object(raw, 'policy') ?? {}
  return {
    localities: objects(raw, 'endpoints').map((locality, index) =>
      parseLocality(locality, at(place, 'endpoints', index)),
    ),
    overprovisioningFactor: number(policy, 'overprovisioning_factor') ?? 140,
    weightedPriorityHealth: boolean(policy, 'weighted_priority_health') ?? false,
    dropOverloads: objects(policy, 'drop_overloads').map((drop, index) => {
      const share = object(drop, 'drop_percentage') ?? {}
      return {
        category: string(drop, 'category') ?? '',
        share: Math.min(
          1,
          (number(share, 'numerator') ?? 0) / (perDenominator[string(share, 'denominator') ?? ''] ?? 100),
        ),
        at: at(place, 'policy', 'drop_overloads', index),
      }
    }),
    at: place,
  }
}

function parseLocality(raw: JsonObject, place: string): LocalityLbEndpoints {
  return {
    name: localityName(object(raw, 'locality')),
    weight: number(raw, 'load_balancing_weight') ?? 0,
    priority: number(raw, 'priority') ?? 0,
    endpoints: objects(raw, 'lb_endpoints').map((endpoint, index) =>
      parseEndpoint(endpoint, at(place, 'lb_endpoints', index)),
    ),
    metadata: filterMetadata(raw),
    at: place,
  }
}

/** `region/zone/sub_zone` without empty parts at the end; null for an unnamed locality. */
export function localityName(raw: JsonObject | undefined): string | null {
  const parts = ['region', 'zone', 'sub_zone'].map((part) => (raw && string(raw, part)) ?? '')
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  return parts.length > 0 ? parts.join('/') : null
}

function parseEndpoint(raw: JsonObject, place: string): LbEndpoint {
  const endpoint = object(raw, 'endpoint') ?? {}
  const {address, socket} = parseAddress(object(endpoint, 'address') ?? {})
  return {
    address,
    socket,
    hostname: string(endpoint, 'hostname') ?? '',
    healthStatus: string(raw, 'health_status') ?? 'UNKNOWN',
    weight: number(raw, 'load_balancing_weight') ?? 1,
    metadata: filterMetadata(raw),
    at: place,
  }
}

/** `metadata.filter_metadata` of a resource. */
export const filterMetadata = (raw: JsonObject): JsonObject => {
  const metadata = object(raw, 'metadata')
  return (metadata && object(metadata, 'filter_metadata')) ?? {}
}

/** A `core.v3.Address` as Envoy prints it. */
export function parseAddress(raw: JsonObject): Pick<LbEndpoint, 'address' | 'socket'> {
  const socket = object(raw, 'socket_address')
  if (socket) {
    const [host, port] = [string(socket, 'address') ?? '', number(socket, 'port_value') ?? 0]
    return {address: formatSocketAddress({ip: host, port}), socket: {host, port}}
  }
  const internal = object(raw, 'envoy_internal_address')
  if (internal)
    return {
      address: `envoy://${string(internal, 'server_listener_name') ?? ''}/${string(internal, 'endpoint_id') ?? ''}`,
      socket: null,
    }
  return {address: string(object(raw, 'pipe') ?? {}, 'path') ?? '', socket: null}
}
