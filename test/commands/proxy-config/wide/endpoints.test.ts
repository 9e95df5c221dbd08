import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {sidetrace} from '../../../setup/run-bin.js'
import {productpage, rowsOf, rowsOfSection} from './rows.js'

describe('wide endpoints', () => {
  const host = (address: string, more: object = {}) => ({
    address: {socket_address: {address, port_value: 80}},
    health_status: {eds_health_status: 'HEALTHY'},
    ...more,
  })

  it('stand in the order of their addresses as numbers, with weight, priority, locality and every flag', () => {
    const flagged = {
      weight: 4,
      priority: 1,
      locality: {region: 'r', zone: 'z', sub_zone: 's'},
      health_status: {
        eds_health_status: 'DRAINING',
        failed_active_health_check: true,
        failed_outlier_check: true,
        pending_dynamic_removal: true,
      },
      stats: [
        {name: 'cx_active', value: '2', type: 'GAUGE'},
        {name: 'rq_total', value: '9'},
      ],
    }
    const hosts = [host('fd00::10'), host('10.0.0.100'), host('fd00::9'), host('10.0.0.20', flagged), host('9.0.0.1')]
    expect(rowsOf(['endpoint'], {cluster_statuses: [{name: 'c', host_statuses: hosts}]})).toEqual([
      '9.0.0.1:80 HEALTHY 1 0 - 0 0 0 c',
      '10.0.0.20:80 DRAINING, FAILED health check, FAILED outlier check, to be removed 4 1 r/z/s 2 9 0 c',
      '10.0.0.100:80 HEALTHY 1 0 - 0 0 0 c',
      'fd00::9:80 HEALTHY 1 0 - 0 0 0 c',
      'fd00::10:80 HEALTHY 1 0 - 0 0 0 c',
    ])
  })

  it('of a config dump show weights of endpoint and locality, priority, and what Istio notes of them', () => {
    const group = {
      locality: {region: 'r', zone: 'z'},
      priority: 2,
      load_balancing_weight: 7,
      lb_endpoints: [
        {
          endpoint: {address: {socket_address: {address: '10.0.0.1', port_value: 80}}},
          health_status: 'HEALTHY',
          load_balancing_weight: 3,
          metadata: {
            filter_metadata: {
              'envoy.transport_socket_match': {tlsMode: 'istio'},
              istio: {workload: 'reviews-v1;default;reviews;v1;Kubernetes'},
            },
          },
        },
      ],
    }
    const config = {dynamic_endpoint_configs: [{endpoint_config: {cluster_name: 'c', endpoints: [group]}}]}
    for (const command of ['endpoint', 'eds'])
      expect(rowsOfSection(command, 'EndpointsConfigDump', config)).toEqual([
        '10.0.0.1:80 HEALTHY 3 2 r/z 7 istio reviews-v1 c',
      ])
  })

  it('of the sample are those of the short table', () => {
    const path = join(productpage, 'clusters.json')
    const short = sidetrace(['pc', 'endpoint', '-f', path]).stdout.trimEnd().split('\n').slice(1)
    const names = (rows: readonly string[]) => rows.map((row) => row.split(/ +/)[0]).sort()
    expect(names(rowsOf(['endpoint', '-f', path]))).toEqual(names(short))
  })
})
