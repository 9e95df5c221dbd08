import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../address/socket-address.js'
import {UsageError} from '../errors.js'
import type {SnapshotDocument} from '../snapshot/snapshot.js'
import type {ClientTls, Direction, HttpRequest, MatchRequest, Protocol} from '../xds/match/request.js'
import {portOf, type RequestTarget, splitTarget} from '../xds/parse/request-target.js'
import {Args, Flags} from './oclif.js'

/** The flags of `match` that describe the connection and the request; the request's are curl's. */
export const requestFlags = {
  direction: Flags.option({
    summary: 'How the connection enters: redirected from the app, redirected to the app, or straight to a listener.',
    options: ['outbound', 'inbound', 'direct'] as const,
    default: 'direct' as const,
  })(),
  dst: Flags.string({summary: 'Destination as the proxy sees it.', helpValue: 'IP:PORT'}),
  src: Flags.string({summary: 'Source of the connection.', helpValue: 'IP:PORT'}),
  'proxy-protocol': Flags.string({
    summary: 'Addresses of a PROXY protocol header that the connection begins with.',
    helpValue: 'IP:PORT,IP:PORT',
  }),
  protocol: Flags.option({
    summary:
      'What the client speaks; silent sends no byte, dubbo and bolt are for a MOSN. By default http1 with a URL or path, else tcp.',
    options: ['http1', 'http2', 'http1.0', 'tcp', 'silent', 'dubbo', 'bolt'] as const,
  })(),
  service: Flags.string({summary: 'Service of a Dubbo or bolt call.', helpValue: 'NAME'}),
  tls: Flags.boolean({summary: 'The client speaks TLS (as with an https URL).'}),
  sni: Flags.string({summary: 'SNI of the client (by default the URL’s host).', helpValue: 'NAME'}),
  alpn: Flags.string({summary: 'ALPN protocols in the client’s order.', helpValue: 'A,B'}),
  'cert-uri': Flags.string({summary: 'URI SAN of the client’s certificate.', helpValue: 'URI', multiple: true}),
  'cert-dns': Flags.string({summary: 'DNS SAN of the client’s certificate.', helpValue: 'NAME', multiple: true}),
  'cert-subject': Flags.string({summary: 'Subject of the client’s certificate.', helpValue: 'DN'}),
  'cert-untrusted': Flags.boolean({summary: 'The certificate is of no authority that the proxy trusts.'}),
  method: Flags.string({char: 'X', summary: 'HTTP method, or that of a Dubbo or bolt call.', helpValue: 'METHOD'}),
  header: Flags.string({
    char: 'H',
    summary: 'Header line, again for more.',
    helpValue: "'name: value'",
    multiple: true,
  }),
}

export const targetArg = Args.string({description: 'URL or path to ask for', required: false})

/** Protocols that a MOSN alone is asked for. */
export type RpcProtocol = 'dubbo' | 'bolt'

export interface RequestFlags {
  direction: Direction
  dst?: string | undefined
  src?: string | undefined
  'proxy-protocol'?: string | undefined
  protocol?: Protocol | RpcProtocol | undefined
  service?: string | undefined
  tls: boolean
  sni?: string | undefined
  alpn?: string | undefined
  'cert-uri'?: string[] | undefined
  'cert-dns'?: string[] | undefined
  'cert-subject'?: string | undefined
  'cert-untrusted': boolean
  method?: string | undefined
  header?: string[] | undefined
}

/** The request that the command line describes; names are looked up in the snapshot alone. @throws UsageError */
export function matchRequestOf(
  target: string | undefined,
  flags: RequestFlags,
  document: SnapshotDocument | null,
): MatchRequest {
  const url = target === undefined ? null : targetOf(target)
  const dst = destination(url, flags.dst, document)
  const http = url && httpOf(url, flags, dst)
  const protocol = flags.protocol ?? (http ? 'http1' : 'tcp')
  if (protocol === 'dubbo' || protocol === 'bolt' || flags.service !== undefined)
    throw new UsageError('is what a MOSN is asked for, and this is an Envoy', `--protocol ${protocol}`)
  if (http && protocol === 'tcp') throw new UsageError('asks for HTTP, which --protocol tcp is not', target ?? '')
  return {
    direction: flags.direction,
    dst,
    src: flags.src === undefined ? null : address('--src', flags.src),
    proxyProtocol: proxyProtocolOf(flags['proxy-protocol']),
    protocol,
    tls: tlsOf(url, flags),
    http: protocol === 'silent' ? null : http,
  }
}

