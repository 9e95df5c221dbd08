import {describe, expect, it} from 'vitest'
import type {HostNeed} from '../../../src/xds/match/http-verdict.js'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {connection, endpoint, envoyWith, httpNeed, staticCluster, tcpNeed} from './fixture.js'

const hosts = [{lb_endpoints: [endpoint('10.0.0.1:80')]}]
const limited = (limits: JsonObject) => staticCluster('c', hosts, {circuit_breakers: {thresholds: [limits]}})

const outcomes = (cluster: JsonObject, need: HostNeed = httpNeed) =>
  chooseUpstream(envoyWith([cluster]), 'c', need, connection).map(({probability, outcome}) => [
    probability,
    outcome.kind,
    outcome.responseFlags,
    outcome.details,
  ])

describe('a circuit breaker at zero', () => {
  it('answers HTTP with an overflow where no request may wait', () => {
    expect(outcomes(limited({max_pending_requests: 0}))).toEqual([
      [1, 'responded', 'UO', 'upstream_reset_before_response_started{overflow}'],
    ])
  })

  it('closes TCP connections, with other flags for each limit', () => {
    expect(outcomes(limited({max_pending_requests: 0}), tcpNeed)).toEqual([[1, 'reset', 'URX', null]])
    expect(outcomes(limited({max_connections: 0}), tcpNeed)).toEqual([[1, 'reset', 'UO', null]])
  })

  it('lets HTTP through where only connections or running requests are limited', () => {
    expect(outcomes(limited({max_connections: 0}))).toEqual([[1, 'forwarded', '-', null]])
    expect(outcomes(limited({max_requests: 0}))).toEqual([[1, 'forwarded', '-', null]])
  })

  it('counts for its own routing priority alone', () => {
    const high = limited({priority: 'HIGH', max_pending_requests: 0})
    expect(outcomes(high)).toEqual([[1, 'forwarded', '-', null]])
    expect(outcomes(high, {...httpNeed, priority: 'HIGH'})).toEqual([
      [1, 'responded', 'UO', 'upstream_reset_before_response_started{overflow}'],
    ])
  })

  it('is not asked where no host is found', () => {
    const empty = {...limited({max_pending_requests: 0}), load_assignment: {}}
    expect(outcomes(empty)).toEqual([[1, 'responded', 'UH', 'no_healthy_upstream']])
  })
})

it('the runtime overrules limits and the panic threshold', () => {
  const limits = {entries: {'circuit_breakers.c.default.max_pending_requests': {final_value: '0'}}}
  const envoy = envoyWith([limited({})], [], {runtime: limits})
  expect(chooseUpstream(envoy, 'c', httpNeed, connection)).toMatchObject([{outcome: {responseFlags: 'UO'}}])
  const sick = staticCluster('c', [{lb_endpoints: [endpoint('10.0.0.1:80', {health_status: 'UNHEALTHY'})]}])
  const calm = {entries: {'upstream.healthy_panic_threshold': {final_value: '0'}}}
  expect(outcomes(sick)).toEqual([[1, 'forwarded', '-', null]])
  expect(chooseUpstream(envoyWith([sick], [], {runtime: calm}), 'c', httpNeed, connection)).toMatchObject([
    {outcome: {responseFlags: 'UH'}},
  ])
})

it('a circuit breaker that was at its limit is an assumption', () => {
  const host = (active: number) => ({
    address: {socket_address: {address: '10.0.0.1', port_value: 80}},
    stats: [{name: 'rq_active', value: String(active)}],
  })
  const assumptions = (active: number) => {
    const state = {clusters: {cluster_statuses: [{name: 'c', host_statuses: [host(active)]}]}}
    const [choice] = chooseUpstream(envoyWith([limited({max_requests: 5})], [], state), 'c', httpNeed, connection)
    return choice?.assumptions.map(({about}) => about)
  }
  expect(assumptions(4)).toEqual([])
  expect(assumptions(5)).toEqual(['circuit breaker max_requests of c, at 5 of 5'])
})

describe('drop_overloads', () => {
  const dropping = (numerator: number) =>
    staticCluster('c', hosts, {
      load_assignment: {
        endpoints: hosts,
        policy: {drop_overloads: [{category: 'x', drop_percentage: {numerator, denominator: 'MILLION'}}]},
      },
    })

  it('drop their share of HTTP requests before a host is looked for', () => {
    expect(outcomes(dropping(250_000))).toEqual([
      [0.25, 'responded', 'DO', 'drop_overload'],
      [0.75, 'forwarded', '-', null],
    ])
    expect(outcomes(dropping(1_000_000))).toEqual([[1, 'responded', 'UDO', 'unconditional_drop_overload']])
  })

  it('let TCP pass', () => {
    expect(outcomes(dropping(1_000_000), tcpNeed)).toEqual([[1, 'forwarded', '-', null]])
  })
})
