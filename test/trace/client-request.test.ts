import {describe, expect, it} from 'vitest'
import {payloadOf, splitHostPort, targetOf} from '../../src/trace/client-request.js'
import type {TraceRequest} from '../../src/trace/request.js'
import {get} from './mesh-of-sample.js'

const request = (more: Partial<TraceRequest>): TraceRequest => get('default/a', 'http://reviews:9080/reviews/0', more)
const http = (more: Partial<TraceRequest>) => payloadOf(request(more)).http

describe('what a client writes', () => {
  it('sends the path as typed, dot segments and doubled slashes included', () => {
    expect(http({url: 'http://a:80/x/../y//z?q=1'})?.path).toBe('/x/../y//z?q=1')
  })
  it('never sends the fragment', () => {
    expect(http({url: 'http://a/x#top'})?.path).toBe('/x')
  })
  it('asks for / where the URL has no path, and keeps a query without one', () => {
    expect(http({url: 'http://a'})?.path).toBe('/')
    expect(http({url: 'http://a?b=c'})?.path).toBe('/?b=c')
  })
  it("leaves the scheme's own port out of the Host line and keeps any other", () => {
    expect(http({url: 'http://a:80/'})?.authority).toBe('a')
    expect(http({url: 'https://a:443/'})?.authority).toBe('a')
    expect(http({url: 'http://a:443/'})?.authority).toBe('a:443')
  })
  it('takes the Host line that is given, and none where null stands for it', () => {
    expect(http({headers: [['Host', 'other']]})?.authority).toBe('other')
    expect(http({headers: [['host', null]]})?.authority).toBeNull()
  })
  it('adds the lines that curl adds, unless given or left out', () => {
    expect(http({headers: [['Accept', null]]})?.headers).toEqual([['user-agent', 'curl/8.0']])
    expect(http({headers: [['Accept', 'text/html']]})?.headers).toEqual([
      ['user-agent', 'curl/8.0'],
      ['Accept', 'text/html'],
    ])
  })
  it('keeps repeated header lines apart and in order', () => {
    const lines = http({
      headers: [
        ['x', '1'],
        ['x', '2'],
      ],
    })?.headers.filter(([name]) => name === 'x')
    expect(lines).toEqual([
      ['x', '1'],
      ['x', '2'],
    ])
  })
  it('sends the absolute form to a proxy, and the authority with CONNECT', () => {
    expect(http({proxyRequest: true})?.path).toBe('http://reviews:9080/reviews/0')
    expect(http({method: 'CONNECT', url: 'http://example.invalid:80'})).toMatchObject({
      path: 'example.invalid:80',
      authority: 'example.invalid:80',
    })
  })
  it('opens TLS for https with the host as SNI, and without SNI for an address', () => {
    expect(payloadOf(request({url: 'https://a.example/'})).tls).toEqual([
      {sni: 'a.example', alpn: ['h2', 'http/1.1'], cert: null},
    ])
    expect(payloadOf(request({url: 'https://10.0.0.1/'})).tls[0]?.sni).toBeNull()
  })
  it('stays silent on TCP without data', () => {
    const tcp = (data: string | null) => payloadOf(request({url: null, tcp: {dst: 'a:1', data}})).protocol
    expect([tcp(null), tcp('hi')]).toEqual(['silent', 'tcp'])
  })
})

describe('where a client connects', () => {
  it("is the URL's host and port, or what it is told to connect to", () => {
    expect(targetOf(request({}))).toEqual({host: 'reviews', port: 9080})
    expect(targetOf(request({url: 'https://a/'}))).toEqual({host: 'a', port: 443})
    expect(targetOf(request({connectTo: '10.0.0.1:81'}))).toEqual({host: '10.0.0.1', port: 81})
    expect(targetOf(request({url: null, tcp: {dst: 'b:7', data: null}}))).toEqual({host: 'b', port: 7})
  })
  it('reads addresses of both families', () => {
    expect(splitHostPort('[fd00::1]:80', 1)).toEqual({host: 'fd00::1', port: 80})
    expect(splitHostPort('a', 1)).toEqual({host: 'a', port: 1})
  })
})
