import {readFileSync} from 'node:fs'
import type {IssuedCertificate} from './certificates.js'
import {
  accessLog,
  connectionManager,
  filter,
  httpInspector,
  onlyUnmatched,
  originalDst,
  type Setting,
  socket,
  tcpProxy,
  tlsInspector,
  type,
  upstreamTls,
} from './envoy-shapes.js'
import {inboundListener} from './inbound.js'
import {type MeshPlan, type PodPlan, serviceAddresses} from './plan.js'

const header = (name: string, value: string) => ({headers: [{name, string_match: {exact: value}}]})

function outboundRoutes({weights, outbound}: MeshPlan): object {
  const cluster = (subset: string) => `outbound|9080|${subset}|store.default.svc.cluster.local`
  const host = (name: string, routes: object[]) => ({
    name: `${name}.default.svc.cluster.local:9080`,
    domains: [
      name,
      `${name}:9080`,
      `${name}.default.svc.cluster.local`,
      serviceAddresses[name as 'store'],
      `${serviceAddresses[name as 'store']}:9080`,
    ],
    routes,
  })
  const plain = (name: string) => [
    {name: 'default', match: {prefix: '/'}, route: {cluster: `outbound|9080||${name}.default.svc.cluster.local`}},
  ]
  const rest =
    outbound === 'ALLOW_ANY'
      ? {name: 'allow_any', match: {prefix: '/'}, route: {cluster: 'PassthroughCluster'}}
      : {name: 'block_all', match: {prefix: '/'}, direct_response: {status: 502}}
  return {
    name: '9080',
    validate_clusters: false,
    virtual_hosts: [
      host('store', [
        {name: 'direct', match: {path: '/direct'}, direct_response: {status: 418}},
        {name: 'old', match: {path: '/old'}, redirect: {path_redirect: '/new'}},
        {name: 'rewritten', match: {prefix: '/v1/'}, route: {cluster: cluster('v1'), prefix_rewrite: '/'}},
        {name: 'ghost', match: {prefix: '/', ...header('x-ghost', '1')}, route: {cluster: cluster('ghost')}},
        {name: 'jason', match: {prefix: '/', ...header('end-user', 'jason')}, route: {cluster: cluster('v2')}},
        {
          name: 'weighted',
          match: {prefix: '/'},
          route: {
            weighted_clusters: {
              clusters: [
                {name: cluster('v1'), weight: weights[0]},
                {name: cluster('v2'), weight: weights[1]},
              ],
            },
          },
        },
      ]),
      host('shop', plain('shop')),
      host('plain', plain('plain')),
      {name: 'rest', domains: ['*'], routes: [rest]},
    ],
  }
}

const fault = filter('envoy.filters.http.fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault', {
  abort: {http_status: 555, percentage: {numerator: 100}},
  headers: [{name: 'x-fault', string_match: {exact: 'abort'}}],
})

function outboundListeners(setting: Setting): object[] {
  const {mesh, log, pod} = setting
  const rest = mesh.outbound === 'ALLOW_ANY' ? 'PassthroughCluster' : 'BlackHoleCluster'
  const transparent = pod.interception === 'TPROXY' ? {transparent: true} : {}
  return [
    {
      name: 'virtualOutbound',
      address: socket('0.0.0.0', 15001),
      ...transparent,
      use_original_dst: true,
      traffic_direction: 'OUTBOUND',
      listener_filters: [originalDst],
      access_log: [{...accessLog(log, 'virtualOutbound'), filter: onlyUnmatched}],
      filter_chains: [
        {
          name: 'virtualOutbound-blackhole',
          filter_chain_match: {destination_port: 15001},
          filters: [tcpProxy(setting, 'virtualOutbound', 'BlackHoleCluster')],
        },
        {name: 'virtualOutbound-catchall-tcp', filters: [tcpProxy(setting, 'virtualOutbound', rest)]},
      ],
    },
    {
      name: '0.0.0.0_9080',
      address: socket('0.0.0.0', 9080),
      bind_to_port: false,
      traffic_direction: 'OUTBOUND',
      listener_filters: [tlsInspector, httpInspector],
      default_filter_chain: {name: 'PassthroughFilterChain', filters: [tcpProxy(setting, '0.0.0.0_9080', rest)]},
      filter_chains: [
        {
          name: 'http',
          filter_chain_match: {
            transport_protocol: 'raw_buffer',
            application_protocols: ['http/1.0', 'http/1.1', 'h2c'],
          },
          filters: [connectionManager(setting, '0.0.0.0_9080', outboundRoutes(mesh), [fault])],
        },
      ],
    },
    {
      name: `${serviceAddresses.bytes}_7070`,
      address: socket(serviceAddresses.bytes, 7070),
      bind_to_port: false,
      traffic_direction: 'OUTBOUND',
      filter_chains: [
        {
          name: 'bytes',
          filters: [
            tcpProxy(setting, `${serviceAddresses.bytes}_7070`, 'outbound|7070||bytes.default.svc.cluster.local'),
          ],
        },
      ],
    },
  ]
}

