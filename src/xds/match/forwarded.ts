import {inPrefix, parseIp, prefixOf} from '../../address/ip.js'
import type {SocketAddress} from '../../address/socket-address.js'
import {guardIsOn} from '../parse/config-dump.js'
import {boolean, type JsonObject, number, object, objects, string, strings} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {ipOf, isLoopback} from './addresses.js'
import {cidrRange} from './cidr.js'
import type {DownstreamConnection} from './connection.js'
import {headerValue, type RoutedRequest, withAddedHeader, withHeader, withoutHeaders} from './routed-request.js'
import {isUpgrade} from './upgrade.js'

/** A request after the connection manager has decided whom it trusts. */
export interface Trusted {
  request: RoutedRequest
  /** The client's address: of x-forwarded-for where that is trusted, else of the connection; null where not known. */
  remote: SocketAddress | null
}

/** Stands for the request id that Envoy generates: certain to be there, its value is not known. */
export const generatedRequestId = '(generated)'

const hopByHop = ['keep-alive', 'proxy-connection', 'transfer-encoding', 'x-envoy-internal']
const upgradeHeaders = ['connection', 'upgrade']
const internalOnly = `x-envoy-retry-on x-envoy-retry-grpc-on x-envoy-max-retries x-envoy-upstream-alt-stat-name
  x-envoy-upstream-rq-timeout-ms x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response
  x-envoy-expected-rq-timeout-ms x-envoy-force-trace x-envoy-ip-tags x-envoy-original-url
  x-envoy-hedge-on-per-try-timeout x-envoy-retriable-status-codes x-envoy-retriable-header-names`.split(/\s+/)
const edgeOnly = [
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-original-path',
]

/**
 * ConnectionManagerUtility::mutateRequestHeaders: hop-by-hop headers go, x-forwarded-for and x-forwarded-proto are taken
 * over or overwritten, the scheme is settled, internal headers of outsiders are dropped.
 * @param arrived its scheme is empty where neither target nor :scheme names one.
 * @param routeInternalOnly `internal_only_headers` of the route configuration.
 */
export function settleTrust(
  envoy: Envoy,
  manager: JsonObject,
  connection: DownstreamConnection,
  arrived: RoutedRequest,
  routeInternalOnly: readonly string[],
): Trusted {
  const edge = boolean(manager, 'use_remote_address') ?? false
  const cleaned = withoutHeaders(arrived, new Set(isUpgrade(arrived) ? hopByHop : [...hopByHop, ...upgradeHeaders]))
  const {remote, alone} = clientAddress(manager, connection, cleaned, edge)
  const internal = alone && remote !== null && isInternal(envoy, manager, remote)
  const forwarded = withScheme(manager, connection, edge ? withForwardedFor(manager, connection, cleaned) : cleaned)
  const dropped = internal
    ? []
    : [...internalOnly, ...(edge ? edgeOnly : []), ...routeInternalOnly.map((name) => name.toLowerCase())]
  const settled = withoutHeaders(forwarded, new Set(dropped))
  const marked = internal ? withHeader(settled, 'x-envoy-internal', 'true') : settled
  const from = remote ?? connection.remote
  return {request: withIdentity(manager, marked, edge && !internal, from), remote: from}
}

interface ClientAddress {
  remote: SocketAddress | null
  /** Whether that one address is all that is known of the way: only then it can count as internal. */
  alone: boolean
}

function clientAddress(
  manager: JsonObject,
  connection: DownstreamConnection,
  request: RoutedRequest,
  edge: boolean,
): ClientAddress {
  const hops = number(manager, 'xff_num_trusted_hops') ?? 0
  const forwardedFor = headerValue(request, 'x-forwarded-for')
  if (!edge) return fromForwardedFor(forwardedFor, hops)
  const trusted = hops > 0 ? fromForwardedFor(forwardedFor, hops - 1).remote : null
  return {remote: trusted ?? connection.remote, alone: forwardedFor === undefined}
}

