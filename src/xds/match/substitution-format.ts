import type {SocketAddress} from '../../address/socket-address.js'
import {isObject} from '../parse/field.js'
import {addressText} from './addresses.js'
import type {DownstreamConnection} from './connection.js'
import {generatedRequestId} from './forwarded.js'
import {headerValue, pathOnly, type RoutedRequest} from './routed-request.js'
import type {StreamState} from './stream-state.js'

/** What command operators of a header value can look at. */
export interface FormatSubject {
  /** Null for a connection that is not read as HTTP. */
  request: RoutedRequest | null
  connection: DownstreamConnection
  remote: SocketAddress | null
  routeName: string | null
  /** What filters attached to the stream. */
  state: StreamState
  /** Namespaces of metadata that filters may have written without our knowing; `*` for all. */
  opaque: readonly string[]
}

/** A text of the value; empty where there is nothing to say; null where only the running system knows. */
type Command = (subject: FormatSubject, argument: string) => string | null

const ip = (address: SocketAddress | null): string | null => address?.ip ?? null
const whole = (address: SocketAddress | null): string | null => address && addressText(address)
const port = (address: SocketAddress | null): string | null => address && String(address.port)
const protocolNames: Record<string, string> = {http1: 'HTTP/1.1', 'http1.0': 'HTTP/1.0', http2: 'HTTP/2'}
const certificate = ({connection}: FormatSubject) => (connection.terminatesTls ? connection.tls?.cert : null)

const commands: Record<string, Command> = {
  REQ: ({request}, names) => requestHeader(request, names),
  REQ_WITHOUT_QUERY: ({request}, names) => {
    const value = requestHeader(request, names)
    return value && pathOnly(value)
  },
  PROTOCOL: ({request}) => (request ? (protocolNames[request.protocol] ?? null) : ''),
  FILTER_STATE: filterState,
  DYNAMIC_METADATA: dynamicMetadata,
  ROUTE_NAME: ({routeName}) => routeName ?? '',
  REQUESTED_SERVER_NAME: ({connection}) => connection.inspected.serverName,
  DOWNSTREAM_REMOTE_ADDRESS: ({remote}) => whole(remote),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({remote}) => ip(remote),
  DOWNSTREAM_REMOTE_PORT: ({remote}) => port(remote),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: ({connection}) => whole(connection.peer),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ({connection}) => ip(connection.peer),
  DOWNSTREAM_DIRECT_REMOTE_PORT: ({connection}) => port(connection.peer),
  DOWNSTREAM_LOCAL_ADDRESS: ({connection}) => whole(connection.local),
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ({connection}) => ip(connection.local),
  DOWNSTREAM_LOCAL_PORT: ({connection}) => port(connection.local),
  DOWNSTREAM_PEER_URI_SAN: (subject) => certificate(subject)?.uriSans.join(',') ?? '',
  DOWNSTREAM_PEER_SUBJECT: (subject) => certificate(subject)?.subject ?? '',
}

/** `%FILTER_STATE(KEY:PLAIN)%`; what no filter is known to have set is not known. */
function filterState({state}: FormatSubject, argument: string): string | null {
  const [key = '', form = 'TYPED'] = argument.split(':')
  return form === 'PLAIN' ? (state.filterState[key]?.value ?? null) : null
}

/** `%DYNAMIC_METADATA(NAMESPACE:KEY:...)%`: texts as they are, other values as JSON. */
function dynamicMetadata({state, opaque}: FormatSubject, argument: string): string | null {
  const [namespace = '', ...path] = argument.split(':')
  const value = path.reduce<unknown>(
    (inner, key) => (isObject(inner) ? inner[key] : undefined),
    state.metadata[namespace],
  )
  if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value)
  return opaque.some((name) => name === '*' || name === namespace) ? null : ''
}

/** `%REQ(X?Y)%`: the first header that is there; a generated request id is not known. */
function requestHeader(request: RoutedRequest | null, names: string): string | null {
  if (request === null) return ''
  for (const name of names.split('?')) {
    const value = headerValue(request, name.toLowerCase())
    if (value !== undefined) return value === generatedRequestId ? null : value
  }
  return ''
}

/** `%COMMAND(argument):length%`, or `%%`. */
const operator = /%(?:%|([A-Z_0-9]+)(?:\(([^)]*)\))?(?::(\d+))?%)/g

/**
 * A header value with its command operators put in; null where one of them is known to the running system alone.
 * Missing values leave nothing behind.
 */
export function formatValue(format: string, subject: FormatSubject): string | null {
  if (!format.includes('%')) return format
  let known = true
  const text = format.replace(operator, (all, name?: string, argument?: string, length?: string) => {
    if (all === '%%') return '%'
    const value = commands[name ?? '']?.(subject, argument ?? '') ?? null
    if (value === null) known = false
    return (value ?? '').slice(0, length === undefined ? undefined : Number(length))
  })
  return known ? text : null
}
