const type = (name: string) => ({'@type': `type.googleapis.com/${name}`})
const socket = (address: string, port: number) => ({socket_address: {address, port_value: port}})

const logged = (path: string) => ({
  name: 'file',
  typed_config: {
    ...type('envoy.extensions.access_loggers.file.v3.FileAccessLog'),
    path,
    log_format: {json_format: {upstream: '%UPSTREAM_HOST%', flags: '%RESPONSE_FLAGS%'}},
  },
})

const passing = (cluster: string, log: string) => ({
  filters: [
    {
      name: 'envoy.filters.network.tcp_proxy',
      typed_config: {
        ...type('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'),
        stat_prefix: cluster,
        cluster,
        access_log: [logged(log)],
      },
    },
  ],
})

const originalDst = {
  name: 'envoy.filters.listener.original_dst',
  typed_config: type('envoy.extensions.filters.listener.original_dst.v3.OriginalDst'),
}

const passthrough = (name: string, source: string | null) => ({
  name,
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '3s',
  ...(source !== null && {upstream_bind_config: {source_address: {address: source, port_value: 0}}}),
})

/** A sidecar that passes bytes on to where they were meant to go, with Istio's names for its entrances. */
export const passingSidecar = (log: string): object => ({
  admin: {address: socket('127.0.0.1', 15000)},
  static_resources: {
    listeners: [
      {
        name: 'virtualOutbound',
        traffic_direction: 'OUTBOUND',
        address: socket('0.0.0.0', 15001),
        use_original_dst: true,
        filter_chains: [passing('PassthroughCluster', log)],
      },
      {
        name: 'virtualInbound',
        traffic_direction: 'INBOUND',
        address: socket('0.0.0.0', 15006),
        listener_filters: [originalDst],
        filter_chains: [passing('InboundPassthroughCluster', log)],
      },
    ],
    clusters: [passthrough('PassthroughCluster', null), passthrough('InboundPassthroughCluster', '127.0.0.6')],
  },
})
