import type {JsonObject} from '../../../src/xds/parse/field.js'
import {extension, httpInspector, originalDst, socketAddress, type} from '../listener/fixture.js'

/** Envoys of an ambient mesh, in the shape that Istio gives them: a gateway, and a waypoint between it and an app. */
const original = 'envoy.filters.listener.original_dst'
const network = 'envoy.extensions.filters.network'
const transport = 'envoy.extensions.transport_sockets'

export const addresses = {gateway: '10.20.0.2', waypoint: '10.20.0.3', app: '10.20.0.5', service: '10.96.7.7'} as const

const manager = (routes: JsonObject[], filters: JsonObject[] = [], more: JsonObject = {}): JsonObject =>
  extension(`${network}.http_connection_manager.v3.HttpConnectionManager`, {
    route_config: {name: 'default', virtual_hosts: [{name: 'default', domains: ['*'], routes}]},
    http_filters: [...filters, extension('envoy.extensions.filters.http.router.v3.Router')],
    ...more,
  })

const tls = (name: string, more: JsonObject = {}): JsonObject =>
  extension(`${transport}.tls.v3.${name}`, {
    common_tls_context: {
      alpn_protocols: ['h2'],
      tls_certificate_sds_secret_configs: [{name: 'default'}],
      validation_context: {trusted_ca: {}},
    },
    ...more,
  })

const inside = (listener: string, endpoint: string | null, metadata: JsonObject = {}): JsonObject => ({
  endpoint: {
    address: {
      envoy_internal_address: {server_listener_name: listener, ...(endpoint === null ? {} : {endpoint_id: endpoint})},
    },
  },
  metadata: {filter_metadata: metadata},
})

const insideCluster = (name: string, endpoint: JsonObject, handsOn: JsonObject[] = []): JsonObject => ({
  name,
  type: 'STATIC',
  load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: [endpoint]}]},
  transport_socket: extension(`${transport}.internal_upstream.v3.InternalUpstreamTransport`, {
    passthrough_metadata: handsOn,
    transport_socket: extension(`${transport}.raw_buffer.v3.RawBuffer`),
  }),
})

const host = (name: string): JsonObject => ({kind: {host: {}}, name})

const http2 = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': type('envoy.extensions.upstreams.http.v3.HttpProtocolOptions'),
      explicit_http_config: {http2_protocol_options: {}},
    },
  },
}

/** What opens a tunnel to the destination that a connection was given: listener and cluster. */
const connectOriginate: JsonObject = {
  name: 'connect_originate',
  internal_listener: {},
  use_original_dst: true,
  listener_filters: [originalDst],
  filter_chains: [
    {
      name: 'originate',
      filters: [
        extension(`${network}.tcp_proxy.v3.TcpProxy`, {
          cluster: 'connect_originate',
          tunneling_config: {hostname: '%DOWNSTREAM_LOCAL_ADDRESS%'},
        }),
      ],
    },
  ],
}

const connectCluster: JsonObject = {
  name: 'connect_originate',
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  original_dst_lb_config: {upstream_port_override: 15008},
  transport_socket: tls('UpstreamTlsContext'),
  ...http2,
}

/** A gateway that sends what it gets to a service through the service's waypoint. */
export const gateway = {
  listeners: [
    {
      name: 'gateway',
      address: socketAddress('0.0.0.0', 80),
      filter_chains: [
        {filters: [manager([{name: 'all', match: {prefix: '/'}, route: {cluster: 'outbound|80||app'}}])]},
      ],
    },
    connectOriginate,
  ],
  clusters: [
    insideCluster(
      'outbound|80||app',
      inside('connect_originate', `${addresses.service}:80`, {[original]: {local: `${addresses.service}:80`}}),
      [host(original)],
    ),
    connectCluster,
  ],
}

const filterState = (key: string, text: string): JsonObject => ({
  object_key: key,
  format_string: {text_format_source: {inline_string: text}},
  shared_with_upstream: 'ONCE',
})

const authority = extension('envoy.extensions.filters.http.set_filter_state.v3.Config', {
  on_request_headers: [
    filterState(`${original}.local_ip`, '%REQ(:AUTHORITY)%'),
    filterState(`${original}.remote_ip`, '%DOWNSTREAM_REMOTE_ADDRESS%'),
    {...filterState('io.istio.peer_principal', '%DOWNSTREAM_PEER_URI_SAN%'), factory_key: 'envoy.string'},
  ],
})

const chainAction = (name: string): JsonObject => ({
  action: {name, typed_config: {'@type': type('google.protobuf.StringValue'), value: name}},
})

const input = (name: string): JsonObject => ({
  name,
  typed_config: {'@type': type(`envoy.extensions.matching.common_inputs.network.v3.${name}`)},
})

