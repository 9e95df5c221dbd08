import {at, isTrue, type JsonObject, list, number, object, objects, text, textMembers} from '../json.js'
import {balancingMetadata} from './metadata.js'

/** A configured host of a cluster. The dump tells nothing of its health. */
export interface MosnHost {
  address: string
  hostname: string | null
  /** 1 to 128, as MOSN clips it. */
  weight: number
  /** Labels under `mosn.lb`, by name. */
  metadata: ReadonlyMap<string, string>
  /** It is spoken to in plaintext although the cluster has TLS. */
  tlsDisabled: boolean
  /** A cluster checks this address, and so it can be unhealthy: MOSN keeps health by address, for all clusters. */
  isChecked: boolean
  /** Supposed to fail its health check. */
  isDown?: boolean
  at: string
}

/** `fall_back_policy` of a subset configuration, by MOSN's numbers. */
export type SubsetFallback = 'none' | 'any' | 'default subset'

export interface SubsetConfig {
  at: string
  /** Sorted keys of each selector. */
  selectors: string[][]
  fallback: SubsetFallback
  defaultSubset: [string, string][]
}

export interface OriginalDestinationConfig {
  useHeader: boolean
  headerName: string
  replaceLocal: boolean
}

/** A cluster of MOSN, its hosts inline. */
export interface MosnCluster {
  name: string
  at: string
  raw: JsonObject
  /** `SIMPLE`, `STATIC`, `EDS`, `STRICT_DNS`, `ORIGINAL_DST`, ... */
  type: string
  /** `LB_ROUNDROBIN`, `LB_RANDOM`, ... */
  lbType: string
  hosts: MosnHost[]
  /** Null without selectors: MOSN then has no subsets. */
  subset: SubsetConfig | null
  originalDestination: OriginalDestinationConfig
  /** The name that its health checks are counted under; without one its hosts are not checked. */
  healthService: string | null
  /** TLS towards its hosts. */
  tls: {sni: string | null; at: string} | null
}

/** Reads a cluster; `name` is its key where the dump has one. */
export function readCluster(raw: JsonObject, here: string, name: string): MosnCluster {
  const destination = object(raw, 'original_dst_lb_config')
  const tls = object(raw, 'tls_context')
  return {
    name: text(raw, 'name') ?? name,
    at: here,
    raw,
    type: text(raw, 'type') ?? '',
    lbType: text(raw, 'lb_type') ?? '',
    hosts: objects(raw, 'hosts').map((host, index) => readHost(host, at(here, 'hosts', index))),
    subset: readSubset(object(raw, 'lb_subset_config'), at(here, 'lb_subset_config')),
    originalDestination: {
      useHeader: isTrue(destination, 'use_header'),
      headerName: text(destination, 'header_name') ?? 'host',
      replaceLocal: isTrue(destination, 'replace_local'),
    },
    healthService: text(object(raw, 'health_check'), 'service_name'),
    tls: isTrue(tls, 'status') ? {sni: text(tls, 'server_name'), at: at(here, 'tls_context')} : null,
  }
}

/** The clusters, each host with whether any of them checks its address. */
export function withChecks(clusters: readonly MosnCluster[]): MosnCluster[] {
  const checked = new Set(
    clusters.flatMap(({healthService, hosts}) => (healthService === null ? [] : hosts.map(({address}) => address))),
  )
  return clusters.map((cluster) => ({
    ...cluster,
    hosts: cluster.hosts.map((host) => ({...host, isChecked: checked.has(host.address)})),
  }))
}

const readHost = (raw: JsonObject, here: string): MosnHost => ({
  address: text(raw, 'address') ?? '',
  hostname: text(raw, 'hostname'),
  weight: Math.min(128, Math.max(1, number(raw, 'weight') ?? 1)),
  metadata: new Map(balancingMetadata(object(raw, 'metadata'))),
  tlsDisabled: isTrue(raw, 'tls_disable'),
  isChecked: false,
  at: here,
})

const fallbacks: readonly SubsetFallback[] = ['none', 'any', 'default subset']

function readSubset(raw: JsonObject | undefined, here: string): SubsetConfig | null {
  const selectors = list(raw, 'subset_selectors').flatMap((keys) =>
    Array.isArray(keys) ? [[...new Set(keys.filter((key): key is string => typeof key === 'string'))].sort()] : [],
  )
  if (selectors.length === 0) return null
  return {
    at: here,
    selectors,
    fallback: fallbacks[number(raw, 'fall_back_policy') ?? 0] ?? 'none',
    defaultSubset: textMembers(object(raw, 'default_subset')).sort(([a], [b]) => (a < b ? -1 : 1)),
  }
}
