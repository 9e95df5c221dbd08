import {DataError} from '../errors.js'
import type {ClientCertificate, ClientTls} from '../xds/match/request.js'
import type {RpcCall, TraceRequest} from './request.js'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The gate for requests from outside (contract 5): a line of a batch, or what an editor made.
 * @throws DataError that names the member which is wrong; `where` says which request.
 */
export function parseTraceRequest(value: unknown, where: string): TraceRequest {
  if (!isFields(value)) throw new DataError('is not a request: an object is expected', where)
  const {client} = value
  if (!isFields(client) || typeof client['pod'] !== 'string')
    throw new DataError('has no client.pod', where, 'Name the pod as namespace/name')
  const tcp = tcpOf(value['tcp'], where)
  const url = optional(value, 'url', 'string', where)
  const rpc = rpcOf(value['rpc'], where)
  if (tcp === null && url === null && rpc === null) throw new DataError('has neither url nor tcp', where)
  const id = optional(value, 'id', 'string', where)
  return {
    ...(id !== null && {id}),
    client: {
      pod: client['pod'],
      uid: optional(client, 'uid', 'number', where) ?? 1000,
      gid: optional(client, 'gid', 'number', where) ?? 1000,
    },
    url,
    method: optional(value, 'method', 'string', where),
    headers: headersOf(value['headers'], where),
    httpVersion: httpVersionOf(value['httpVersion'], where),
    connectTo: optional(value, 'connectTo', 'string', where),
    proxyRequest: optional(value, 'proxyRequest', 'boolean', where) ?? false,
    tls: tlsOf(value['tls'], where),
    tcp,
    ...(rpc !== null && {rpc}),
    ...connectionOf(value['connection'], where),
  }
}

interface Kinds {
  string: string
  number: number
  boolean: boolean
}

function optional<K extends keyof Kinds>(fields: Fields, name: string, kind: K, where: string): Kinds[K] | null {
  const value = fields[name]
  if (value === undefined || value === null) return null
  if (typeof value !== kind) throw new DataError(`has a ${name} that is no ${kind}`, where)
  // The gate: the line above has just checked it.
  return value as Kinds[K]
}

function httpVersionOf(value: unknown, where: string): TraceRequest['httpVersion'] {
  if (value === undefined || value === null) return null
  if (value === '1.1' || value === '1.0' || value === '2') return value
  throw new DataError('has an httpVersion other than 1.0, 1.1 and 2', where)
}

function connectionOf(value: unknown, where: string): Pick<TraceRequest, 'connection'> {
  if (value === undefined || value === null) return {}
  if (value === 'new' || value === 'reused') return {connection: value}
  throw new DataError('has a connection other than new and reused', where)
}

function headersOf(value: unknown, where: string): [string, string | null][] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new DataError('has headers that are no list', where)
  return value.map((line: unknown): [string, string | null] => {
    const [name, text]: unknown[] = Array.isArray(line) ? line : []
    if (typeof name !== 'string' || (typeof text !== 'string' && text !== null))
      throw new DataError('has a header that is no [name, value]', where)
    return [name, text]
  })
}

function tcpOf(value: unknown, where: string): TraceRequest['tcp'] {
  if (value === undefined || value === null) return null
  if (!isFields(value) || typeof value['dst'] !== 'string') throw new DataError('has tcp without dst', where)
  return {dst: value['dst'], data: optional(value, 'data', 'string', where)}
}

function rpcOf(value: unknown, where: string): RpcCall | null {
  if (value === undefined || value === null) return null
  if (!isFields(value)) throw new DataError('has rpc that is no object', where)
  const {protocol, dst, service} = value
  if (protocol !== 'dubbo' && protocol !== 'bolt')
    throw new DataError('has an rpc.protocol other than dubbo and bolt', where)
  if (typeof dst !== 'string' || typeof service !== 'string')
    throw new DataError('has rpc without dst or service', where)
  const headers = headersOf(value['headers'], where).map(([name, text]): [string, string] => [name, text ?? ''])
  return {protocol, dst, service, method: optional(value, 'method', 'string', where), headers}
}

function tlsOf(value: unknown, where: string): ClientTls | null {
  if (value === undefined || value === null) return null
  if (!isFields(value)) throw new DataError('has tls that is no object', where)
  return {
    sni: optional(value, 'sni', 'string', where),
    alpn: texts(value['alpn']),
    cert: certificateOf(value['cert'], where),
  }
}

function certificateOf(value: unknown, where: string): ClientCertificate | null {
  if (value === undefined || value === null) return null
  if (!isFields(value)) throw new DataError('has tls.cert that is no object', where)
  return {
    uriSans: texts(value['uriSans']),
    dnsSans: texts(value['dnsSans']),
    subject: optional(value, 'subject', 'string', where) ?? '',
    validated: optional(value, 'validated', 'boolean', where) ?? false,
  }
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
