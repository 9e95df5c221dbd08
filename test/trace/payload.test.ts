import {describe, expect, it} from 'vitest'
import {forwarded, type Payload, visible} from '../../src/trace/payload.js'
import type {ClientTls, HttpRequest} from '../../src/xds/match/request.js'
import type {EndpointShare, Upstream} from '../../src/xds/match/result.js'

const http: HttpRequest = {method: 'GET', authority: 'a', path: '/', headers: []}
const own: ClientTls = {sni: 'a', alpn: [], cert: null}
const upstream = (more: Partial<Upstream>): Upstream => ({
  protocol: 'http1',
  sourceAddress: null,
  mark: null,
  tls: null,
  http: null,
  ...more,
})
const endpoint = (transport: EndpointShare['transport']): EndpointShare => ({
  address: '10.0.0.1:80',
  probability: 1,
  health: 'HEALTHY',
  locality: null,
  priority: 0,
  transport,
  at: '$',
})
const plain = endpoint({kind: 'plaintext'})
const mutual = endpoint({
  kind: 'tls',
  sni: 's',
  alpn: ['istio'],
  certificate: 'default',
  identity: ['spiffe://x'],
  at: '$',
})
const secret: Payload = {tls: [own], protocol: 'http1', http}

describe('what a proxy sees and sends', () => {
  it('sees nothing under a second TLS layer', () => {
    expect(visible({tls: [own, own], protocol: 'http1', http})).toEqual({tls: own, protocol: 'tcp', http: null})
  })
  it('passes TLS on that it did not terminate', () => {
    expect(forwarded(secret, upstream({tls: own}), plain)).toEqual(secret)
  })
  it('sends its own request in plain where it terminated TLS and speaks HTTP', () => {
    const sent = {...http, path: '/rewritten'}
    expect(forwarded(secret, upstream({http: sent}), plain)).toEqual({tls: [], protocol: 'http1', http: sent})
  })
  it("wraps what it sends in its own TLS with the cluster's certificate", () => {
    const [layer, inner] = forwarded(secret, upstream({tls: own}), mutual).tls
    expect(layer).toMatchObject({sni: 's', alpn: ['istio'], cert: {uriSans: ['spiffe://x'], validated: true}})
    expect(inner).toBe(own)
  })
})