function targetOf(text: string): RequestTarget {
  const target = splitTarget(text)
  if (!target) throw new UsageError('is no URL and no path', text)
  return target
}

/** As curl does: the host of the URL, or the address that is connected to; `-H 'Host:'` leaves the line out. */
function httpOf(url: RequestTarget, {method, header}: RequestFlags, dst: SocketAddress): HttpRequest {
  const lines = (header ?? []).map(headerLine)
  const host = lines.findLast(([name]) => name.toLowerCase() === 'host')
  const own = url.host === null ? formatSocketAddress(dst) : url.port === null ? url.host : `${url.host}:${url.port}`
  return {
    method: method ?? 'GET',
    authority: host ? host[1] || null : own,
    path: url.path.replace(/#.*$/s, ''),
    headers: lines.filter(([name]) => name.toLowerCase() !== 'host'),
  }
}

/** curl's forms: `name: value`, and `name;` for an empty value. @throws UsageError */
export function headerLine(line: string): [string, string] {
  const empty = /^([^:;]+);$/.exec(line)
  if (empty?.[1] !== undefined) return [empty[1], '']
  const colon = line.indexOf(':')
  if (colon < 1) throw new UsageError("is no 'name: value'", `--header ${line}`)
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/** @throws UsageError for what is no IP:PORT */
export function address(flag: string, text: string): SocketAddress {
  const found = parseSocketAddress(text)
  if (!found) throw new UsageError('is no IP:PORT', `${flag} ${text}`)
  return found
}

function destination(
  url: RequestTarget | null,
  dst: string | undefined,
  document: SnapshotDocument | null,
): SocketAddress {
  if (dst !== undefined) return address('--dst', dst)
  if (!url?.host) throw new UsageError('no destination', 'match', 'Give --dst IP:PORT')
  const port = portOf(url)
  const literal = parseSocketAddress(`${url.host}:${port}`)
  if (literal) return literal
  const known = document?.hosts?.[url.host]?.[0]
  if (known === undefined)
    throw new UsageError('cannot be looked up here', url.host, `Give --dst IP:PORT, the address that it has`)
  return {ip: known, port}
}

function proxyProtocolOf(text: string | undefined): MatchRequest['proxyProtocol'] {
  if (text === undefined) return null
  const [src, dst, ...more] = text.split(',')
  if (src === undefined || dst === undefined || more.length > 0)
    throw new UsageError('is no IP:PORT,IP:PORT', `--proxy-protocol ${text}`)
  return {src: address('--proxy-protocol', src), dst: address('--proxy-protocol', dst)}
}

function tlsOf(url: RequestTarget | null, flags: RequestFlags): ClientTls | null {
  const uriSans = flags['cert-uri'] ?? []
  const dnsSans = flags['cert-dns'] ?? []
  const subject = flags['cert-subject']
  const presents = uriSans.length > 0 || dnsSans.length > 0 || subject !== undefined
  const asked = flags.tls || url?.scheme === 'https' || flags.sni !== undefined || flags.alpn !== undefined || presents
  if (!asked) return null
  const isName = url?.host && !parseSocketAddress(`${url.host}:0`)
  return {
    sni: flags.sni ?? (isName ? (url?.host ?? null) : null),
    alpn: flags.alpn === undefined || flags.alpn === '' ? [] : flags.alpn.split(','),
    cert: presents ? {uriSans, dnsSans, subject: subject ?? '', validated: !flags['cert-untrusted']} : null,
  }
}
