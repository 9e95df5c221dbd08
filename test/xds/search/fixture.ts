import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import type {Proxy as Envoy} from '../../../src/xds/proxy.js'

const managerType =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

/** A filter chain with a connection manager over these virtual hosts. */
export const chainOf = (virtual_hosts: JsonObject[], more: JsonObject = {}, manager: JsonObject = {}): JsonObject => ({
  filters: [{name: 'hcm', typed_config: {'@type': managerType, route_config: {name: 'rc', virtual_hosts}, ...manager}}],
  ...more,
})

/** An Envoy with one listener, on 10.0.0.1:80, with these chains. */
export function envoyOf(filter_chains: JsonObject[], clusters: JsonObject[] = [], more: JsonObject = {}): Envoy {
  const listener = {
    name: 'l',
    address: {socket_address: {address: '10.0.0.1', port_value: 80}},
    filter_chains,
    ...more,
  }
  const document = {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        dynamic_listeners: [{name: 'l', active_state: {listener}}],
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        dynamic_active_clusters: clusters.map((cluster) => ({cluster})),
      },
    ],
  }
  return {dump: parseConfigDump(document, 'test'), state: {}}
}

/** A virtual host `v` for every host, with these routes to the cluster `c`, named by position. */
export const hostWith = (matches: JsonObject[]): JsonObject => ({
  name: 'v',
  domains: ['*'],
  routes: matches.map((match, index) => ({name: `r${index}`, match, route: {cluster: 'c'}})),
})
