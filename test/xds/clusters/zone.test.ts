import {describe, expect, it} from 'vitest'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import type {Proxy as Envoy} from '../../../src/xds/proxy.js'
import {endpoint, shares, staticCluster} from './fixture.js'

/** Hosts by zone: `{a: 2}` is two in zone a. */
const zones = (counts: Record<string, number>, net: string): JsonObject[] =>
  Object.entries(counts).map(([zone, count], index) => ({
    locality: {zone},
    lb_endpoints: Array.from({length: count}, (_, host) => endpoint(`10.${net}.${index}.${host + 1}:80`)),
  }))

/** A proxy in zone a, whose peers and whose cluster `c` are spread over zones like this. */
function envoyIn(peers: Record<string, number>, hosts: Record<string, number>, zoneAware: JsonObject): Envoy {
  const clusters = [
    staticCluster('peers', zones(peers, '1')),
    staticCluster('c', zones(hosts, '2'), {common_lb_config: {zone_aware_lb_config: zoneAware}}),
  ]
  const document = {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
        bootstrap: {node: {locality: {zone: 'a'}}, cluster_manager: {local_cluster_name: 'peers'}},
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        static_clusters: clusters.map((cluster) => ({cluster})),
      },
    ],
  }
  return {dump: parseConfigDump(document, 'test'), state: {}}
}

/** Parts by zone, to a tenth of a per cent. */
function parts(...args: Parameters<typeof envoyIn>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [address, share] of Object.entries(shares(envoyIn(...args), 'c'))) {
    const zone = address.split('.')[2] ?? ''
    found[zone] = (found[zone] ?? 0) + share
  }
  return Object.fromEntries(Object.entries(found).map(([zone, share]) => [zone, Math.round(share * 1000) / 1000]))
}

describe('zone-aware routing', () => {
  const small = {min_cluster_size: 1}

  it('keeps all requests in the own zone where its share of hosts is no smaller than that of peers', () => {
    expect(parts({a: 1, b: 1}, {a: 2, b: 2}, small)).toEqual({0: 1})
  })

  it('sends out what the own zone cannot take, to zones that have room', () => {
    // Half of the peers are here, a quarter of the hosts: half of the requests stay.
    expect(parts({a: 2, b: 2}, {a: 1, b: 3}, small)).toEqual({0: 0.5, 1: 0.5})
    expect(parts({a: 2, b: 1, c: 1}, {a: 1, b: 1, c: 2}, small)).toEqual({0: 0.5, 2: 0.5})
  })

  it('does not look at zones in small clusters, with peers in one zone, or with none in the own', () => {
    const even = {0: 0.25, 1: 0.75}
    expect(parts({a: 1, b: 1}, {a: 1, b: 3}, {})).toEqual(even)
    expect(parts({a: 2}, {a: 1, b: 3}, small)).toEqual(even)
    expect(parts({b: 1, c: 1}, {a: 1, b: 3}, small)).toEqual(even)
  })

  it('takes only the part that routing_enabled says', () => {
    expect(parts({a: 1, b: 1}, {a: 2, b: 2}, {...small, routing_enabled: {value: 50}})).toEqual({0: 0.75, 1: 0.25})
  })
})