/** One connection a request, unless connections are pooled: so every request has its own packets to be counted. */
const connections = ({pooled}: MeshPlan, protocol: object) => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      ...type('envoy.extensions.upstreams.http.v3.HttpProtocolOptions'),
      ...(!pooled && {common_http_protocol_options: {max_requests_per_connection: 1}}),
      ...protocol,
    },
  },
})

const http1 = (mesh: MeshPlan) => connections(mesh, {explicit_http_config: {http_protocol_options: {}}})
const likeDownstream = (mesh: MeshPlan) =>
  connections(mesh, {use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}}})

const originalCluster = (mesh: MeshPlan, name: string, more: object = {}) => ({
  name,
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '2s',
  ...likeDownstream(mesh),
  ...more,
})

const inboundBind = {upstream_bind_config: {source_address: {address: '127.0.0.6', port_value: 0}}}

function outboundCluster(
  mesh: MeshPlan,
  port: number,
  subset: string,
  service: string,
  pods: readonly PodPlan[],
): object {
  const endpoint = ({ip, interception}: PodPlan) => ({
    endpoint: {address: socket(ip, port)},
    ...(interception !== 'none' && {metadata: {filter_metadata: {'envoy.transport_socket_match': {tlsMode: 'istio'}}}}),
  })
  const name = `outbound|${port}|${subset}|${service}.default.svc.cluster.local`
  return {
    name,
    type: 'STATIC',
    connect_timeout: '2s',
    ...http1(mesh),
    load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: pods.map(endpoint)}]},
    transport_socket_matches: [
      {
        name: 'tlsMode-istio',
        match: {tlsMode: 'istio'},
        transport_socket: upstreamTls(
          `outbound_.${port}_.${subset || '_'}_.${service}.default.svc.cluster.local`,
          mesh.expected ?? null,
        ),
      },
      {
        name: 'tlsMode-disabled',
        match: {},
        transport_socket: filter(
          'envoy.transport_sockets.raw_buffer',
          'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
        ),
      },
    ],
  }
}

function clusters(mesh: MeshPlan): object[] {
  const {shop, first, second, plain} = mesh.pods
  return [
    {name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '2s'},
    originalCluster(mesh, 'PassthroughCluster'),
    originalCluster(mesh, 'InboundPassthroughCluster', inboundBind),
    originalCluster(mesh, 'inbound|9080||', {...inboundBind, ...http1(mesh)}),
    originalCluster(mesh, 'inbound|7070||', inboundBind),
    outboundCluster(mesh, 9080, 'v1', 'store', [first]),
    outboundCluster(mesh, 9080, 'v2', 'store', [second]),
    outboundCluster(mesh, 9080, '', 'shop', [shop]),
    outboundCluster(mesh, 9080, '', 'plain', [plain]),
    outboundCluster(mesh, 7070, '', 'bytes', [first, second]),
  ]
}

/** The bootstrap of a sidecar in the shape that Istio's has: listeners, routes and clusters of one pod of the mesh. */
export function sidecarBootstrap(mesh: MeshPlan, pod: PodPlan, certificate: IssuedCertificate, log: string): object {
  const setting: Setting = {pod, mesh, log}
  const text = (path: string) => ({inline_string: readFileSync(path, 'utf8')})
  return {
    node: {id: `sidecar~${pod.ip}~${pod.name}.default~default.svc.cluster.local`, cluster: `${pod.name}.default`},
    admin: {address: socket('127.0.0.1', 15000)},
    static_resources: {
      listeners: [...outboundListeners(setting), inboundListener(setting)],
      clusters: clusters(mesh),
      secrets: [
        {
          name: 'default',
          tls_certificate: {certificate_chain: text(certificate.cert), private_key: text(certificate.key)},
        },
        {name: 'ROOTCA', validation_context: {trusted_ca: text(certificate.authority)}},
      ],
    },
  }
}
