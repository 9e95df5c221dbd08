const type = (name: string) => ({'@type': `type.googleapis.com/${name}`})
const loopback = (port: number) => ({socket_address: {address: '127.0.0.1', port_value: port}})
const router = {name: 'envoy.filters.http.router', typed_config: type('envoy.extensions.filters.http.router.v3.Router')}

/** A secret that the proxy adds to requests: no answer about this Envoy may show it. */
export const plantedToken = 'cnry7Q2mZx91LIVE'

const connectionManager = (name: string, virtualHosts: object[]) => ({
  name: 'envoy.filters.network.http_connection_manager',
  typed_config: {
    ...type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: name,
    route_config: {name, virtual_hosts: virtualHosts},
    http_filters: [router],
  },
})

const tcpProxy = (cluster: string) => ({
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: {...type('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'), stat_prefix: cluster, cluster},
})

const originalDst = {
  name: 'envoy.filters.listener.original_dst',
  typed_config: type('envoy.extensions.filters.listener.original_dst.v3.OriginalDst'),
}

const reviewsHost = {
  name: 'reviews.default.svc.cluster.local:9080',
  domains: ['reviews', 'reviews:9080', 'reviews.default.svc.cluster.local', '10.96.0.14'],
  routes: [
    {
      name: 'jason',
      match: {prefix: '/', headers: [{name: 'end-user', string_match: {exact: 'jason'}}]},
      route: {cluster: 'outbound|9080|v2|reviews.default.svc.cluster.local'},
      request_headers_to_add: [{header: {key: 'authorization', value: `Bearer ${plantedToken}`}}],
    },
    {name: 'default', match: {prefix: '/'}, route: {cluster: 'outbound|9080|v1|reviews.default.svc.cluster.local'}},
  ],
}

/** An Envoy in the shape in which istiod sets up a sidecar, with everything static. */
export function istioBootstrap(_accessLog: string): object {
  return {
    node: {
      id: 'sidecar~127.0.0.1~shop-v1-64794f5db4-8s7zq.books~books.svc.cluster.local',
      cluster: 'shop.books',
      metadata: {ISTIO_VERSION: '1.29.0', NAMESPACE: 'books'},
    },
    admin: {address: loopback(0)},
    static_resources: {
      secrets: [{name: 'shared', generic_secret: {secret: {inline_string: plantedToken}}}],
      listeners: [
        {
          name: 'virtualOutbound',
          address: loopback(0),
          use_original_dst: true,
          listener_filters: [originalDst],
          filter_chains: [{name: 'virtualOutbound-catchall-tcp', filters: [tcpProxy('PassthroughCluster')]}],
        },
        {
          name: '0.0.0.0_9080',
          address: {socket_address: {address: '0.0.0.0', port_value: 9080}},
          bind_to_port: false,
          filter_chains: [{filters: [connectionManager('9080', [reviewsHost])]}],
        },
      ],
      clusters: [
        {name: 'PassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED'},
        cluster('v1', '10.10.0.14'),
        cluster('v2', '10.10.0.15'),
      ],
    },
  }
}

function cluster(subset: string, address: string): object {
  const name = `outbound|9080|${subset}|reviews.default.svc.cluster.local`
  const endpoint = {address: {socket_address: {address, port_value: 9080}}}
  return {
    name,
    type: 'STATIC',
    load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: [{endpoint}]}]},
  }
}
