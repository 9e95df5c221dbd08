import type {Assumption} from '../../decision/assumption.js'
import type {MosnRequest, RpcRequest} from './request.js'
import {type RequestUri, readUri} from './uri.js'

/** A request as MOSN's router looks at it. */
export interface RoutedRequest {
  /** The value of a header, null where it is absent. HTTP names are compared in any case, those of RPC frames exactly. */
  header(name: string): string | null
  /** The value of a variable; null where it is not set, undefined where it is not one that is known here. */
  variable(name: string): string | null | undefined
  /** The host that virtual hosts are chosen by; empty for none. */
  host: string
  /** The path that routes look at; null for protocols that have none. */
  path: string | null
  method: string | null
  uri: RequestUri | null
  /** What had to be supposed to read it. */
  assumptions: Assumption[]
}

/** The listeners for which MOSN decodes the attachments of Dubbo calls. */
const attachmentListeners = new Set(['egress_dubbo', 'ingress_dubbo'])

/** @param listener the name of the listener that was chosen: what is read of a Dubbo frame depends on it */
export function routedRequest(request: MosnRequest, listener: string): RoutedRequest | null {
  if (request.http !== null) return httpRequest(request, readUri(request.http))
  if (request.rpc === null) return null
  const {map, assumptions} = frameHeaders(request.protocol, request.rpc, listener)
  return {
    header: (name) => map.get(name) ?? null,
    variable: rpcVariable(map),
    host: '',
    path: null,
    method: null,
    uri: null,
    assumptions,
  }
}

function httpRequest(request: MosnRequest, uri: RequestUri): RoutedRequest {
  const http = request.http
  const lines = http?.headers ?? []
  const find = (name: string) => lines.find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1] ?? null
  const values: Readonly<Record<string, string>> = {
    'x-mosn-path': uri.path,
    'x-mosn-path-original': uri.originalPath,
    'x-mosn-method': http?.method ?? '',
    'x-mosn-host': uri.host,
    authority: uri.host,
    'x-mosn-querystring': uri.query,
    'x-mosn-scheme': request.tls === null ? 'http' : 'https',
  }
  const header = (name: string): string | null =>
    name.toLowerCase() === 'host' ? (http?.authority ?? null) : find(name)
  return {
    header,
    variable: (name) => values[name] ?? prefixedVariable(name, header, uri),
    host: uri.host,
    path: uri.path,
    method: http?.method ?? null,
    uri,
    assumptions: lines.some(([, value]) => value === '') ? [emptyHeaders] : [],
  }
}

/** fasthttp keeps an empty value as nothing in a fresh request and as an empty text in one that it uses again. */
const emptyHeaders: Assumption = {
  about: 'header lines without a value',
  assumed: 'they count as present and empty',
  at: null,
  turn: null,
}

const headerPrefixes = ['request_header_', 'Http1_request_header_', 'http_request_header_'] as const

/** Variables whose name goes on with that of a header, a cookie or an argument. */
function prefixedVariable(
  name: string,
  header: (name: string) => string | null,
  uri: RequestUri,
): string | null | undefined {
  const prefix = headerPrefixes.find((start) => name.startsWith(start))
  if (prefix !== undefined) return header(name.slice(prefix.length))
  if (name.startsWith('request_arg_')) return argument(uri.query, name.slice('request_arg_'.length))
  return undefined
}

function argument(query: string, name: string): string | null {
  for (const pair of query.split('&')) {
    const [key = '', ...value] = pair.split('=')
    if (key === name) return value.join('=')
  }
  return null
}

const rpcVariable =
  (map: ReadonlyMap<string, string>) =>
  (name: string): string | null | undefined => {
    if (name.startsWith('request_header_')) return map.get(name.slice('request_header_'.length)) ?? null
    // The variables of a URI are not set for frames without one.
    return /^x-mosn-(path|path-original|method|host|querystring|scheme)$|^authority$/.test(name) ? null : undefined
  }

interface FrameHeaders {
  map: Map<string, string>
  assumptions: Assumption[]
}

/** What MOSN puts into the header map of a frame. */
function frameHeaders(protocol: MosnRequest['protocol'], rpc: RpcRequest, listener: string): FrameHeaders {
  if (protocol !== 'dubbo') {
    const map = new Map<string, string>([['service', rpc.service]])
    if (rpc.method !== null) map.set('sofa_head_method_name', rpc.method)
    for (const [name, value] of rpc.headers) map.set(name, value)
    return {map, assumptions: []}
  }
  const map = new Map<string, string>([
    ['service', rpc.service],
    ['version', ''],
  ])
  if (rpc.method !== null) map.set('method', rpc.method)
  if (rpc.headers.length === 0) return {map, assumptions: []}
  // The frame carries the version beside path and method; all else is an attachment.
  const version = rpc.headers.findLast(([name]) => name === 'version')
  if (version) map.set(...version)
  if (!attachmentListeners.has(listener)) {
    const unread = rpc.headers.filter(([name]) => name !== 'version').map(([name]) => name)
    return {map, assumptions: unread.length === 0 ? [] : [attachments(unread, listener)]}
  }
  for (const [name, value] of rpc.headers) {
    map.set(name, value)
    if (name === 'interface') map.set('service', value)
  }
  return {map, assumptions: []}
}

const attachments = (names: readonly string[], listener: string): Assumption => ({
  about: `attachments ${names.join(', ')} at listener ${listener}`,
  assumed: 'routes do not see them: MOSN reads attachments at listeners named egress_dubbo and ingress_dubbo alone',
  at: null,
  turn: null,
})
