import type {SocketAddress} from '../../address/socket-address.js'
import {type JsonObject, string} from '../parse/field.js'
import {isSameIpOrLoopback} from './addresses.js'
import type {DownstreamConnection} from './connection.js'
import {type InputReader, type InputValue, textOrAbsent} from './matcher-predicate.js'

const network = 'envoy.extensions.matching.common_inputs.network.v3.'
const ssl = 'envoy.extensions.matching.common_inputs.ssl.v3.'
const unknown: InputValue = {kind: 'unknown'}

const ipOf = (address: SocketAddress | null): InputValue => (address ? {kind: 'text', text: address.ip} : unknown)
const portOf = (address: SocketAddress | null): InputValue =>
  address ? {kind: 'text', text: String(address.port)} : unknown
const textUnlessEmpty = (text: string): InputValue => (text === '' ? {kind: 'absent'} : {kind: 'text', text})
/** Several SANs are one text, joined by commas. */
const joined = (values: readonly string[]): InputValue => textUnlessEmpty(values.join(','))

type ReadConnection = (connection: DownstreamConnection) => InputValue

const fromConnection: Record<string, ReadConnection> = {
  [`${network}DestinationIPInput`]: ({local}) => ipOf(local),
  [`${network}DestinationPortInput`]: ({local}) => portOf(local),
  [`${network}SourceIPInput`]: ({remote}) => ipOf(remote),
  [`${network}SourcePortInput`]: ({remote}) => portOf(remote),
  [`${network}DirectSourceIPInput`]: ({peer}) => ipOf(peer),
  [`${network}ServerNameInput`]: ({inspected}) => textUnlessEmpty(inspected.serverName),
  [`${network}TransportProtocolInput`]: ({inspected}) => textUnlessEmpty(inspected.transportProtocol),
  // Envoy quotes each protocol: `'h2','http/1.1'`.
  [`${network}ApplicationProtocolInput`]: ({inspected}) =>
    joined(inspected.applicationProtocols.map((protocol) => `'${protocol}'`)),
  [`${network}SourceTypeInput`]: sourceType,
  [`${ssl}UriSanInput`]: (connection) => joined(certificateOf(connection)?.uriSans ?? []),
  [`${ssl}DnsSanInput`]: (connection) => joined(certificateOf(connection)?.dnsSans ?? []),
  [`${ssl}SubjectInput`]: (connection) => textUnlessEmpty(certificateOf(connection)?.subject ?? ''),
}

/** Envoy has a word for local sources alone. */
function sourceType({remote, local}: DownstreamConnection): InputValue {
  if (!remote) return unknown
  return isSameIpOrLoopback(remote, local) ? {kind: 'text', text: 'local'} : {kind: 'absent'}
}

/** The client's certificate where this proxy terminates TLS; bytes that it passes on show none. */
const certificateOf = ({tls, terminatesTls}: DownstreamConnection) => (terminatesTls ? (tls?.cert ?? null) : null)

/** The inputs that a connection gives: addresses, what listener filters found, and the client's certificate. */
export function connectionInputs(connection: DownstreamConnection): InputReader {
  return (type) => fromConnection[type]?.(connection) ?? unknown
}

/** What an HTTP request gives to matchers. */
export interface RequestInputs {
  /** All values of a header in order, pseudo-headers by their names; empty where it is missing. */
  header(name: string): readonly string[]
  /** Values of a query parameter; empty where it is missing. */
  query(name: string): readonly string[]
}

/**
 * The inputs of a request and of its connection. Repeated headers are one text, joined by commas.
 * @param remote the downstream's address after x-forwarded-for, which the source inputs read for a request.
 */
export function requestInputs(
  connection: DownstreamConnection,
  request: RequestInputs,
  remote: SocketAddress | null = connection.remote,
): InputReader {
  const ofConnection = connectionInputs({...connection, remote})
  return (type, config: JsonObject) => {
    switch (type) {
      case 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput': {
        const values = request.header(string(config, 'header_name') ?? '')
        return textOrAbsent(values.length === 0 ? null : values.join(','))
      }
      case 'envoy.type.matcher.v3.HttpRequestQueryParamMatchInput':
        return textOrAbsent(request.query(string(config, 'query_param') ?? '')[0])
      default:
        return ofConnection(type, config)
    }
  }
}
