import {describe, expect, it} from 'vitest'
import {any, dump, rowsOf, rowsOfSection} from './rows.js'

const socket = (port: number, more: object = {}) => ({
  socket_address: {address: '0.0.0.0', port_value: port, ...more},
})
const tcpConfig = (more: object) => any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', more)
const tcp = (cluster: string) => ({name: 'proxy', typed_config: tcpConfig({cluster})})

describe('wide listeners', () => {
  const listeners = (lists: object, ...flags: string[]) =>
    rowsOfSection('listener', 'ListenersConfigDump', lists, ...flags)
  const fixed = (listener: object, ...flags: string[]) => listeners({static_listeners: [{listener}]}, ...flags)

  it('of the sample show hidden chains, the filters in them and the black hole', () => {
    const rows = rowsOf(['listener', '-f', dump])
    expect(rows.some((row) => /^virtualOutbound .* BlackHole \(closed\)$/.test(row))).toBe(true)
    expect(
      rows.some((row) =>
        /^virtualInbound .* 15006 .* port 9080; transport tls mTLS .*fault,cors Cluster: inbound/.test(row),
      ),
    ).toBe(true)
    expect(rowsOf(['listener', '-f', dump, '--for-port', '9080']).some((row) => / 15006 .*port 9080/.test(row))).toBe(
      true,
    )
  })

  it('name every state, and show an update that was not taken with its reason', () => {
    const state = (port: number) => ({
      listener: {name: 'x', address: socket(port), filter_chains: [{filters: [tcp('a')]}]},
    })
    const rows = listeners({
      dynamic_listeners: [
        {
          name: 'x',
          active_state: state(81),
          warming_state: state(82),
          draining_state: state(83),
          error_state: {failed_configuration: {name: 'x', address: socket(84)}, details: 'no such filter'},
        },
      ],
    })
    expect(rows).toEqual([
      'x ACTIVE 0.0.0.0 81 TCP 0 any - - Cluster: a',
      'x WARMING 0.0.0.0 82 TCP 0 any - - Cluster: a',
      'x DRAINING 0.0.0.0 83 TCP 0 any - - Cluster: a',
      'x REJECTED 0.0.0.0 84 TCP - - - - no such filter',
    ])
  })

  it('show where the datagrams of a UDP listener go, and what QUIC and internal ones are', () => {
    const udp = {protocol: 'UDP'}
    const quic = {name: 'q', typed_config: any('envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport')}
    const route = any('envoy.extensions.filters.udp.udp_proxy.v3.Route', {cluster: 'dns'})
    const proxy = any('envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig', {
      matcher: {on_no_match: {action: {name: 'route', typed_config: route}}},
    })
    const rows = listeners({
      static_listeners: [
        {
          listener: {
            name: 'dns',
            address: socket(53, udp),
            listener_filters: [{name: 'envoy.filters.udp_listener.udp_proxy', typed_config: proxy}],
          },
        },
        {
          listener: {
            name: 'h3',
            address: socket(443, udp),
            udp_listener_config: {quic_options: {}},
            filter_chains: [{transport_socket: quic, filters: [tcp('a')]}],
          },
        },
        {listener: {name: 'main', internal_listener: {}, filter_chains: [{filters: [tcp('b')]}]}},
      ],
    })
    expect(rows).toEqual([
      'main STATIC - 0 internal 0 any - - Cluster: b',
      'dns STATIC 0.0.0.0 53 UDP - - - udp_proxy Cluster: dns',
      'h3 STATIC 0.0.0.0 443 QUIC 0 any QUIC - Cluster: a',
    ])
  })

  it('show the way through a matcher tree to each chain, and find it by its port', () => {
    const to = (name: string) => ({
      action: {name, typed_config: any('google.protobuf.StringValue', {value: name})},
    })
    const port = any('envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput')
    const listener = {
      name: 'main',
      address: socket(15008),
      filter_chain_matcher: {
        matcher_tree: {
          input: {name: 'port', typed_config: port},
          exact_match_map: {map: {'80': to('http'), '3306': to('sql')}},
        },
        on_no_match: to('http'),
      },
      filter_chains: ['http', 'sql', 'lost'].map((name) => ({
        name,
        filter_chain_match: {destination_port: 99},
        filters: [tcp(name)],
      })),
      default_filter_chain: {name: 'last', filters: [tcp('BlackHoleCluster')]},
    }
    expect(fixed(listener)).toEqual([
      'main STATIC 0.0.0.0 15008 TCP 0 http port=80 or otherwise - - Cluster: http',
      'main STATIC 0.0.0.0 15008 TCP 1 sql port=3306 - - Cluster: sql',
      'main STATIC 0.0.0.0 15008 TCP 2 lost never - - Cluster: lost',
      'main STATIC 0.0.0.0 15008 TCP default last any - - BlackHole (closed)',
    ])
    expect(fixed(listener, '--for-port', '3306')).toEqual([
      'main STATIC 0.0.0.0 15008 TCP 1 sql port=3306 - - Cluster: sql',
    ])
  })

  it('show source conditions, TLS, the filters in a chain and shares of a TCP proxy', () => {
    const manager = any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      rds: {route_config_name: 'web'},
      http_filters: ['rbac', 'ext_authz', 'fault', 'lua', 'wasm', 'local_ratelimit', 'router'].map((name) => ({
        name: `envoy.filters.http.${name}`,
      })),
    })
    const tls = any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      require_client_certificate: true,
    })
    const weighted = {
      clusters: [
        {name: 'a', weight: 1},
        {name: 'b', weight: 3},
      ],
    }
    const rows = fixed({
      name: 'x',
      address: socket(80),
      filter_chains: [
        {
          filter_chain_match: {
            source_prefix_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}],
            source_type: 'EXTERNAL',
            source_ports: [7, 8],
            server_names: ['a.com', 'b.com'],
            transport_protocol: 'tls',
            application_protocols: ['h2'],
          },
          transport_socket: {name: 'tls', typed_config: tls},
          filters: [{name: 'manager', typed_config: manager}],
        },
        {filters: [{name: 'p', typed_config: tcpConfig({weighted_clusters: weighted})}]},
      ],
    })
    expect(rows).toEqual([
      'x STATIC 0.0.0.0 80 TCP 0 SNI a.com,b.com; transport tls; ALPN h2; from elsewhere; from 10.0.0.0/8; from port 7,8 ' +
        'mTLS rbac,ext_authz,fault,lua,wasm,local_ratelimit Route: web',
      'x STATIC 0.0.0.0 80 TCP 1 any - - 25% a, 75% b',
    ])
  })
})
