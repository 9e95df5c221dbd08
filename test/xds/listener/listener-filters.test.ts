import {describe, expect, it} from 'vitest'
import {answer, chain, envoyWith, extension, httpInspector, listener, proxyProtocol, tlsInspector} from './fixture.js'

const tls = {sni: 'www.a.com', alpn: ['h2']}
const chains = [
  chain('tls', {transport_protocol: 'tls'}),
  chain('http', {application_protocols: ['http/1.1']}),
  chain('raw'),
]
const withFilters = (filters: object[], more = {}) =>
  envoyWith([listener('l', 80, chains, {listener_filters: filters, ...more})])
const chainFor = (filters: object[], request: object, more = {}) =>
  answer(withFilters(filters, more), {dst: '10.0.0.1:80', ...request}).filterChain?.name ?? null

describe('listener filters', () => {
  it('are switched off by port', () => {
    const off = {...tlsInspector, filter_disabled: {destination_port_range: {start: 80, end: 81}}}
    const on = {
      ...tlsInspector,
      filter_disabled: {
        not_match: {
          or_match: {
            rules: [{destination_port_range: {start: 80, end: 81}}, {destination_port_range: {start: 1, end: 2}}],
          },
        },
      },
    }
    expect(chainFor([off], {tls})).toBe('raw')
    expect(chainFor([on], {tls})).toBe('tls')
  })

  it('that are switched off do not wait for a silent client', () => {
    const off = {...tlsInspector, filter_disabled: {any_match: true}}
    expect(chainFor([off], {protocol: 'silent'})).toBe('raw')
  })

  it('that want a PROXY header close a connection without one', () => {
    expect(answer(withFilters([proxyProtocol()]), {dst: '10.0.0.1:80'}).outcome).toMatchObject({
      kind: 'reset',
      responseFlags: '-',
    })
    expect(chainFor([proxyProtocol({allow_requests_without_proxy_protocol: true})], {})).toBe('raw')
  })

  it('see the client’s bytes behind a PROXY header that was taken away', () => {
    const header = {src: '10.0.0.9:1', dst: '10.0.0.1:80'}
    expect(chainFor([proxyProtocol(), tlsInspector], {tls, proxyProtocol: header})).toBe('tls')
    expect(chainFor([tlsInspector, proxyProtocol()], {tls, proxyProtocol: header})).toBe('raw')
  })

  it('wait for a silent client for ever where the time-out is 0', () => {
    const {outcome, notes, filterChain} = answer(withFilters([httpInspector], {listener_filters_timeout: '0s'}), {
      dst: '10.0.0.1:80',
      protocol: 'silent',
    })
    expect(outcome.kind).toBe('unknown')
    expect(filterChain).toBeNull()
    expect(notes).toMatchObject([{kind: 'waits'}])
  })

  it('that are not modelled let the connection pass, as an assumption', () => {
    const {assumptions, filterChain} = answer(withFilters([extension('acme.Sniffer'), tlsInspector]), {
      dst: '10.0.0.1:80',
      tls,
    })
    expect(filterChain?.name).toBe('tls')
    expect(assumptions).toMatchObject([
      {about: 'listener filter acme.Sniffer (acme.Sniffer)', assumed: 'lets connections pass'},
    ])
  })

  it('name plaintext HTTP, and leave TLS alone', () => {
    expect(chainFor([tlsInspector, httpInspector], {protocol: 'http1'})).toBe('http')
    expect(chainFor([httpInspector], {protocol: 'tcp'})).toBe('raw')
    expect(chainFor([httpInspector], {tls, protocol: 'http1'})).toBe('raw')
  })
})