/** Utility::getLastAddressFromXFF: the last address after `skip` ones from the end. */
function fromForwardedFor(forwardedFor: string | undefined, skip: number): ClientAddress {
  const addresses = forwardedFor?.split(',') ?? []
  const address = addresses[addresses.length - 1 - skip]?.trim()
  const ip = address?.replace(/^\[|\]$/g, '') ?? ''
  if (parseIp(ip) === null) return {remote: null, alone: false}
  return {remote: {ip, port: 0}, alone: addresses.length === 1 && skip === 0}
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'].map((text) => {
  const [address = '', length] = text.split('/')
  return {address: parseIp(address), length: Number(length)}
})

/** `internal_address_config`; without one nothing is internal since 1.33, before that private and loopback addresses. */
function isInternal(envoy: Envoy, manager: JsonObject, remote: SocketAddress): boolean {
  const ip = ipOf(remote)
  if (!ip) return false
  const config = object(manager, 'internal_address_config')
  const ranges = config ? objects(config, 'cidr_ranges') : []
  if (ranges.length > 0) return ranges.some((raw) => inRange(raw, remote))
  if (guardIsOn(envoy.dump, 'envoy.reloadable_features.explicit_internal_address_config', {major: 1, minor: 33}))
    return false
  return isLoopback(ip) || privateRanges.some(({address, length}) => address && inPrefix(ip, prefixOf(address, length)))
}

function inRange(raw: JsonObject, remote: SocketAddress): boolean {
  const [range, ip] = [cidrRange(raw), ipOf(remote)]
  return range !== null && ip !== null && inPrefix(ip, range.prefix)
}

/** An edge appends its peer to x-forwarded-for. For a loopback peer it writes its own address, which a dump does not name. */
function withForwardedFor(manager: JsonObject, {remote}: DownstreamConnection, request: RoutedRequest): RoutedRequest {
  const ip = remote && ipOf(remote)
  if (!remote || !ip || isLoopback(ip) || boolean(manager, 'skip_xff_append')) return request
  return withAddedHeader(request, 'x-forwarded-for', remote.ip)
}

/** x-forwarded-proto, which an edge without trusted hops overwrites, and the scheme that follows it. */
function withScheme(manager: JsonObject, {terminatesTls}: DownstreamConnection, request: RoutedRequest): RoutedRequest {
  const overwrite = string(object(manager, 'scheme_header_transformation') ?? {}, 'scheme_to_overwrite')
  if (overwrite) return withHeader({...request, scheme: overwrite}, 'x-forwarded-proto', overwrite)
  const transport = terminatesTls ? 'https' : 'http'
  const given = headerValue(request, 'x-forwarded-proto')
  const distrusted =
    boolean(manager, 'use_remote_address') === true && (number(manager, 'xff_num_trusted_hops') ?? 0) === 0
  const proto = given === undefined || distrusted ? transport : given
  const fromProto = /^https?$/i.test(proto) ? proto.toLowerCase() : transport
  const settled = given === proto ? request : withHeader(request, 'x-forwarded-proto', proto)
  return {...settled, scheme: request.scheme === '' ? fromProto : request.scheme}
}

/** What names the request and its client to whoever comes next: x-request-id, x-envoy-external-address, via. */
function withIdentity(
  manager: JsonObject,
  request: RoutedRequest,
  external: boolean,
  remote: SocketAddress | null,
): RoutedRequest {
  let named = request
  if (external && remote) named = withHeader(named, 'x-envoy-external-address', remote.ip)
  const generates = boolean(manager, 'generate_request_id') ?? true
  const keeps = !external || boolean(manager, 'preserve_external_request_id') === true
  if (generates && !(keeps && headerValue(named, 'x-request-id') !== undefined))
    named = withHeader(named, 'x-request-id', generatedRequestId)
  const via = string(manager, 'via')
  if (via) named = withAddedHeader(named, 'via', via)
  return clientCertificateKept(manager) ? named : withoutHeaders(named, new Set(['x-forwarded-client-cert']))
}

/** Whether x-forwarded-client-cert of the client survives; what Envoy itself writes there has a digest that no dump shows. */
const clientCertificateKept = (manager: JsonObject): boolean =>
  ['ALWAYS_FORWARD_ONLY'].includes(string(manager, 'forward_client_cert_details') ?? 'SANITIZE')

/** `internal_only_headers` of a route configuration. */
export const internalOnlyHeaders = (routeConfig: JsonObject | null): string[] =>
  routeConfig ? strings(routeConfig, 'internal_only_headers') : []
