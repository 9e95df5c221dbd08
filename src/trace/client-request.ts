import type {HttpRequest, Protocol} from '../xds/match/request.js'
import type {Payload} from './payload.js'
import type {TraceRequest} from './request.js'

/** Where a client connects to, before its name is resolved. */
export interface Target {
  host: string
  port: number
}

interface Url {
  scheme: string
  authority: string
  /** Path and query as typed, `/` where there is none; never normalised. */
  path: string
}

/** Splits a URL without changing its parts, as curl does with --path-as-is; the fragment is never sent. */
function splitUrl(text: string): Url | null {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#]*)([^#]*)/is.exec(text)
  if (!parts) return null
  const [, scheme = '', authority = '', rest = ''] = parts
  return {scheme: scheme.toLowerCase(), authority, path: rest.startsWith('/') ? rest : `/${rest}`}
}

const defaultPorts: Record<string, number> = {http: 80, https: 443}

/** `host:port`, `[v6]:port` or a host alone. */
export function splitHostPort(text: string, defaultPort: number): Target {
  const parts = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text)
  if (!parts) return {host: text, port: defaultPort}
  return {host: parts[1] ?? parts[2] ?? '', port: parts[3] === undefined ? defaultPort : Number(parts[3])}
}

/** Where the client's socket connects to; null for a URL that is none. */
export function targetOf(request: TraceRequest): Target | null {
  if (request.rpc) return splitHostPort(request.rpc.dst, 0)
  if (request.connectTo !== null) return splitHostPort(request.connectTo, 80)
  if (request.tcp !== null) return splitHostPort(request.tcp.dst, 0)
  const url = request.url === null ? null : splitUrl(request.url)
  return url && splitHostPort(url.authority, defaultPorts[url.scheme] ?? 80)
}

/** What the client writes into its connection. */
export function payloadOf(request: TraceRequest): Payload {
  const tls = tlsOf(request)
  if (request.rpc) return {tls, protocol: 'tcp', http: null, rpc: request.rpc}
  if (request.tcp !== null) return {tls, protocol: request.tcp.data === null ? 'silent' : 'tcp', http: null}
  return {tls, protocol: protocolOf(request), http: httpOf(request)}
}

function tlsOf(request: TraceRequest): Payload['tls'] {
  if (request.tls !== null) return [request.tls]
  const url = request.url === null ? null : splitUrl(request.url)
  if (url?.scheme !== 'https') return []
  const {host} = splitHostPort(url.authority, 443)
  const named = !/^[\d.]+$/.test(host) && !host.includes(':')
  return [{sni: named ? host : null, alpn: ['h2', 'http/1.1'], cert: null}]
}

const protocolOf = (request: TraceRequest): Protocol =>
  request.httpVersion === '2' ? 'http2' : request.httpVersion === '1.0' ? 'http1.0' : 'http1'

/** The header lines that curl sends by itself; a value of null in the request leaves one out. */
const ownLines: [string, string][] = [
  ['user-agent', 'curl/8.0'],
  ['accept', '*/*'],
]

function httpOf(request: TraceRequest): HttpRequest | null {
  const url = request.url === null ? null : splitUrl(request.url)
  if (!url) return null
  const method = request.method ?? 'GET'
  const named = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
  const host = named.has('host') ? (named.get('host') ?? null) : hostLine(url, method)
  const headers = request.headers.filter(
    (line): line is [string, string] => line[1] !== null && line[0].toLowerCase() !== 'host',
  )
  const added = ownLines.filter(([name]) => !named.has(name))
  const path =
    method === 'CONNECT'
      ? url.authority
      : request.proxyRequest
        ? `${url.scheme}://${url.authority}${url.path}`
        : url.path
  return {method, authority: host, path, headers: [...added, ...headers]}
}

/** The Host line as curl writes it: without the scheme's own port; CONNECT names the port always. */
function hostLine(url: Url, method: string): string {
  const own = defaultPorts[url.scheme]
  return method !== 'CONNECT' && own !== undefined && url.authority.endsWith(`:${own}`)
    ? url.authority.slice(0, -`:${own}`.length)
    : url.authority
}
