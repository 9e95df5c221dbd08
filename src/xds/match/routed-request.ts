import type {HttpRequest, Protocol} from './request.js'

/** A request inside the connection manager: what routes and filters see of it. Never changed in place. */
export interface RoutedRequest {
  protocol: Protocol
  method: string
  /** `http` or `https`: of an absolute target or :scheme, else as x-forwarded-proto or the transport says. */
  scheme: string
  authority: string
  /** It names no host, which is answered before any routing. */
  hostless?: boolean
  /** With query; null for a CONNECT without :path. */
  path: string | null
  /** Names in lower case, values trimmed, repeated lines apart except where Envoy joins them on arrival. */
  headers: readonly (readonly [string, string])[]
}

/**
 * Headers that Envoy keeps in a single slot: a repeated line is appended to the first with a comma.
 * Envoy: INLINE_REQ_STRING_HEADERS and the custom inline headers of its filters.
 */
const singleSlot = new Set(
  `accept accept-encoding access-control-request-headers access-control-request-method
  access-control-request-private-network authorization cache-control connection content-length content-type expect
  forwarded grpc-accept-encoding grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since
  keep-alive origin pragma proxy-connection proxy-status referer te transfer-encoding upgrade user-agent via
  x-client-trace-id x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node
  x-envoy-expected-rq-timeout-ms x-envoy-external-address x-envoy-force-trace x-envoy-hedge-on-per-try-timeout
  x-envoy-internal x-envoy-ip-tags x-envoy-is-timeout-retry x-envoy-max-retries x-envoy-original-path
  x-envoy-original-url x-envoy-retriable-header-names x-envoy-retriable-status-codes x-envoy-retry-grpc-on
  x-envoy-retry-on x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-per-try-timeout-ms
  x-envoy-upstream-rq-timeout-alt-response x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms
  x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-request-id`.split(
    /\s+/,
  ),
)

/** The header lines as the codec hands them on: names in lower case, blanks around values gone, single-slot headers joined. */
export function arrivedHeaders({headers}: HttpRequest, protocol: Protocol): [string, string][] {
  const arrived: [string, string][] = []
  let cookie = ''
  for (const [rawName, value] of headers) {
    const name = rawName.toLowerCase()
    // Host has gone into :authority.
    if (name === 'host') continue
    if (name === 'cookie' && protocol === 'http2') {
      // RFC 9113: HTTP/2 may split a cookie over several fields. Envoy drops one that is empty.
      cookie += (cookie === '' ? '' : '; ') + trimmed(value)
      continue
    }
    const earlier = singleSlot.has(name) ? arrived.find(([known]) => known === name) : undefined
    if (earlier) earlier[1] += `,${trimmed(value)}`
    else arrived.push([name, trimmed(value)])
  }
  if (cookie !== '') arrived.push(['cookie', cookie])
  return arrived
}

const trimmed = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, '')

/** Whether Envoy appends a further value of this header to the first with a comma. */
export const isSingleSlot = (name: string): boolean => singleSlot.has(name)

/** A request that the codec could not read: nothing of it is known to whoever answers. */
export const unread = (protocol: Protocol): RoutedRequest => ({
  protocol,
  method: '',
  scheme: '',
  authority: '',
  hostless: true,
  path: null,
  headers: [],
})

/** All values of a header in order, pseudo-headers by their names (`host` is `:authority`); empty where it is missing. */
export function headerValues(request: RoutedRequest, name: string): readonly string[] {
  switch (name) {
    case ':path':
      return request.path === null ? [] : [request.path]
    case ':authority':
    case 'host':
      return request.hostless ? [] : [request.authority]
    case ':method':
      return request.method === '' ? [] : [request.method]
    case ':scheme':
      return request.scheme === '' ? [] : [request.scheme]
  }
  const values: string[] = []
  for (const [known, value] of request.headers) if (known === name) values.push(value)
  return values
}

/** The first value of a header; undefined where it is missing. */
export const headerValue = (request: RoutedRequest, name: string): string | undefined => headerValues(request, name)[0]

/** The path without query and fragment. */
export function pathOnly(path: string): string {
  const end = path.search(/[?#]/)
  return end < 0 ? path : path.slice(0, end)
}

/** The request without these headers. */
export const withoutHeaders = (request: RoutedRequest, names: ReadonlySet<string>): RoutedRequest =>
  request.headers.some(([name]) => names.has(name))
    ? {...request, headers: request.headers.filter(([name]) => !names.has(name))}
    : request

/** The request with this header set to one value, pseudo-headers by their names. */
export function withHeader(request: RoutedRequest, name: string, value: string): RoutedRequest {
  switch (name) {
    case ':path':
      return {...request, path: value}
    case ':authority':
    case 'host':
      return {...request, authority: value}
    case ':method':
      return {...request, method: value}
    case ':scheme':
      return {...request, scheme: value}
  }
  const headers = request.headers.filter(([known]) => known !== name)
  return {...request, headers: [...headers, [name, value]]}
}

/** The request with one more line of this header; single-slot headers and pseudo-headers get it appended with a comma. */
export function withAddedHeader(request: RoutedRequest, name: string, value: string): RoutedRequest {
  const first = headerValue(request, name)
  const joins = first !== undefined && (name.startsWith(':') || name === 'host' || singleSlot.has(name))
  if (joins) return withHeader(request, name, `${first},${value}`)
  if (name.startsWith(':')) return withHeader(request, name, value)
  return {...request, headers: [...request.headers, [name, value]]}
}

/** `application/grpc`, bare or with a `+suffix`, case-sensitive, and a path: Grpc::Common::isGrpcRequestHeaders. */
export function isGrpc({path, headers}: Pick<RoutedRequest, 'path' | 'headers'>): boolean {
  const type = path === null ? undefined : headers.find(([name]) => name === 'content-type')?.[1]
  return type !== undefined && (type === 'application/grpc' || type.startsWith('application/grpc+'))
}
