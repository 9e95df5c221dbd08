import {parseSocketAddress} from '../../address/socket-address.js'
import type {MatchRequest} from '../match/request.js'
import {isObject, type JsonObject} from '../parse/field.js'
import {parseMatchRequest} from '../parse/match-request.js'
import {portOf, type RequestTarget, splitTarget} from '../parse/request-target.js'
import {Gate} from './gate.js'

/** The address that a host name has, or undefined where it is not known. */
export type Lookup = (host: string) => string | undefined

const members = [
  ...['direction', 'dst', 'src', 'proxyProtocol', 'protocol', 'tls', 'http'],
  ...['url', 'method', 'authority', 'path', 'headers'],
] as const

/**
 * The request of a case: as a line of a batch has it, and in short: `url` (or `authority` and `path`), `method`,
 * `headers` as a table, `tls: true`; `dst` may be a name that `lookup` knows, and is the URL's own where absent.
 * @throws DataError
 */
export function parseTestRequest(raw: JsonObject, lookup: Lookup, where: string): MatchRequest {
  const gate = new Gate(where)
  gate.onlyMembers(raw, members, 'request')
  const url = raw['url'] === undefined ? null : splitTarget(gate.text(raw['url'], 'request.url'))
  if (raw['url'] !== undefined && !url) gate.fail('request.url', 'is no URL and no path')
  const short = ['url', 'method', 'authority', 'path', 'headers'].some((name) => raw[name] !== undefined)
  if (short && raw['http'] !== undefined) gate.fail('request', 'has "http" beside what stands for it')
  const http = short ? httpOf(raw, url, gate) : (raw['http'] ?? null)
  const {direction, src, proxyProtocol, protocol} = raw
  const dst = destination(raw, url, lookup, gate)
  return parseMatchRequest({direction, dst, src, proxyProtocol, protocol, tls: tlsOf(raw['tls'], url), http}, where)
}

function httpOf(raw: JsonObject, url: RequestTarget | null, gate: Gate): JsonObject {
  const lines = headerLines(raw['headers'] ?? {}, gate)
  const isHost = ([name]: readonly [string, unknown]) => name.toLowerCase() === 'host'
  const host = lines.findLast(isHost)
  const named = url?.host == null ? null : url.port === null ? url.host : `${url.host}:${url.port}`
  const authority = raw['authority'] === undefined ? (host ? host[1] : named) : raw['authority']
  const headers = lines.filter((each) => !isHost(each))
  const nameless = headers.find(([, value]) => value === null)
  if (nameless) gate.fail(`request.headers.${nameless[0]}`, 'is no text')
  return {
    method: raw['method'],
    authority,
    path: raw['path'] ?? url?.path.replace(/#.*$/s, ''),
    headers,
  }
}

type HeaderLine = [name: string, value: string | null]

/** A table `name: value` or `name: [value, ...]`, or a list of pairs, or of `name: value` texts. */
function headerLines(raw: unknown, gate: Gate): HeaderLine[] {
  if (!Array.isArray(raw))
    return Object.entries(gate.object(raw, 'request.headers')).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each): HeaderLine => [name, headerValue(name, each, gate)]),
    )
  return raw.map((each: unknown, index): HeaderLine => {
    if (Array.isArray(each) && each.length === 2) {
      const name = gate.text(each[0], `request.headers[${index}]`)
      return [name, headerValue(name, each[1], gate)]
    }
    const line = typeof each === 'string' ? /^([^:]+):(.*)$/s.exec(each) : null
    if (!line) gate.fail(`request.headers[${index}]`, 'is no "name: value" and no [name, value]')
    return [line[1] ?? '', (line[2] ?? '').trim()]
  })
}

/** Null leaves a line out, which only Host needs. */
const headerValue = (name: string, value: unknown, gate: Gate): string | null =>
  value === null ? null : gate.text(value, `request.headers.${name}`)

function destination(raw: JsonObject, url: RequestTarget | null, lookup: Lookup, gate: Gate): string {
  if (raw['dst'] === undefined && !url?.host) gate.fail('request', 'names no destination; give it a "dst"')
  const text = raw['dst'] === undefined && url ? `${url.host}:${portOf(url)}` : gate.text(raw['dst'], 'request.dst')
  if (parseSocketAddress(text)) return text
  const [, host, port] = /^([^:]+):(\d{1,5})$/.exec(text) ?? []
  const known = host === undefined ? undefined : lookup(host)
  if (known === undefined)
    return gate.fail(
      `request.${raw['dst'] === undefined ? 'url' : 'dst'}`,
      `has no address here; give "dst" as IP:PORT`,
    )
  return known.includes(':') ? `[${known}]:${port}` : `${known}:${port}`
}

/** `true` presents the URL's host as SNI, as does an https URL. */
function tlsOf(tls: unknown, url: RequestTarget | null): unknown {
  const own = url?.host && !parseSocketAddress(`${url.host}:0`) ? url.host : null
  if (tls === true || (tls === undefined && url?.scheme === 'https')) return {sni: own}
  if (tls === false) return null
  return isObject(tls) && tls['sni'] === undefined ? {...tls, sni: own} : tls
}
