import {describe, expect, it} from 'vitest'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import {connection, endpoint, envoyWith, httpNeed, shares, staticCluster, tcpNeed, withHeader} from './fixture.js'

const outcome = (envoy: ReturnType<typeof envoyWith>, name: string, need = httpNeed, over = {}) =>
  chooseUpstream(envoy, name, need, {...connection, ...over}).map((choice) => choice.outcome)

describe('a cluster that cannot serve', () => {
  const envoy = envoyWith([staticCluster('empty', []), {name: 'BlackHoleCluster', type: 'STATIC'}])

  it('that does not exist answers HTTP with the status of the route and NC', () => {
    expect(outcome(envoy, 'none', {...httpNeed, clusterNotFoundStatus: 404})).toEqual([
      {kind: 'responded', status: 404, responseFlags: 'NC', details: 'cluster_not_found'},
    ])
  })

  it('that does not exist closes a TCP connection with NC', () => {
    expect(outcome(envoy, 'none', tcpNeed)).toEqual([{kind: 'reset', status: null, responseFlags: 'NC', details: null}])
  })

  it('without endpoints answers 503 UH, and closes TCP with UH', () => {
    expect(outcome(envoy, 'empty')).toEqual([
      {kind: 'responded', status: 503, responseFlags: 'UH', details: 'no_healthy_upstream'},
    ])
    expect(outcome(envoy, 'BlackHoleCluster', tcpNeed)).toEqual([
      {kind: 'reset', status: null, responseFlags: 'UH', details: null},
    ])
  })

  it('tells gRPC clients with HTTP 200', () => {
    const need = withHeader('content-type', 'application/grpc')
    expect(outcome(envoy, 'empty', need)).toMatchObject([{status: 200, details: 'no_healthy_upstream'}])
  })
})

describe('an ORIGINAL_DST cluster', () => {
  const passthrough = {name: 'pass', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED'}
  const inbound = {
    ...passthrough,
    name: 'in',
    upstream_bind_config: {
      source_address: {address: '127.0.0.6', port_value: 0},
      extra_source_addresses: [{address: {address: '::6', port_value: 0}}],
    },
  }
  const byHeader = {
    ...passthrough,
    name: 'header',
    original_dst_lb_config: {use_http_header: true, upstream_port_override: 8080},
  }
  const envoy = envoyWith([passthrough, inbound, byHeader])
  const at = (name: string, originalDestination: {ip: string; port: number} | null, need = httpNeed) =>
    chooseUpstream(envoy, name, need, {...connection, originalDestination})

  it('connects to the address that the client meant', () => {
    expect(at('pass', {ip: '10.1.2.3', port: 81})).toMatchObject([
      {endpoints: [{address: '10.1.2.3:81', probability: 1}], sourceAddress: null},
    ])
  })

  it('has no host where no listener filter restored an address', () => {
    expect(at('pass', null)).toMatchObject([{outcome: {responseFlags: 'UH', status: 503}}])
  })

  it('binds the configured source address of the same family', () => {
    expect(at('in', {ip: '10.1.2.3', port: 81})).toMatchObject([{sourceAddress: '127.0.0.6'}])
    expect(at('in', {ip: 'fd00::1', port: 81})).toMatchObject([
      {sourceAddress: '::6', endpoints: [{address: '[fd00::1]:81'}]},
    ])
  })

  it('follows its header, with the overriding port', () => {
    const need = withHeader('X-Envoy-Original-Dst-Host', '10.7.7.7:99')
    expect(at('header', {ip: '10.1.2.3', port: 81}, need)).toMatchObject([{endpoints: [{address: '10.7.7.7:8080'}]}])
  })
})

describe('an EDS cluster', () => {
  const eds = {name: 'e', type: 'EDS', eds_cluster_config: {service_name: 'svc'}}

  it('takes its hosts by service name, each address once, by weight', () => {
    const assignment = {
      cluster_name: 'svc',
      endpoints: [
        {
          lb_endpoints: [
            endpoint('10.0.0.1:80', {load_balancing_weight: 1}),
            endpoint('10.0.0.2:80', {load_balancing_weight: 3}),
          ],
        },
        {lb_endpoints: [endpoint('10.0.0.1:80', {load_balancing_weight: 9})], priority: 1},
      ],
    }
    expect(shares(envoyWith([eds], [assignment]), 'e')).toEqual({'10.0.0.1:80': 0.25, '10.0.0.2:80': 0.75})
  })

  it('forwards under an assumption where the dump has no endpoints for it', () => {
    const [choice] = chooseUpstream(envoyWith([eds]), 'e', httpNeed, connection)
    expect(choice?.outcome.kind).toBe('forwarded')
    expect(choice?.assumptions).toHaveLength(1)
  })
})
