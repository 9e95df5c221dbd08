import {parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {DataError} from '../../errors.js'
import type {Payload} from '../match/payload.js'
import type {ClientCertificate, ClientTls, Direction, HttpRequest, MatchRequest, Protocol} from '../match/request.js'
import {isObject, type JsonObject} from './field.js'

const directions: readonly Direction[] = ['outbound', 'inbound', 'direct']
const protocols: readonly Protocol[] = ['http1', 'http2', 'http1.0', 'tcp', 'silent']

/**
 * The gate for one request of a batch. Absent members are their defaults: `direct`, plaintext, `http1` where HTTP is asked
 * and `tcp` elsewhere; unknown members are ignored.
 * @throws DataError that names `where` and the member that is not what it should be
 */
export function parseMatchRequest(value: unknown, where: string): MatchRequest {
  const gate = new Gate(where)
  const raw = gate.object(value, 'the line')
  const http = gate.optional(raw['http'], 'http', readHttp)
  const protocol = gate.oneOf(raw['protocol'] ?? (http ? 'http1' : 'tcp'), 'protocol', protocols)
  if (http && protocol === 'tcp') gate.fail('protocol', `not tcp where "http" is asked`)
  const id = gate.optional(raw['id'], 'id', readId)
  const tunnelled = gate.optional(raw['tunnelled'], 'tunnelled', readPayload)
  return {
    direction: gate.oneOf(raw['direction'] ?? 'direct', 'direction', directions),
    dst: gate.address(raw['dst'], 'dst'),
    src: gate.optional(raw['src'], 'src', (src) => gate.address(src, 'src')),
    proxyProtocol: gate.optional(raw['proxyProtocol'], 'proxyProtocol', readProxyProtocol),
    protocol,
    tls: gate.optional(raw['tls'], 'tls', readTls),
    http,
    ...(tunnelled === null ? {} : {tunnelled}),
    ...(id === null ? {} : {id}),
  }
}

/** Says what is wrong where. */
class Gate {
  constructor(private readonly where: string) {}

  fail(member: string, wanted: string): never {
    throw new DataError(`${member} is ${wanted}`, this.where)
  }

  object(value: unknown, member: string): JsonObject {
    return isObject(value) ? value : this.fail(member, 'no object')
  }

  /** Null where the member is absent or null. */
  optional<T>(value: unknown, member: string, read: (value: unknown, gate: Gate, member: string) => T): T | null {
    return value === undefined || value === null ? null : read(value, this, member)
  }

  text(value: unknown, member: string, index?: number): string {
    return typeof value === 'string'
      ? value
      : this.fail(index === undefined ? member : `${member}[${index}]`, 'no text')
  }

  texts(value: unknown, member: string): string[] {
    if (value === undefined || value === null) return []
    return this.list(value, member).map((item, index) => this.text(item, member, index))
  }

  list(value: unknown, member: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.fail(member, 'no list')
  }

  oneOf<const T extends string>(value: unknown, member: string, allowed: readonly T[]): T {
    return allowed.find((name) => name === value) ?? this.fail(member, `none of ${allowed.join(', ')}`)
  }

  address(value: unknown, member: string): SocketAddress {
    const address = typeof value === 'string' ? parseSocketAddress(value) : null
    return address ?? this.fail(member, 'no IP:PORT')
  }
}

const readId = (value: unknown, gate: Gate): string =>
  typeof value === 'number' ? String(value) : gate.text(value, 'id')

function readProxyProtocol(value: unknown, gate: Gate): {src: SocketAddress; dst: SocketAddress} {
  const raw = gate.object(value, 'proxyProtocol')
  return {src: gate.address(raw['src'], 'proxyProtocol.src'), dst: gate.address(raw['dst'], 'proxyProtocol.dst')}
}

function readTls(value: unknown, gate: Gate): ClientTls {
  const raw = gate.object(value, 'tls')
  return {
    sni: gate.optional(raw['sni'], 'tls.sni', (sni) => gate.text(sni, 'tls.sni')),
    alpn: gate.texts(raw['alpn'], 'tls.alpn'),
    cert: gate.optional(raw['cert'], 'tls.cert', readCertificate),
  }
}

function readCertificate(value: unknown, gate: Gate): ClientCertificate {
  const raw = gate.object(value, 'tls.cert')
  return {
    uriSans: gate.texts(raw['uriSans'], 'tls.cert.uriSans'),
    dnsSans: gate.texts(raw['dnsSans'], 'tls.cert.dnsSans'),
    subject: raw['subject'] === undefined ? '' : gate.text(raw['subject'], 'tls.cert.subject'),
    validated: raw['validated'] === undefined ? true : raw['validated'] === true,
  }
}

/** `{tls, protocol, http}` as of a request itself; `tunnelled` again for a tunnel in the tunnel. */
function readPayload(value: unknown, gate: Gate, member: string): Payload {
  const raw = gate.object(value, member)
  const [tls, http] = [
    gate.optional(raw['tls'], `${member}.tls`, readTls),
    gate.optional(raw['http'], `${member}.http`, readHttp),
  ]
  const tunnelled = gate.optional(raw['tunnelled'], `${member}.tunnelled`, readPayload)
  return {
    tls: tls === null ? [] : [tls],
    protocol: gate.oneOf(raw['protocol'] ?? (http ? 'http1' : 'tcp'), `${member}.protocol`, protocols),
    http,
    ...(tunnelled === null ? {} : {tunnelled}),
  }
}

function readHttp(value: unknown, gate: Gate): HttpRequest {
  const raw = gate.object(value, 'http')
  return {
    method: raw['method'] === undefined ? 'GET' : gate.text(raw['method'], 'http.method'),
    authority: gate.optional(raw['authority'], 'http.authority', (text) => gate.text(text, 'http.authority')),
    path: raw['path'] === undefined ? '/' : gate.text(raw['path'], 'http.path'),
    headers: gate.list(raw['headers'] ?? none, 'http.headers').map((line, index) => readHeader(line, gate, index)),
  }
}

const none: readonly unknown[] = []

function readHeader(line: unknown, gate: Gate, index: number): [string, string] {
  const parts = gate.list(line, 'http.headers')
  if (parts.length !== 2) gate.fail(`http.headers[${index}]`, 'no [name, value]')
  return [gate.text(parts[0], 'http.headers', index), gate.text(parts[1], 'http.headers', index)]
}
