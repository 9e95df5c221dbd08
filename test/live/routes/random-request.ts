import type {HttpRequest, Protocol} from '../../../src/xds/match/request.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import {headerNames, headerValues, paths, queryNames, queryValues} from './random-matchers.js'
import {hosts} from './random-routes.js'
import {token} from './tokens.js'

/** A request to one of the listeners. */
export interface LiveRequest {
  id: string
  listener: number
  protocol: Protocol
  http: HttpRequest
}

const oddPaths = [
  '/a/../foo',
  '//a',
  '/%61',
  '/a%2Fb',
  '/a%5cb',
  '/a\\b',
  '/./a',
  '/a#f',
  '/%7E',
  '/a/..',
  '/a%00',
  '/é',
  '/a b',
  '/..',
  '/a|b',
  '/a^b',
  '/a"b',
  '/a{b}',
  '/%',
  '/%2',
  '/%zz/..',
  '/a/%2e%2e/foo',
  '//',
  '/a///',
  '/A%2e',
] as const

function target(random: Random, protocol: Protocol): string {
  const path = chance(random, 0.2) ? pick(random, oddPaths) : pick(random, paths)
  // Bytes that node's client refuses to put into a frame are left to HTTP/1.
  const sent = protocol === 'http2' && /[^!-~]/.test(path) ? '/a' : path
  const query = chance(random, 0.35)
    ? `?${times(whole(random, 1, 2), () => `${pick(random, queryNames)}=${pick(random, queryValues)}`).join('&')}`
    : ''
  return sent + query
}

const authorizations = [
  `Bearer ${token({iss: 'one', sub: 'me'})}`,
  `Bearer ${token({iss: 'two', sub: 'you', aud: ['there', 'here']})}`,
  `Bearer ${token({iss: 'three', sub: 'me'})}`,
  `Bearer ${token({sub: 'me'})}`,
  'Bearer nonsense',
  'Bearer a.b.c',
  'Basic bm90aGluZw==',
] as const

function headers(random: Random, protocol: Protocol): [string, string][] {
  const lines = times(whole(random, 0, 3), (): [string, string] => {
    const name = pick(random, headerNames)
    const value = pick(random, headerValues)
    return [protocol !== 'http2' && chance(random, 0.2) ? name.toUpperCase() : name, value]
  })
  const more: [number, () => [string, string]][] = [
    [0.2, () => ['x-cluster', pick(random, ['up0', 'up1', 'nope', ''])]],
    [0.3, () => ['x-rand', pick(random, ['0', '5', '12', '40', '+7', '007', 'x', '-1'])]],
    [0.1, () => ['x-host', pick(random, ['h.example', 'h.example:81'])]],
    [0.1, () => ['x-vhost', pick(random, ['a.com', 'b.org'])]],
    [0.15, () => ['x-forwarded-proto', pick(random, ['https', 'http', 'HTTPS', 'ftp'])]],
    [0.1, () => ['x-forwarded-for', pick(random, ['8.8.8.8', '127.0.0.1', '1.2.3.4, 127.0.0.9', 'junk'])]],
    [0.05, () => ['x-envoy-internal', 'true']],
    [
      0.1,
      () => [
        'content-type',
        pick(random, ['application/grpc', 'application/grpc+proto', 'application/grpc-web', 'text/plain']),
      ],
    ],
    [0.1, () => ['x-envoy-fault-abort-request', pick(random, ['429', '503', '99'])]],
    [0.3, () => ['authorization', pick(random, authorizations)]],
    [0.1, () => ['x-clear', '1']],
    [0.01, () => ['x-big', 'b'.repeat(whole(random, 58, 63) * 1024)]],
    [0.1, () => ['x_under', '1']],
    [0.1, () => ['cdn-loop', pick(random, ['live', 'live, other', 'other;a=b, live', 'live, live', 'a b'])]],
    [0.15, () => ['x-real', pick(random, ['8.8.1.1', '1.2.3.4', 'junk'])]],
    [0.1, () => ['referer', pick(random, ['http://a.com/x', 'http://b.org'])]],
    [0.1, () => ['origin', pick(random, ['http://a.com', 'http://b.org'])]],
    [0.1, () => ['access-control-request-method', 'POST']],
  ]
  const all = [...lines, ...more.flatMap(([probability, make]) => (chance(random, probability) ? [make()] : []))]
  // Node's HTTP/2 client sends some headers once only.
  return protocol === 'http2' ? all.filter(isFirstAgent) : all
}

const isFirstAgent = ([name]: [string, string], index: number, all: readonly [string, string][]): boolean =>
  name !== 'user-agent' || all.findIndex(([other]) => other === name) === index

/** A random request; HTTP/2 for about one in four. */
export function randomRequest(random: Random, id: string, listener: number): LiveRequest {
  const protocol = pick<Protocol>(random, ['http1', 'http1', 'http1', 'http2'])
  const authority = pick(random, hosts)
  const lines: [string, string][] = [...headers(random, protocol), ['x-id', id]]
  if (protocol === 'http1' && chance(random, 0.03))
    return {id, listener, protocol, http: {method: 'CONNECT', authority, path: 'a.com:80', headers: lines}}
  const path = target(random, protocol)
  if (protocol === 'http1' && chance(random, 0.03))
    return {id, listener, protocol: 'http1.0', http: {method: 'GET', authority, path, headers: lines}}
  const upgrade: [string, string][] =
    protocol === 'http1' && chance(random, 0.04)
      ? [
          ['connection', 'Upgrade'],
          ['upgrade', 'websocket'],
        ]
      : []
  const absolute = protocol === 'http1' && chance(random, 0.06)
  const method = pick(random, ['GET', 'GET', 'POST', 'OPTIONS', 'HEAD'])
  const length: [string, string][] = protocol === 'http1' && method === 'POST' ? [['content-length', '0']] : []
  return {
    id,
    listener,
    protocol,
    http: {
      method,
      authority: protocol === 'http1' && chance(random, 0.02) ? null : authority,
      path: absolute ? `${pick(random, ['http', 'https'])}://${pick(random, ['a.com', 'b.org:80'])}${path}` : path,
      headers: [...lines, ...length, ...upgrade],
    },
  }
}
