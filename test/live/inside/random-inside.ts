import type {JsonObject} from '../../../src/xds/parse/field.js'
import {times} from '../upstream/random.js'

const typed = (name: string, fields: JsonObject = {}): JsonObject => ({
  '@type': `type.googleapis.com/envoy.extensions.${name}`,
  ...fields,
})
const extension = (name: string, fields: JsonObject = {}): JsonObject => ({name, typed_config: typed(name, fields)})

const original = 'envoy.filters.listener.original_dst'
const addresses = ['10.9.1.1:8080', '10.9.1.2:9090', '10.8.0.1:8080', '[fd00::9]:8080', 'no address'] as const
const router = extension('filters.http.router.v3.Router')
const loopback = (port: number): JsonObject => ({socket_address: {address: '127.0.0.1', port_value: port}})

/** An Envoy of internal listeners: who answers says so in the body, as `LISTENER/CHAIN/ROUTE`. */
export interface InsideConfig {
  bootstrap: JsonObject
  /** Paths to ask for at the front listener. */
  paths: string[]
}

/** One of the given, each as likely. */
type Pick = <T>(from: readonly T[]) => T

const answer = (text: string): JsonObject => ({
  name: text,
  match: {prefix: '/'},
  direct_response: {status: 200, body: {inline_string: text}},
})

/** Filter state that tells the original destination, and one that routes look at; shared as far as chance has it. */
const filterState = (pick: Pick): JsonObject => {
  const value = (key: string, text: string, factory: string | null): JsonObject => ({
    object_key: key,
    ...(factory === null ? {} : {factory_key: factory}),
    format_string: {text_format_source: {inline_string: text}},
    shared_with_upstream: pick(['NONE', 'ONCE', 'TRANSITIVE'] as const),
  })
  const list = [
    value(`${original}.local_ip`, pick(['%REQ(X-LOCAL)%', '10.9.1.1:8080', '10.8.0.1:8080'] as const), null),
    value(`${original}.remote_ip`, pick(['%DOWNSTREAM_REMOTE_ADDRESS%', '192.0.2.7:7'] as const), null),
    value('kept', pick(['yes', 'no', '%REQ(X-LOCAL)%'] as const), 'envoy.string'),
  ]
  return extension('filters.http.set_filter_state.v3.Config', {
    on_request_headers: list.filter(() => pick([true, true, false])),
  })
}

const manager = (routes: JsonObject[], filters: JsonObject[]): JsonObject =>
  extension('filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'm',
    route_config: {name: 'table', virtual_hosts: [{name: 'all', domains: ['*'], routes}]},
    http_filters: [...filters, router],
    upgrade_configs: [{upgrade_type: 'CONNECT'}],
    http2_protocol_options: {allow_connect: true},
  })

const chainMatches: JsonObject[] = [
  {destination_port: 8080},
  {prefix_ranges: [{address_prefix: '10.9.0.0', prefix_len: 16}]},
  {prefix_ranges: [{address_prefix: 'fd00::', prefix_len: 8}]},
  {prefix_ranges: [{address_prefix: '255.255.255.255', prefix_len: 32}]},
  {application_protocols: ['http/1.1', 'h2c']},
  {source_type: 'SAME_IP_OR_LOOPBACK'},
  {source_prefix_ranges: [{address_prefix: '192.0.2.0', prefix_len: 24}]},
  {source_prefix_ranges: [{address_prefix: '127.0.0.0', prefix_len: 8}]},
]

/** Chains of one listener: each answers, or goes on to one of `onward`. */
function chains(name: string, pick: Pick, onward: readonly string[]): JsonObject[] {
  const matches = [...new Set([pick(chainMatches), pick(chainMatches), pick([{}, {}, {}, pick(chainMatches)])])]
  return matches.map((match, index) => {
    const chain = `chain${index}`
    const text = `${name}/${chain}`
    const cluster = pick([null, null, pick([null, ...onward])])
    const kept: JsonObject = {
      ...answer(`${text}/kept`),
      match: {prefix: '/', filter_state: [{key: 'kept', string_match: {exact: 'yes'}}]},
    }
    const last = cluster === null ? answer(`${text}/last`) : {match: {prefix: '/'}, route: {cluster}}
    const http = manager([...pick([[kept], []]), last], pick([[], [filterState(pick)]]))
    const tunnel = {hostname: pick(['%DOWNSTREAM_LOCAL_ADDRESS%', '10.9.1.2:9090', '%DYNAMIC_METADATA(my:host)%'])}
    const tcp = (more: JsonObject) => extension('filters.network.tcp_proxy.v3.TcpProxy', {stat_prefix: 't', ...more})
    const ending = pick([
      http,
      http,
      ...(cluster === null ? [] : [tcp({cluster})]),
      tcp({cluster: pick(['terminator', 'to 8080']), tunneling_config: tunnel}),
    ])
    return {name: chain, filter_chain_match: match, filters: [ending]}
  })
}

const listenerFilters = (pick: Pick): JsonObject[] => [
  ...pick([[extension('filters.listener.original_dst.v3.OriginalDst')], []]),
  ...pick([[], [extension('filters.listener.http_inspector.v3.HttpInspector')]]),
]

/** Every connection is used once, so that no answer hangs on an earlier request. */
const once = (http2: boolean): JsonObject => ({
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed('upstreams.http.v3.HttpProtocolOptions', {
    common_http_protocol_options: {max_requests_per_connection: 1},
    explicit_http_config: http2 ? {http2_protocol_options: {}} : {http_protocol_options: {}},
  }),
})

