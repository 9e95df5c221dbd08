import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import type {DownstreamConnection} from './connection.js'
import {generatedRequestId} from './forwarded.js'
import {headerValue, pathOnly, type RoutedRequest} from './routed-request.js'

/** What command operators of a header value can look at. */
export interface FormatSubject {
  request: RoutedRequest
  connection: DownstreamConnection
  remote: SocketAddress | null
  routeName: string | null
}

/** A text of the value; empty where there is nothing to say; null where only the running system knows. */
type Command = (subject: FormatSubject, argument: string) => string | null

const ip = (address: SocketAddress | null): string | null => address?.ip ?? null
const whole = (address: SocketAddress | null): string | null => address && formatSocketAddress(address)
const port = (address: SocketAddress | null): string | null => address && String(address.port)
const protocolNames: Record<string, string> = {http1: 'HTTP/1.1', 'http1.0': 'HTTP/1.0', http2: 'HTTP/2'}
const certificate = ({connection}: FormatSubject) => (connection.terminatesTls ? connection.tls?.cert : null)

const commands: Record<string, Command> = {
  REQ: ({request}, names) => requestHeader(request, names),
  REQ_WITHOUT_QUERY: ({request}, names) => {
    const value = requestHeader(request, names)
    return value && pathOnly(value)
  },
  PROTOCOL: ({request}) => protocolNames[request.protocol] ?? null,
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

/** `%REQ(X?Y)%`: the first header that is there; a generated request id is not known. */
function requestHeader(request: RoutedRequest, names: string): string | null {
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
