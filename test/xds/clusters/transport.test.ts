import {describe, expect, it} from 'vitest'
import type {HostNeed} from '../../../src/xds/match/http-verdict.js'
import {chooseUpstream} from '../../../src/xds/match/upstream.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {connection, endpoint, envoyWith, httpNeed, staticCluster, tcpNeed} from './fixture.js'

const options = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'
const tlsType = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext'

const tlsSocket = (context: JsonObject): JsonObject => ({name: 'tls', typed_config: {'@type': tlsType, ...context}})

const host = (hostname = ''): JsonObject => ({
  lb_endpoints: [{endpoint: {hostname, address: {socket_address: {address: '10.0.0.1', port_value: 443}}}}],
})

function transport(context: JsonObject, http: JsonObject, need: HostNeed = httpNeed, hostname = '', h2 = false) {
  const cluster = staticCluster('c', [host(hostname)], {
    transport_socket: tlsSocket(context),
    typed_extension_protocol_options: {[options]: http},
  })
  const [choice] = chooseUpstream(envoyWith([cluster]), 'c', need, {...connection, protocol: h2 ? 'http2' : 'http1'})
  const socket = choice?.endpoints[0]?.transport
  if (socket?.kind !== 'tls') throw new Error('no TLS')
  return {sni: socket.sni, alpn: socket.alpn, protocol: choice?.protocol}
}

const asking = (authority: string, headers: [string, string][] = []): HostNeed => ({
  ...httpNeed,
  request: {method: 'GET', authority, path: '/', headers},
})

const explicit1 = {explicit_http_config: {http_protocol_options: {}}}
const explicit2 = {explicit_http_config: {http2_protocol_options: {}}}
const downstream = {use_downstream_protocol_config: {http_protocol_options: {}, http2_protocol_options: {}}}
const alpn = (...protocols: string[]) => ({common_tls_context: {alpn_protocols: protocols}})

// Each line is what a TLS server behind Envoy 1.40 saw.
describe('ALPN of a connection upstream', () => {
  it('is what the pool can speak, where none is configured', () => {
    expect(transport({}, {})).toMatchObject({alpn: ['http/1.1'], protocol: 'http1'})
    expect(transport({}, explicit2)).toMatchObject({alpn: ['h2'], protocol: 'http2'})
    expect(transport({}, {auto_config: {}})).toMatchObject({alpn: ['h2', 'http/1.1'], protocol: 'http2'})
    expect(transport({}, downstream)).toMatchObject({alpn: ['http/1.1'], protocol: null})
    expect(transport({}, downstream, httpNeed, '', true)).toMatchObject({alpn: ['h2'], protocol: null})
  })

  it('is what is configured, else', () => {
    expect(transport(alpn('foo'), {auto_config: {}})).toMatchObject({alpn: ['foo'], protocol: 'http1'})
    expect(transport(alpn('istio'), explicit2)).toMatchObject({alpn: ['istio'], protocol: 'http2'})
  })

  it('is offered for TCP only where it is configured', () => {
    expect(transport({}, explicit2, tcpNeed)).toMatchObject({alpn: [], protocol: null})
    expect(transport(alpn('istio'), {}, tcpNeed)).toMatchObject({alpn: ['istio']})
  })
})

describe('the SNI of a connection upstream', () => {
  const autoSni = {...explicit1, upstream_http_protocol_options: {auto_sni: true}}
  const byHeader = {...explicit1, upstream_http_protocol_options: {auto_sni: true, override_auto_sni_header: 'X-SNI'}}
  const fixed = {sni: 's.x'}
  const byHost = {sni: 's.x', auto_host_sni: true}

  it('is none, or the configured one', () => {
    expect(transport({}, explicit1).sni).toBeNull()
    expect(transport(fixed, explicit1, tcpNeed).sni).toBe('s.x')
  })

  it('is the host of the request with auto_sni, without its port, unless that is an address', () => {
    expect(transport(fixed, autoSni, asking('a.com:81')).sni).toBe('a.com')
    expect(transport(fixed, autoSni, asking('1.2.3.4')).sni).toBe('s.x')
    expect(transport(fixed, autoSni, tcpNeed).sni).toBe('s.x')
  })

  it('is what the overriding header says, where the request has it', () => {
    expect(transport(fixed, byHeader, asking('a.com', [['x-sni', 'over.example']])).sni).toBe('over.example')
    expect(transport(fixed, byHeader, asking('a.com:81')).sni).toBe('a.com')
    expect(transport(fixed, byHeader, asking('1.2.3.4')).sni).toBe('s.x')
  })

  it('is the endpoint’s name with auto_host_sni, after the request’s host', () => {
    expect(transport(byHost, explicit1, httpNeed, 'hn.example').sni).toBe('hn.example')
    expect(transport(byHost, explicit1).sni).toBe('s.x')
    expect(transport(byHost, autoSni, asking('a.com:81'), 'hn.example').sni).toBe('a.com')
    expect(transport(byHost, autoSni, asking('1.2.3.4'), 'hn.example').sni).toBe('hn.example')
  })
})

