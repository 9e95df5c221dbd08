import {matchRequest} from '../../../src/xds/match/match.js'
import type {Suppositions} from '../../../src/xds/match/request.js'
import type {MatchBranch} from '../../../src/xds/match/result.js'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {parseMatchRequest} from '../../../src/xds/parse/match-request.js'
import type {Proxy as Envoy} from '../../../src/xds/proxy.js'

/** An Envoy with these listeners and clusters. */
export function envoyWith(listeners: JsonObject[], clusters: JsonObject[] = []): Envoy {
  const document = {
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        dynamic_listeners: listeners.map((listener) => ({name: listener['name'], active_state: {listener}})),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        static_clusters: clusters.map((cluster) => ({cluster})),
      },
    ],
  }
  return {dump: parseConfigDump(document, 'test'), state: {}}
}

export const ask = (envoy: Envoy, request: JsonObject, suppositions: Suppositions = {}): MatchBranch[] =>
  matchRequest(envoy, parseMatchRequest(request, 'test'), suppositions)

/** The only branch of an answer. */
export function answer(envoy: Envoy, request: JsonObject, suppositions: Suppositions = {}): MatchBranch {
  const [first, ...more] = ask(envoy, request, suppositions)
  if (!first || more.length > 0) throw new Error(`expected one branch, got ${more.length + 1}`)
  return first
}

export const type = (name: string): string => `type.googleapis.com/${name}`

export const extension = (message: string, config: JsonObject = {}): JsonObject => ({
  name: message,
  typed_config: {'@type': type(message), ...config},
})

const listenerFilter = 'envoy.extensions.filters.listener'
export const originalDst = extension(`${listenerFilter}.original_dst.v3.OriginalDst`)
export const tlsInspector = extension(`${listenerFilter}.tls_inspector.v3.TlsInspector`)
export const httpInspector = extension(`${listenerFilter}.http_inspector.v3.HttpInspector`)
export const proxyProtocol = (config: JsonObject = {}) =>
  extension(`${listenerFilter}.proxy_protocol.v3.ProxyProtocol`, config)

export const directResponse = extension('envoy.extensions.filters.network.direct_response.v3.Config')

export const chain = (name: string, match: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  name,
  filter_chain_match: match,
  filters: [directResponse],
  ...more,
})

export const socketAddress = (address: string, port: number, more: JsonObject = {}): JsonObject => ({
  socket_address: {address, port_value: port, ...more},
})

/** A listener on 0.0.0.0:PORT unless `more` says otherwise. */
export const listener = (name: string, port: number, chains: JsonObject[], more: JsonObject = {}): JsonObject => ({
  name,
  address: socketAddress('0.0.0.0', port),
  filter_chains: chains,
  ...more,
})