const metadata = (pick: Pick): JsonObject => ({
  filter_metadata: {
    ...pick([{}, {[original]: {local: pick(addresses)}}]),
    ...pick([{}, {my: {host: pick(addresses)}}]),
  },
})

/** A cluster whose only endpoint is an internal listener, which may be missing, reached by whatever hands something on. */
function insideCluster(name: string, listener: string, pick: Pick): JsonObject {
  const rawBuffer = extension('transport_sockets.raw_buffer.v3.RawBuffer')
  const sources = [
    {kind: {host: {}}, name: original},
    {kind: {cluster: {}}, name: original},
    {kind: {host: {}}, name: 'my'},
  ]
  const socket = extension('transport_sockets.internal_upstream.v3.InternalUpstreamTransport', {
    passthrough_metadata: sources.filter(() => pick([true, false])),
    transport_socket: rawBuffer,
  })
  const address = {envoy_internal_address: {server_listener_name: listener, endpoint_id: pick(['', 'x', '10.9.1.1:1'])}}
  return {
    name,
    connect_timeout: '2s',
    metadata: metadata(pick),
    typed_extension_protocol_options: once(pick([true, false])),
    transport_socket: pick([socket, socket, socket, rawBuffer]),
    load_assignment: {
      cluster_name: name,
      endpoints: [{lb_endpoints: [{endpoint: {address}, metadata: metadata(pick)}]}],
    },
  }
}

/** A CONNECT that ends here goes on inside, with its authority as filter state. */
const terminator = (port: number, cluster: string): JsonObject => {
  const authority: JsonObject = {
    object_key: `${original}.local_ip`,
    format_string: {text_format_source: {inline_string: '%REQ(:AUTHORITY)%'}},
    shared_with_upstream: 'ONCE',
  }
  const upgrade = {upgrade_type: 'CONNECT', connect_config: {}}
  const routes = [{match: {connect_matcher: {}}, route: {cluster, upgrade_configs: [upgrade]}}]
  const setting = extension('filters.http.set_filter_state.v3.Config', {on_request_headers: [authority]})
  return {
    name: 'terminator',
    address: loopback(port),
    filter_chains: [{name: 'only', filters: [manager(routes, [setting])]}],
  }
}

/**
 * A random Envoy with internal listeners in three rows, each of which can only lead to later ones, and a listener that
 * ends CONNECTs.
 * @param front port of the listener that is asked.
 * @param end port of the listener that ends CONNECTs, which ORIGINAL_DST clusters lead to by their port override.
 */
export function randomInside(random: () => number, front: number, end: number, admin: number): InsideConfig {
  const pick: Pick = (from) => {
    const found = from[Math.floor(random() * from.length)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }
  const rows = [0, 1, 2].map((row) => times(6, (index) => `in${row}${index}`))
  const clusters = rows.map((names, row) =>
    times(12, (index) => insideCluster(`c${row}${index}`, pick([...names, ...names, ...names, 'missing']), pick)),
  )
  const namesOf = (row: number) => (clusters[row] ?? []).map(({name}) => String(name))
  const inside = rows.flatMap((names, row) =>
    names.map((name) => ({
      name,
      internal_listener: {},
      use_original_dst: pick([true, false]),
      listener_filters: listenerFilters(pick),
      filter_chains: chains(name, pick, namesOf(row + 1)),
    })),
  )
  const paths = namesOf(0).map((name) => `/${name}`)
  const routes = namesOf(0).map((cluster) => ({match: {prefix: `/${cluster}`}, route: {cluster}}))
  const frontListener = {
    name: 'front',
    address: loopback(front),
    filter_chains: [{filters: [manager(routes, [filterState(pick)])]}],
  }
  const originalDestination = {
    name: 'to 8080',
    type: 'ORIGINAL_DST',
    lb_policy: 'CLUSTER_PROVIDED',
    connect_timeout: '1s',
    original_dst_lb_config: {
      upstream_port_override: end,
      ...pick([{}, {metadata_key: {key: 'my', path: [{key: 'loopback'}]}}]),
    },
    typed_extension_protocol_options: once(true),
  }
  const toTerminator = {
    name: 'terminator',
    connect_timeout: '1s',
    typed_extension_protocol_options: once(pick([true, false])),
    load_assignment: {
      cluster_name: 'terminator',
      endpoints: [{lb_endpoints: [{endpoint: {address: loopback(end)}}]}],
    },
  }
  return {
    paths,
    bootstrap: {
      bootstrap_extensions: [extension('bootstrap.internal_listener.v3.InternalListener')],
      admin: {address: loopback(admin)},
      static_resources: {
        // What CONNECTs lead to must not lead to CONNECTs again.
        listeners: [frontListener, terminator(end, 'after'), ...inside, plainInside(pick)],
        clusters: [...clusters.flat(), originalDestination, toTerminator, insideCluster('after', 'plain', pick)],
      },
    },
  }
}

/** Where tunnels end: chains that answer. */
const plainInside = (pick: Pick): JsonObject => ({
  name: 'plain',
  internal_listener: {},
  listener_filters: listenerFilters(pick),
  filter_chains: [
    {name: 'port', filter_chain_match: {destination_port: 8080}, filters: [manager([answer('plain/port')], [])]},
    {name: 'rest', filters: [manager([answer('plain/rest')], [])]},
  ],
})
