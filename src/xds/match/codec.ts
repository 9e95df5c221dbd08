import type {JsonObject} from '../parse/field.js'
import {boolean, number, object, string} from '../parse/field.js'
import {isValidAuthority} from './authority.js'
import type {HttpRequest, Protocol} from './request.js'
import {isSingleSlot} from './routed-request.js'

/** An answer that the codec or the connection manager gives before any route is looked at. */
export interface EarlyAnswer {
  /** Null where the stream is reset without an answer. */
  status: number | null
  responseFlags: string
  details: string | null
}

/** A request line and Host as the codec hands them on. */
export interface ReceivedTarget {
  /** Null where the request names no host. */
  authority: string | null
  /** Null for a CONNECT. */
  path: string | null
  /** Scheme of an absolute target, else null. */
  scheme: string | null
}

/** Methods that Envoy's HTTP/1 parser knows; it refuses others unless `allow_custom_methods` is set. */
const methods = new Set(
  `ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY
  OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK
  UNSUBSCRIBE`.split(/\s+/),
)

const codecError = (details: string, status = 400): EarlyAnswer => ({status, responseFlags: 'DPE', details})

/** What HTTP/2's codec does with a request that it refuses. */
const streamReset: EarlyAnswer = {status: null, responseFlags: '-', details: null}

const isAnswer = (value: EarlyAnswer | ReceivedTarget): value is EarlyAnswer => 'status' in value

/** Bytes of the request line and headers, as the limit counts them. */
const headerBytes = ({method, path, headers}: HttpRequest): number =>
  headers.reduce((sum, [name, value]) => sum + name.length + value.length, method.length + path.length)

const commonOptions = (manager: JsonObject): JsonObject => object(manager, 'common_http_protocol_options') ?? {}

const maxHeadersCount = (manager: JsonObject): number => number(commonOptions(manager), 'max_headers_count') ?? 100

/** What becomes of headers with underscores in their names: ALLOW, REJECT_REQUEST or DROP_HEADER. */
export const underscoresAction = (manager: JsonObject): string =>
  string(commonOptions(manager), 'headers_with_underscores_action') ?? 'ALLOW'

/** The request without the headers that have underscores in their names. */
export const withoutUnderscores = (request: HttpRequest): HttpRequest => ({
  ...request,
  headers: request.headers.filter(([name]) => !name.includes('_')),
})

/**
 * What the codec makes of a request: its target, or the answer to one that it refuses.
 * @param validatesScheme an edge refuses https targets on plaintext: `use_remote_address` without trusted hops.
 */
export function receive(
  manager: JsonObject,
  request: HttpRequest,
  protocol: Protocol,
  {secure, validatesScheme}: {secure: boolean; validatesScheme: boolean},
): EarlyAnswer | ReceivedTarget {
  const limit = (number(manager, 'max_request_headers_kb') ?? 60) * 1024
  const http2 = protocol === 'http2'
  const options = object(manager, 'http_protocol_options') ?? {}
  // The request line is read before the headers have come.
  const refusedLine = http2 ? null : refuseRequestLine(options, request)
  if (refusedLine) return refusedLine
  if (headerBytes(request) > limit) return http2 ? streamReset : codecError('http1.headers_too_large', 431)
  const refused = refuseHeaders(manager, request, http2)
  if (refused) return refused
  if (http2) return receiveHttp2(request)
  const target = targetOf(options, request)
  if (isAnswer(target)) return target
  if (target.authority !== null && !isValidAuthority(target.authority)) return codecError('http.invalid_authority')
  if (validatesScheme && target.scheme === 'https' && !secure) return codecError('http1.invalid_scheme', 403)
  return target
}

/** Pseudo-headers count too; Host is the first header of HTTP/1. */
const ownHeaders = ({method, authority}: HttpRequest, http2: boolean): number =>
  (authority === null ? 0 : 1) + (http2 ? (method === 'CONNECT' ? 1 : 3) : 0)

/** Header by header, as the codec takes them: lines that are joined count once, those that are dropped not. */
function refuseHeaders(manager: JsonObject, request: HttpRequest, http2: boolean): EarlyAnswer | null {
  const [limit, action] = [maxHeadersCount(manager), underscoresAction(manager)]
  let count = ownHeaders(request, http2)
  if (action === 'ALLOW' && request.headers.length + count <= limit) return null
  const seen = new Set<string>()
  for (const [rawName] of request.headers) {
    const name = rawName.toLowerCase()
    if (name.includes('_') && action !== 'ALLOW') {
      if (action === 'DROP_HEADER') continue
      return http2 ? streamReset : codecError('http1.unexpected_underscore')
    }
    const joins = isSingleSlot(name) || (http2 && name === 'cookie')
    if (!joins || !seen.has(name)) count++
    seen.add(name)
    if (count > limit) return http2 ? streamReset : codecError('http1.headers_too_large', 431)
  }
  return null
}

function refuseRequestLine(options: JsonObject, {method, path}: HttpRequest): EarlyAnswer | null {
  const custom = boolean(options, 'allow_custom_methods') ?? false
  const knownMethod = custom ? /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method) : methods.has(method)
  if (!knownMethod) return codecError('http1.codec_error')
  return isValidTarget(path, method === 'CONNECT') ? null : codecError('http1.codec_error')
}

const pathCharacters = /^[\t\f!-~]*$/

/** The check of Envoy's parser (BalsaParser::isUrlValid): no blanks, no bytes beyond ASCII. */
function isValidTarget(target: string, isConnect: boolean): boolean {
  if (target === '') return false
  if (/^[/*]/.test(target)) return pathCharacters.test(target)
  const parts = (isConnect ? /^()([^/?]*)(.*)$/s : /^([A-Za-z][A-Za-z0-9+\-.]*:\/\/)([^/?]*)(.*)$/s).exec(target)
  if (!parts) return false
  const [, , host = '', rest = ''] = parts
  return isValidAuthority(host) && !host.includes('@@') && pathCharacters.test(rest)
}

/** HTTP/1: origin form, absolute form whose host wins over Host, or the authority of a CONNECT. */
function targetOf(options: JsonObject, {method, path, authority}: HttpRequest): EarlyAnswer | ReceivedTarget {
  if (method === 'CONNECT') return connectTarget(path)
  if (path.startsWith('/') || (method === 'OPTIONS' && path.startsWith('*'))) return {authority, path, scheme: null}
  if (!(boolean(options, 'allow_absolute_url') ?? true)) return {authority, path, scheme: null}
  const parts = /^([^:]+):\/\/([^/?#]*)(.*)$/s.exec(path)
  if (!parts) return codecError('http1.invalid_url')
  const [, scheme = '', host = '', rest = ''] = parts
  if (host === '') return codecError('http1.invalid_url')
  if (!/^https?$/i.test(scheme)) return codecError('http1.invalid_scheme')
  return {authority: host, path: rest.startsWith('/') ? rest : `/${rest}`, scheme: scheme.toLowerCase()}
}

const connectTarget = (target: string): EarlyAnswer | ReceivedTarget =>
  /^(?:\[[0-9A-Fa-f:.]+\]|[^:/?#[\]]+):\d{1,5}$/.test(target)
    ? {authority: target, path: null, scheme: null}
    : codecError('http1.invalid_url')

/** HTTP/2: :path as it is, none for a CONNECT. */
function receiveHttp2({method, path, authority}: HttpRequest): EarlyAnswer | ReceivedTarget {
  if (authority !== null && !isValidAuthority(authority)) return streamReset
  if (method === 'CONNECT') return {authority: authority ?? path, path: null, scheme: null}
  return {authority, path, scheme: null}
}
