import {describe, expect, it} from 'vitest'
import {any, dump, rowsOf, rowsOfSection} from './rows.js'

describe('wide clusters', () => {
  const clusters = (lists: object) => rowsOfSection('cluster', 'ClustersConfigDump', lists)

  it('of the sample show subset, policy and TLS', () => {
    const rows = rowsOf(['cluster', '-f', dump, '--fqdn', 'reviews', '--subset', 'v2'])
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatch(/^reviews\S+ 9080 v2 outbound ACTIVE EDS \S+ .*mTLS SNI outbound_\.9080_\.v2_\.reviews/)
  })

  it('name warming ones, and a rejected update beside what is in use', () => {
    expect(
      clusters({
        dynamic_active_clusters: [
          {
            cluster: {name: 'a', type: 'EDS'},
            error_state: {failed_configuration: {name: 'a', type: 'STRICT_DNS'}, details: 'no host'},
          },
          {error_state: {failed_configuration: {name: 'b'}}},
        ],
        dynamic_warming_clusters: [{cluster: {name: 'c', type: 'EDS'}}],
      }),
    ).toEqual([
      'a - - - ACTIVE EDS ROUND_ROBIN plaintext - -',
      'a - - - REJECTED: no host STRICT_DNS ROUND_ROBIN plaintext - -',
      'b - - - REJECTED: no details STATIC ROUND_ROBIN plaintext - -',
      'c - - - WARMING EDS ROUND_ROBIN plaintext - -',
    ])
  })

  it('show extensions in place of a type, policies, limits, TLS and outlier detection', () => {
    const tls = (more: object) => ({
      name: 'tls',
      typed_config: any('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', more),
    })
    const secret = {common_tls_context: {tls_certificate_sds_secret_configs: [{name: 'default'}]}}
    expect(
      clusters({
        static_clusters: [
          {
            cluster: {
              name: 'outbound|80|v1|a.b',
              cluster_type: {name: 'envoy.clusters.aggregate'},
              load_balancing_policy: {
                policies: [{typed_extension_config: {name: 'envoy.load_balancing_policies.maglev'}}],
              },
              transport_socket: tls({sni: 'a.b', ...secret}),
              circuit_breakers: {
                thresholds: [
                  {priority: 'HIGH', max_connections: 1},
                  {max_connections: 100, max_requests: 4294967295, max_retries: 3},
                ],
              },
              outlier_detection: {},
            },
          },
          {
            cluster: {
              name: 'z',
              type: 'ORIGINAL_DST',
              lb_policy: 'CLUSTER_PROVIDED',
              transport_socket_matches: [
                {name: 'mesh', transport_socket: tls(secret)},
                {
                  name: 'plain',
                  transport_socket: {
                    name: 'raw',
                    typed_config: any('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
                  },
                },
              ],
            },
          },
        ],
      }),
    ).toEqual([
      'a.b 80 v1 outbound STATIC envoy.clusters.aggregate maglev mTLS SNI a.b 100 connections, 3 retries ejected',
      'z - - - STATIC ORIGINAL_DST CLUSTER_PROVIDED mesh: mTLS, plain: plaintext - -',
    ])
  })
})
