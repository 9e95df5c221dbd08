import type {MeshPlan, PodPlan} from './plan.js'

export const type = (name: string) => ({'@type': `type.googleapis.com/${name}`})
export const socket = (address: string, port: number) => ({socket_address: {address, port_value: port}})
export const filter = (name: string, typed: string, more: object = {}) => ({
  name,
  typed_config: {...type(typed), ...more},
})

export const logMembers = {
  filter_chain: '%FILTER_CHAIN_NAME%',
  route: '%ROUTE_NAME%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream: '%UPSTREAM_HOST%',
  code: '%RESPONSE_CODE%',
  details: '%RESPONSE_CODE_DETAILS%',
  termination: '%CONNECTION_TERMINATION_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
}

export const accessLog = (path: string, listener: string) =>
  filter('file', 'envoy.extensions.access_loggers.file.v3.FileAccessLog', {
    path,
    log_format: {json_format: {listener, ...logMembers}},
  })

export const onlyUnmatched = {response_flag_filter: {flags: ['NR']}}

/** What every listener of one proxy needs. */
export interface Setting {
  pod: PodPlan
  mesh: MeshPlan
  log: string
}

export const tcpProxy = ({log}: Setting, listener: string, cluster: string) =>
  filter('envoy.filters.network.tcp_proxy', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: cluster,
    cluster,
    access_log: [accessLog(log, listener)],
  })

export const connectionManager = ({log}: Setting, listener: string, routes: object, filters: object[]) =>
  filter(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: listener,
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      access_log: [accessLog(log, listener)],
      http_protocol_options: {accept_http_10: true},
      route_config: routes,
      http_filters: [
        ...filters,
        filter('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router', {
          suppress_envoy_headers: true,
        }),
      ],
    },
  )

export const originalDst = filter(
  'envoy.filters.listener.original_dst',
  'envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
)
export const originalSrc = filter(
  'envoy.filters.listener.original_src',
  'envoy.extensions.filters.listener.original_src.v3.OriginalSrc',
  {mark: 1337},
)
export const tlsInspector = filter(
  'envoy.filters.listener.tls_inspector',
  'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
)
export const httpInspector = filter(
  'envoy.filters.listener.http_inspector',
  'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector',
)

export const sds = (name: string) => ({name})

export const downstreamTls = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    ...type('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'),
    require_client_certificate: true,
    common_tls_context: {
      alpn_protocols: ['istio-peer-exchange', 'h2', 'http/1.1'],
      tls_certificate_sds_secret_configs: [sds('default')],
      validation_context_sds_secret_config: sds('ROOTCA'),
    },
  },
}

export const upstreamTls = (sni: string, expected: string | null) => ({
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    ...type('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext'),
    sni,
    common_tls_context: {
      alpn_protocols: ['istio'],
      tls_certificate_sds_secret_configs: [sds('default')],
      ...(expected === null
        ? {validation_context_sds_secret_config: sds('ROOTCA')}
        : {
            combined_validation_context: {
              default_validation_context: {
                match_typed_subject_alt_names: [{san_type: 'URI', matcher: {exact: expected}}],
              },
              validation_context_sds_secret_config: sds('ROOTCA'),
            },
          }),
    },
  },
})
