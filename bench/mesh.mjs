// The resources that istiod gives an Envoy in a large mesh: one in ten services with two subsets and a VirtualService, one in six TCP with a
// listener of its own. The same number of services gives the same mesh.
export const type = (name) => `type.googleapis.com/${name}`
const tls = 'envoy.extensions.transport_sockets.tls.v3'
export const httpPorts = [80, 8080, 9080, 8000, 3000, 5000, 50051, 7070]
const tcpPorts = [3306, 5432, 6379, 9042, 27017, 9092]
const things = ['cart', 'orders', 'payment', 'catalog', 'ratings', 'reviews', 'details', 'search', 'shipping', 'auth']
const roles = ['api', 'svc', 'backend', 'worker']
const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']
const version = '2026-08-20T10:00:00Z/317'
const updated = '2026-08-20T10:00:03.123Z'

export function makeServices(count) {
  let seed = 12345
  const random = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return seed / 0x7fffffff
  }
  const pick = (list) => list[Math.floor(random() * list.length)]
  const namespaces = Math.max(4, Math.round(count / 25))
  return Array.from({length: count}, (_, index) => {
    const namespace = `team-${String(index % namespaces).padStart(3, '0')}`
    const tcp = index % 6 === 5
    const name = `${pick(things)}-${pick(roles)}-${index}`
    const address = `10.${96 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
    const port = tcp ? pick(tcpPorts) : pick(httpPorts)
    const host = `${name}.${namespace}.svc.cluster.local`
    return {index, namespace, name, host, tcp, port, address, subsets: index % 10 === 0 ? ['v1', 'v2'] : []}
  })
}

const clusterName = ({port, host}, subset = '') => `outbound|${port}|${subset}|${host}`
const ads = {ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3'}
const secret = (name) => ({
  name,
  sds_config: {
    api_config_source: {
      api_type: 'GRPC',
      grpc_services: [{envoy_grpc: {cluster_name: 'sds-grpc'}}],
      set_node_on_first_message_only: true,
      transport_api_version: 'V3',
    },
    initial_fetch_timeout: '0s',
    resource_api_version: 'V3',
  },
})
const most = 4294967295
const breakers = {max_connections: most, max_pending_requests: most, max_requests: most, max_retries: most}
const protocolOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

function tlsSocket({namespace, name, port, host}, subset) {
  const identity = `spiffe://cluster.local/ns/${namespace}/sa/${name}`
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': type(`${tls}.UpstreamTlsContext`),
      common_tls_context: {
        tls_params: {tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3'},
        alpn_protocols: ['istio-peer-exchange', 'istio'],
        tls_certificate_sds_secret_configs: [secret('default')],
        combined_validation_context: {
          default_validation_context: {match_subject_alt_names: [{exact: identity}]},
          validation_context_sds_secret_config: secret('ROOTCA'),
        },
      },
      sni: `outbound_.${port}_.${subset}_.${host}`,
    },
  }
}