describe('transport_socket_matches', () => {
  const matches = [
    {name: 'mtls', match: {tlsMode: 'istio'}, transport_socket: tlsSocket({sni: 'in.mesh'})},
    {
      name: 'plain',
      match: {},
      transport_socket: {
        name: 'envoy.transport_sockets.raw_buffer',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
        },
      },
    },
  ]
  const labelled = (tlsMode: string) => ({
    metadata: {filter_metadata: {'envoy.transport_socket_match': {tlsMode}}},
  })
  const cluster = staticCluster(
    'c',
    [
      {
        lb_endpoints: [
          endpoint('10.0.0.1:80', labelled('istio')),
          endpoint('10.0.0.2:80', labelled('off')),
          endpoint('10.0.0.3:80'),
        ],
      },
    ],
    {transport_socket_matches: matches},
  )
  const [choice] = chooseUpstream(envoyWith([cluster]), 'c', httpNeed, connection, true)

  it('give each endpoint the first socket whose labels it has', () => {
    expect(choice?.endpoints.map(({transport}) => transport.kind)).toEqual(['tls', 'plaintext', 'plaintext'])
  })

  it('are explained with the one that was passed over', () => {
    const steps = choice?.steps.filter(({level}) => level === 'transport socket')
    expect(steps).toMatchObject([
      {decided: 'mtls', passedOver: [{name: 'plain', check: {holds: 'yes'}}]},
      {decided: 'plain', passedOver: [{name: 'mtls', check: {want: 'tlsMode=istio', got: 'tlsMode=off', holds: 'no'}}]},
    ])
  })

  const socketsOf = (own: JsonObject, locality: JsonObject, more: JsonObject = {}) => {
    const labels = (values: JsonObject) => ({metadata: {filter_metadata: {'envoy.transport_socket_match': values}}})
    const localities = [{...labels(locality), lb_endpoints: [endpoint('10.0.0.1:80', labels(own))]}]
    const entry = (name: string, match: JsonObject) => ({name, match, transport_socket: tlsSocket({sni: name})})
    const entries = [entry('by.locality', {zone: 'a'}), entry('by.endpoint', {tlsMode: 'istio'})]
    const raw = staticCluster('c', localities, {transport_socket_matches: entries, ...more})
    const [first] = chooseUpstream(envoyWith([raw]), 'c', httpNeed, connection)
    const socket = first?.endpoints[0]?.transport
    return socket?.kind === 'tls' ? socket.sni : socket?.kind
  }

  it('look at the endpoint for all entries before they look at its locality', () => {
    expect(socketsOf({tlsMode: 'istio'}, {zone: 'a'})).toBe('by.endpoint')
    expect(socketsOf({tlsMode: 'off'}, {zone: 'a'})).toBe('by.locality')
    expect(socketsOf({}, {})).toBe('plaintext')
  })

  it('compare a list as a whole', () => {
    expect(socketsOf({tlsMode: ['istio', 'off']}, {})).toBe('plaintext')
  })

  it('are not guessed where a matcher tree chooses among them', () => {
    const tree = {transport_socket_matcher: {matcher_tree: {}}}
    expect(socketsOf({tlsMode: 'istio'}, {}, tree)).toBe('unmodelled')
  })

  it('of discovered hosts leave open what localities are labelled with, which no dump says', () => {
    const eds = {name: 'e', type: 'EDS', transport_socket_matches: matches.slice(0, 1)}
    const assumed = (tlsMode: string) => {
      const assignment = {cluster_name: 'e', endpoints: [{lb_endpoints: [endpoint('10.0.0.1:80', labelled(tlsMode))]}]}
      const [first] = chooseUpstream(envoyWith([eds], [assignment]), 'e', httpNeed, connection)
      return first?.assumptions.map(({about}) => about)
    }
    expect(assumed('istio')).toEqual([])
    expect(assumed('off')).toEqual(['metadata of the localities of e'])
  })
})
