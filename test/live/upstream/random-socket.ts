import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from './random.js'

const type = (name: string): JsonObject => ({'@type': `type.googleapis.com/envoy.extensions.${name}`})

const labelNames = ['tlsMode', 'version'] as const
const labelValues = ['istio', 'off', 1, true, ['istio', 'off'], {of: 'it'}] as const

const randomLabels = (random: Random, probability: number): JsonObject =>
  Object.fromEntries(
    labelNames
      .filter(() => chance(random, probability))
      .map((name) => [name, pick<unknown>(random, [...labelValues, 'istio', 'istio', 'off'])]),
  )

/** Raw bytes, or TLS with an SNI and ALPN that may be configured. */
function randomSocket(random: Random): JsonObject {
  if (chance(random, 0.4)) return {name: 'raw', typed_config: type('transport_sockets.raw_buffer.v3.RawBuffer')}
  const context: JsonObject = {
    ...type('transport_sockets.tls.v3.UpstreamTlsContext'),
    ...(chance(random, 0.6) ? {sni: `sni-${whole(random, 1, 99)}.example`} : {}),
    ...(chance(random, 0.3) ? {auto_host_sni: true} : {}),
    ...(chance(random, 0.5)
      ? {common_tls_context: {alpn_protocols: pick<string[]>(random, [['istio'], ['istio-peer-exchange', 'h2']])}}
      : {}),
  }
  return {name: 'tls', typed_config: context}
}

/** HTTP versions and the choice of the SNI by the request. */
function randomHttp(random: Random): JsonObject {
  const version = pick<JsonObject>(random, [
    {explicit_http_config: {http_protocol_options: {}}},
    {explicit_http_config: {http2_protocol_options: {}}},
    {use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}}},
  ])
  const byRequest = {
    auto_sni: chance(random, 0.6),
    ...(chance(random, 0.4) ? {override_auto_sni_header: 'x-sni'} : {}),
  }
  return {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      ...type('upstreams.http.v3.HttpProtocolOptions'),
      ...version,
      ...(chance(random, 0.5) ? {upstream_http_protocol_options: byRequest} : {}),
    },
  }
}

const labelled = (labels: JsonObject): JsonObject => ({
  metadata: {filter_metadata: {'envoy.transport_socket_match': labels}},
})

/** A static cluster with one endpoint, at 127.78.0.INDEX, whose transport socket hangs on labels. */
export function socketCluster(random: Random, name: string, index: number, port: number): JsonObject {
  const socketAddress = {address: `127.78.0.${index}`, port_value: port}
  const hostname = chance(random, 0.5) ? {hostname: `host-${index}.example`} : {}
  const endpoint = {endpoint: {address: {socket_address: socketAddress}, ...hostname}}
  const own = chance(random, 0.8) ? labelled(randomLabels(random, 0.7)) : {}
  const locality = chance(random, 0.4) ? labelled(randomLabels(random, 0.7)) : {}
  return {
    name,
    type: 'STATIC',
    connect_timeout: '2s',
    typed_extension_protocol_options: randomHttp(random),
    ...(chance(random, 0.6) ? {transport_socket: randomSocket(random)} : {}),
    transport_socket_matches: times(whole(random, 0, 4), (count) => ({
      name: `match ${count}`,
      match: randomLabels(random, 0.6),
      transport_socket: randomSocket(random),
    })),
    load_assignment: {cluster_name: name, endpoints: [{...locality, lb_endpoints: [{...endpoint, ...own}]}]},
  }
}

const cache = (name: string): JsonObject => ({
  dns_cache_config: {name, dns_lookup_family: 'V4_ONLY'},
})

/** A cluster whose host is the request's own, in plaintext or TLS. */
export const forwardProxyCluster = (random: Random, name: string): JsonObject => ({
  name,
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '2s',
  cluster_type: {
    name: 'dynamic forward proxy',
    typed_config: {
      ...type('clusters.dynamic_forward_proxy.v3.ClusterConfig'),
      ...cache('cache'),
      allow_insecure_cluster_options: true,
    },
  },
  typed_extension_protocol_options: randomHttp(random),
  ...(chance(random, 0.7) ? {transport_socket: randomSocket(random)} : {}),
})

/** The filter that looks hosts up for those clusters. */
export const forwardProxyFilter: JsonObject = {
  name: 'dynamic forward proxy',
  typed_config: {...type('filters.http.dynamic_forward_proxy.v3.FilterConfig'), ...cache('cache')},
}