export function cluster(service, subset) {
  const {namespace, name, host, port} = service
  const rule = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/destination-rule/${name}`
  return {
    version_info: version,
    last_updated: updated,
    cluster: {
      '@type': type('envoy.config.cluster.v3.Cluster'),
      name: clusterName(service, subset),
      type: 'EDS',
      eds_cluster_config: {eds_config: ads, service_name: clusterName(service, subset)},
      connect_timeout: '10s',
      lb_policy: 'LEAST_REQUEST',
      circuit_breakers: {thresholds: [{...breakers, track_remaining: true}]},
      typed_extension_protocol_options: {
        [protocolOptions]: {
          '@type': type(protocolOptions),
          use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}},
        },
      },
      common_lb_config: {locality_lb_config: {}},
      metadata: {
        filter_metadata: {
          istio: {
            ...(subset && {config: rule, subset}),
            default_original_port: port,
            services: [{host, name, namespace}],
          },
        },
      },
      transport_socket_matches: [
        {name: 'tlsMode-istio', match: {tlsMode: 'istio'}, transport_socket: tlsSocket(service, subset)},
        {
          name: 'tlsMode-disabled',
          match: {},
          transport_socket: {
            name: 'envoy.transport_sockets.raw_buffer',
            typed_config: {'@type': type('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer')},
          },
        },
      ],
      filters: [
        {
          name: 'istio.metadata_exchange',
          typed_config: {
            '@type': type('udpa.type.v1.TypedStruct'),
            type_url: type('envoy.tcp.metadataexchange.config.MetadataExchange'),
            value: {enable_discovery: true, protocol: 'istio-peer-exchange'},
          },
        },
      ],
    },
  }
}

export const bareCluster = (name, discovery) => ({
  version_info: version,
  cluster: {'@type': type('envoy.config.cluster.v3.Cluster'), name, type: discovery, lb_policy: 'CLUSTER_PROVIDED'},
})

function endpoint({index, port, name, namespace}, number, endpoints) {
  const at = index * endpoints + number
  const release = `v${1 + (number % 2)}`
  return {
    endpoint: {
      address: {
        socket_address: {address: `172.${16 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`, port_value: port},
      },
      health_check_config: {},
    },
    health_status: number % 37 === 36 ? 'UNHEALTHY' : 'HEALTHY',
    metadata: {
      filter_metadata: {
        'envoy.transport_socket_match': {tlsMode: 'istio'},
        istio: {workload: `${name}-${release};${namespace};${name};${release};Kubernetes`},
      },
    },
    load_balancing_weight: 1,
  }
}

function localities(service, subset, endpoints) {
  const numbers = Array.from({length: endpoints}, (_, number) => number)
  const chosen = numbers.filter((number) => !subset || (subset === 'v1') === (number % 2 === 0))
  return zones
    .map((zone, index) => ({
      locality: {region: 'eu-west-1', zone},
      lb_endpoints: chosen.filter((n) => n % 3 === index).map((n) => endpoint(service, n, endpoints)),
      load_balancing_weight: 1,
    }))
    .filter(({lb_endpoints}) => lb_endpoints.length > 0)
}

export const assignment = (service, subset, endpoints) => ({
  version_info: version,
  last_updated: updated,
  endpoint_config: {
    '@type': type('envoy.config.endpoint.v3.ClusterLoadAssignment'),
    cluster_name: clusterName(service, subset),
    endpoints: localities(service, subset, endpoints),
    policy: {overprovisioning_factor: 140},
  },
})

const filter = (name, proto, config = {}) => ({name, typed_config: {'@type': type(proto), ...config}})
const logFormat =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%RESPONSE_CODE_DETAILS% %UPSTREAM_HOST% %UPSTREAM_CLUSTER_RAW% %ROUTE_NAME%\n'
const accessLog = [
  filter('envoy.access_loggers.file', 'envoy.extensions.access_loggers.file.v3.FileAccessLog', {
    path: '/dev/stdout',
    log_format: {text_format_source: {inline_string: logFormat}},
  }),
]
const httpFilters = [
  filter('istio.metadata_exchange', 'udpa.type.v1.TypedStruct', {
    type_url: type('io.istio.http.peer_metadata.Config'),
    value: {upstream_discovery: [{istio_headers: {}}], upstream_propagation: [{istio_headers: {}}]},
  }),
  filter('envoy.filters.http.grpc_stats', 'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
    emit_filter_state: true,
    stats_for_all_methods: false,
  }),
  filter('envoy.filters.http.fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault'),
  filter('envoy.filters.http.cors', 'envoy.extensions.filters.http.cors.v3.Cors'),
  filter('istio.stats', 'stats.PluginConfig'),
  filter('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router'),
]
const manager = (route, prefix) =>
  filter(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: prefix,
      rds: {config_source: ads, route_config_name: route},
      http_filters: httpFilters,
      tracing: {client_sampling: {value: 100}, random_sampling: {value: 1}, overall_sampling: {value: 100}},
      use_remote_address: false,
      upgrade_configs: [{upgrade_type: 'websocket'}],
      access_log: accessLog,
      normalize_path: true,
    },
  )
const tcpProxy = (name) =>
  filter('envoy.filters.network.tcp_proxy', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: name,
    cluster: name,
    access_log: accessLog,
  })

const listener = (name, address, port, chains, extra = {}) => ({
  name,
  active_state: {
    version_info: version,
    listener: {
      '@type': type('envoy.config.listener.v3.Listener'),
      name,
      address: {socket_address: {address, port_value: port}},
      filter_chains: chains,
      ...extra,
      listener_filters: [
        filter('tls_inspector', 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'),
        filter('http_inspector', 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector'),
      ],
      listener_filters_timeout: '0s',
      continue_on_listener_filters_timeout: true,
      traffic_direction: 'OUTBOUND',
      // The two that the rules redirect to have sockets of their own.
      ...(name.startsWith('virtual') ? {} : {bind_to_port: false}),
    },
    last_updated: updated,
  },
})

export function* listeners(services) {
  const plain = {transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c']}
  for (const port of httpPorts)
    yield listener(
      `0.0.0.0_${port}`,
      '0.0.0.0',
      port,
      [{filter_chain_match: plain, filters: [manager(String(port), `outbound_0.0.0.0_${port}`)]}],
      {default_filter_chain: {filters: [tcpProxy('PassthroughCluster')], name: 'PassthroughFilterChain'}},
    )
  for (const service of services.filter(({tcp}) => tcp)) {
    const {address, port} = service
    yield listener(`${address}_${port}`, address, port, [{filters: [tcpProxy(clusterName(service))]}])
  }
  const closed = (port) => ({filter_chain_match: {destination_port: port}, filters: [tcpProxy('BlackHoleCluster')]})
  yield listener('virtualOutbound', '0.0.0.0', 15001, [closed(15001), {filters: [tcpProxy('PassthroughCluster')]}], {
    use_original_dst: true,
  })
  const inbound = manager('inbound|9080||', 'inbound_0.0.0.0_9080')
  yield listener('virtualInbound', '0.0.0.0', 15006, [
    closed(15006),
    {filter_chain_match: {destination_port: 9080, transport_protocol: 'tls'}, filters: [inbound], name: '0.0.0.0_9080'},
    {
      filter_chain_match: {prefix_ranges: [{address_prefix: '0.0.0.0', prefix_len: 0}]},
      filters: [tcpProxy('InboundPassthroughCluster')],
      name: 'virtualInbound',
    },
  ])
}

const retries = {
  retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
  num_retries: 2,
  retry_host_predicate: [
    filter('previous_hosts', 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
  ],
  host_selection_retry_max_attempts: '5',
  retriable_status_codes: [503],
}

function virtualHost(service) {
  const {host, port, name, namespace, address, subsets} = service
  const config = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtual-service/${name}`
  const owner = {filter_metadata: {istio: {config}}}
  const to = (action) => ({...action, timeout: '0s', retry_policy: retries, max_grpc_timeout: '0s'})
  const weighted = {clusters: [90, 10].map((weight, i) => ({name: clusterName(service, `v${i + 1}`), weight}))}
  const canary = {name: 'x-canary', string_match: {exact: 'true'}}
  const routes =
    subsets.length === 0
      ? [{match: {prefix: '/'}, route: to({cluster: clusterName(service)}), name: 'default'}]
      : [
          {
            match: {prefix: '/v2', headers: [canary]},
            route: to({cluster: clusterName(service, 'v2')}),
            metadata: owner,
          },
          {match: {prefix: '/'}, route: to({weighted_clusters: weighted}), metadata: owner},
        ]
  const domains = [host, name, `${name}.${namespace}.svc`, `${name}.${namespace}`, address]
  return {name: `${host}:${port}`, domains, routes, include_request_attempt_count: true}
}

const allowAny = {
  name: 'allow_any',
  domains: ['*'],
  routes: [{match: {prefix: '/'}, route: {cluster: 'PassthroughCluster', timeout: '0s'}, name: 'allow_any'}],
}

export const routeConfig = (services, port) => ({
  version_info: version,
  route_config: {
    '@type': type('envoy.config.route.v3.RouteConfiguration'),
    name: String(port),
    virtual_hosts: [...services.filter((service) => !service.tcp && service.port === port).map(virtualHost), allowAny],
    validate_clusters: false,
    ignore_port_in_host_matching: true,
  },
  last_updated: updated,
})

const counter = (name, value) => ({...(value && {value}), name})

export const clusterStatus = (service, subset, endpoints) => ({
  name: clusterName(service, subset),
  added_via_api: true,
  host_statuses: localities(service, subset, endpoints).flatMap(({locality, lb_endpoints}) =>
    lb_endpoints.map(({endpoint: {address}, health_status}) => ({
      address,
      stats: [
        counter('cx_connect_fail'),
        counter('cx_total', '3'),
        counter('rq_error'),
        counter('rq_success', '120'),
        counter('rq_timeout'),
        counter('rq_total', '120'),
        {type: 'GAUGE', ...counter('cx_active', '3')},
        {type: 'GAUGE', ...counter('rq_active')},
      ],
      health_status: {eds_health_status: health_status},
      weight: 1,
      locality,
    })),
  ),
  circuit_breakers: {thresholds: [breakers, {priority: 'HIGH', max_connections: 1024}]},
  eds_service_name: clusterName(service, subset),
})

/** Every service, and each of its subsets. */
export const eachSubset = (services, make) =>
  services.flatMap((one) => ['', ...one.subsets].map((subset) => make(one, subset)))