/** main_internal: services by their address and port, else the workload itself. */
const byDestination: JsonObject = {
  matcher_tree: {
    input: input('DestinationIPInput'),
    custom_match: {
      name: 'ip',
      typed_config: {
        '@type': type('xds.type.matcher.v3.IPMatcher'),
        range_matchers: [
          {
            ranges: [{address_prefix: addresses.service, prefix_len: 32}],
            on_match: {
              matcher: {
                matcher_tree: {
                  input: input('DestinationPortInput'),
                  exact_match_map: {map: {80: chainAction('vip-http')}},
                },
              },
            },
          },
        ],
      },
    },
  },
  on_no_match: chainAction('direct-tcp'),
}

const policy = extension('envoy.extensions.filters.http.rbac.v3.RBAC', {
  rules: {
    action: 'ALLOW',
    policies: {
      friends: {
        permissions: [{any: true}],
        principals: [
          {
            filter_state: {
              key: 'io.istio.peer_principal',
              string_match: {exact: 'spiffe://cluster.local/ns/default/sa/gateway'},
            },
          },
        ],
      },
    },
  },
})

export const waypoint = {
  listeners: [
    {
      name: 'connect_terminate',
      address: socketAddress('0.0.0.0', 15008),
      filter_chains: [
        {
          transport_socket: tls('DownstreamTlsContext', {require_client_certificate: true}),
          filters: [
            manager(
              [
                {
                  name: 'connect',
                  match: {connect_matcher: {}},
                  route: {cluster: 'main_internal', upgrade_configs: [{upgrade_type: 'CONNECT', connect_config: {}}]},
                },
              ],
              [authority],
              {upgrade_configs: [{upgrade_type: 'CONNECT'}]},
            ),
          ],
        },
      ],
    },
    {
      name: 'main_internal',
      internal_listener: {},
      listener_filters: [originalDst, httpInspector],
      filter_chain_matcher: byDestination,
      filter_chains: [
        {
          name: 'vip-http',
          filters: [
            manager([{name: 'to app', match: {prefix: '/'}, route: {cluster: 'inbound-vip|80|http|app'}}], [policy]),
          ],
        },
        {name: 'direct-tcp', filters: [extension(`${network}.tcp_proxy.v3.TcpProxy`, {cluster: 'encap'})]},
      ],
    },
    connectOriginate,
  ],
  clusters: [
    insideCluster('main_internal', inside('main_internal', null)),
    insideCluster(
      'inbound-vip|80|http|app',
      inside('connect_originate', `${addresses.app}:8080`, {[original]: {local: `${addresses.app}:8080`}}),
      [host(original)],
    ),
    insideCluster('encap', inside('connect_originate', null), [host(original)]),
    connectCluster,
  ],
}

/** The east-west gateway of another network, and the service there that a waypoint reaches through it. */
export const remote = {gateway: '192.0.2.15', service: 'app.default.svc.cluster.local:80'} as const

/** An internal listener that puts what it gets into a tunnel. */
const tunnelling = (name: string, hostname: string, before: JsonObject[] = []): JsonObject => ({
  name,
  internal_listener: {},
  listener_filters: [originalDst],
  filter_chains: [
    {
      name,
      filters: [
        ...before,
        extension(`${network}.tcp_proxy.v3.TcpProxy`, {cluster: name, tunneling_config: {hostname}}),
      ],
    },
  ],
})

const wrapped: JsonObject = {
  ...insideCluster('inner_connect_originate', inside('outer_connect_originate', null)),
  transport_socket: extension(`${transport}.internal_upstream.v3.InternalUpstreamTransport`, {
    transport_socket: tls('UpstreamTlsContext'),
  }),
  ...http2,
}

/** The gateway's address goes on to the outer tunnel. */
const keepDestination = extension('envoy.extensions.filters.network.set_filter_state.v3.Config', {
  on_new_connection: [filterState(`${original}.local_ip`, '%DOWNSTREAM_LOCAL_ADDRESS%')],
})

/**
 * A gateway that reaches a service of another network by a tunnel within a tunnel: the inner one for the service, the
 * outer one for the gateway of that network.
 */
export const acrossNetworks = {
  listeners: [
    ...gateway.listeners.slice(0, 1),
    tunnelling('inner_connect_originate', '%DYNAMIC_METADATA(istio:double_hbone:hbone_target_address)%', [
      keepDestination,
    ]),
    tunnelling('outer_connect_originate', '%DOWNSTREAM_LOCAL_ADDRESS%'),
  ],
  clusters: [
    insideCluster(
      'outbound|80||app',
      inside('inner_connect_originate', `${remote.gateway}:15008`, {
        [original]: {local: `${remote.gateway}:15008`},
        istio: {double_hbone: {hbone_target_address: remote.service}},
      }),
      [host(original), host('istio')],
    ),
    wrapped,
    {...connectCluster, name: 'outer_connect_originate'},
  ],
}
