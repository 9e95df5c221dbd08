import {describe, expect, it} from 'vitest'
import type {MatchBranch} from '../../../src/xds/match/result.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {answer, envoyWith} from '../listener/fixture.js'
import {acrossNetworks, addresses, gateway, remote, waypoint} from './ambient.js'

const [gatewayEnvoy, waypointEnvoy] = [gateway, waypoint].map(({listeners, clusters}) => envoyWith(listeners, clusters))
if (!gatewayEnvoy || !waypointEnvoy) throw new Error('no Envoys')

/** The only way behind the only endpoint. */
function inner({endpoints: [endpoint]}: MatchBranch): MatchBranch {
  const [first, ...more] = endpoint?.inner ?? []
  if (!first || more.length > 0) throw new Error(`expected one way inside, got ${more.length + 1}`)
  return first
}

const identity = 'spiffe://cluster.local/ns/default/sa/gateway'
const connect = (authority: string, tunnelled: JsonObject | null, peer = identity): JsonObject => ({
  dst: `${addresses.waypoint}:15008`,
  src: `${addresses.gateway}:40000`,
  protocol: 'http2',
  tls: {sni: null, alpn: ['h2'], cert: {uriSans: [peer]}},
  http: {method: 'CONNECT', authority, path: authority},
  ...(tunnelled ? {tunnelled} : {}),
})
const get: JsonObject = {protocol: 'http1', http: {authority: 'app', path: '/a'}}

describe('a gateway of an ambient mesh', () => {
  const branch = answer(gatewayEnvoy, {dst: `${addresses.gateway}:80`, http: {authority: 'app', path: '/a'}})

  it('keeps the outer listener, route and cluster, and follows its endpoint inside', () => {
    expect(branch).toMatchObject({listener: 'gateway', route: {name: 'all'}, cluster: 'outbound|80||app'})
    expect(branch.endpoints).toMatchObject([{address: 'envoy://connect_originate/10.96.7.7:80', probability: 1}])
    expect(inner(branch)).toMatchObject({listener: 'connect_originate', filterChain: {name: 'originate'}})
  })
  it('opens a tunnel to the destination that the metadata of the endpoint names, at the port for tunnels', () => {
    expect(inner(branch)).toMatchObject({
      cluster: 'connect_originate',
      endpoints: [{address: '10.96.7.7:15008', transport: {kind: 'tls', certificate: 'default'}}],
      upstream: {protocol: 'http2', tunnel: 'begins', http: {method: 'CONNECT', authority: '10.96.7.7:80'}},
    })
  })
})

describe('a waypoint', () => {
  it('routes what a CONNECT to a service carries, and tunnels it on to the workload', () => {
    const branch = answer(waypointEnvoy, connect('10.96.7.7:80', get))
    expect(branch).toMatchObject({
      listener: 'connect_terminate',
      cluster: 'main_internal',
      upstream: {protocol: 'http1', http: null, tunnel: 'ends'},
    })
    const main = inner(branch)
    expect(main).toMatchObject({
      listener: 'main_internal',
      filterChain: {name: 'vip-http'},
      route: {name: 'to app'},
      cluster: 'inbound-vip|80|http|app',
    })
    expect(inner(main)).toMatchObject({
      listener: 'connect_originate',
      endpoints: [{address: '10.20.0.5:15008'}],
      upstream: {http: {method: 'CONNECT', authority: '10.20.0.5:8080'}},
    })
  })
  it('judges the peer of the tunnel, whose identity comes with it as filter state', () => {
    const denied = inner(answer(waypointEnvoy, connect('10.96.7.7:80', get, 'spiffe://cluster.local/ns/x/sa/y')))
    expect(denied.outcome).toMatchObject({
      kind: 'responded',
      status: 403,
      details: 'rbac_access_denied_matched_policy[none]',
    })
  })
  it('passes a CONNECT to a workload on as bytes', () => {
    const main = inner(answer(waypointEnvoy, connect('10.20.0.5:9999', {protocol: 'tcp'})))
    expect(main).toMatchObject({filterChain: {name: 'direct-tcp'}, cluster: 'encap'})
    // The cluster's endpoint has no metadata to name a destination, and filter state was shared once.
    expect(inner(main)).toMatchObject({outcome: {kind: 'reset', responseFlags: 'UH'}})
  })
  it('says what it supposes of a CONNECT whose bytes nobody has told', () => {
    const branch = answer(waypointEnvoy, connect('10.96.7.7:80', null))
    expect(branch.assumptions).toMatchObject([{about: 'what the CONNECT carries', assumed: 'HTTP/1.1, in plaintext'}])
    expect(inner(branch).outcome.kind).toBe('unknown')
  })
})

describe('a gateway that reaches another network', () => {
  const envoy = envoyWith(acrossNetworks.listeners, acrossNetworks.clusters)
  const branch = answer(envoy, {dst: `${addresses.gateway}:80`, http: {authority: 'app', path: '/a'}})

  it('opens the inner tunnel to the service that the metadata of the endpoint names, with its own TLS', () => {
    expect(branch.endpoints).toMatchObject([{address: `envoy://inner_connect_originate/${remote.gateway}:15008`}])
    expect(inner(branch)).toMatchObject({
      listener: 'inner_connect_originate',
      cluster: 'inner_connect_originate',
      endpoints: [{address: 'envoy://outer_connect_originate/', transport: {kind: 'tls', certificate: 'default'}}],
      upstream: {protocol: 'http2', tunnel: 'begins', http: {method: 'CONNECT', authority: remote.service}},
    })
  })
  it('puts it into the outer tunnel, to the gateway of that network, as bytes that it cannot read', () => {
    expect(inner(inner(branch))).toMatchObject({
      listener: 'outer_connect_originate',
      cluster: 'outer_connect_originate',
      endpoints: [{address: `${remote.gateway}:15008`, transport: {kind: 'tls', certificate: 'default'}}],
      upstream: {protocol: 'http2', tunnel: 'begins', http: {method: 'CONNECT', authority: `${remote.gateway}:15008`}},
    })
  })
})

describe('an internal address', () => {
  const cluster = (name: string, listener: string): JsonObject => ({
    name,
    load_assignment: {
      endpoints: [{lb_endpoints: [{endpoint: {address: {envoy_internal_address: {server_listener_name: listener}}}}]}],
    },
  })
  const tcp = (name: string): JsonObject => ({
    filters: [
      {
        name: 'tcp',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
          cluster: name,
        },
      },
    ],
  })
  const front = (name: string): JsonObject => ({
    name: 'front',
    address: {socket_address: {address: '127.0.0.1', port_value: 1}},
    filter_chains: [tcp(name)],
  })

  it('of no internal listener fails the connection, also where a listener of that name holds a socket', () => {
    const branch = answer(envoyWith([front('c')], [cluster('c', 'front')]), {dst: '127.0.0.1:1', protocol: 'tcp'})
    expect(inner(branch)).toMatchObject({listener: null, outcome: {kind: 'no-listener'}})
    expect(branch.notes).toMatchObject([{kind: 'internal listener', text: expect.stringContaining('fails (UF)')}])
  })
  it('that leads back to itself is followed once', () => {
    const loop = {name: 'loop', internal_listener: {}, filter_chains: [tcp('c')]}
    const branch = answer(envoyWith([front('c'), loop], [cluster('c', 'loop')]), {dst: '127.0.0.1:1', protocol: 'tcp'})
    expect(inner(branch).endpoints[0]?.inner).toBeUndefined()
    expect(inner(branch).notes).toMatchObject([{text: 'envoy://loop/ leads back to itself'}])
  })
})
