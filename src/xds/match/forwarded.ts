import {parseIpAddress} from '../../address/ip-address.js'
import {inNetwork, parseNetwork} from '../../address/network.js'
import type {SocketAddress} from '../../address/socket-address.js'
import {guardIsOn} from '../parse/config-dump.js'
import {type Extension, readExtensionOf} from '../parse/extension.js'
import {boolean, type JsonObject, number, object, objects, string, strings} from '../parse/field.js'
import {httpStatus} from '../parse/http-status.js'
import type {Proxy as Envoy} from '../proxy.js'
import {ipOf, isLoopback} from './addresses.js'
import {cidrRange} from './cidr.js'
import type {DownstreamConnection} from './connection.js'
import type {LocalReply} from './local-reply.js'
import {headerValue, type RoutedRequest, withAddedHeader, withHeader, withoutHeaders} from './routed-request.js'
import {isUpgrade} from './upgrade.js'

/** A request after the connection manager has decided whom it trusts. */
export interface Trusted {
  request: RoutedRequest
  /** The client's address: of x-forwarded-for where that is trusted, else of the connection; null where not known. */
  remote: SocketAddress | null
  /** The answer of an original IP detection that demands an address and found none. */
  refusal?: LocalReply
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

/** What a connection manager trusts, and what it writes of itself. */
interface TrustRules {
  edge: boolean
  hops: number
  /** `original_ip_detection_extensions` */
  detectors: Extension[]
  appendsForwardedFor: boolean
  scheme: string | null
  internal: JsonObject[]
  generatesId: boolean
  keepsExternalId: boolean
  via: string | null
  keepsClientCertificate: boolean
}

const rulesOfManager = new WeakMap<JsonObject, TrustRules>()

function trustRules(manager: JsonObject): TrustRules {
  let rules = rulesOfManager.get(manager)
  if (!rules) {
    rules = {
      edge: boolean(manager, 'use_remote_address') ?? false,
      hops: number(manager, 'xff_num_trusted_hops') ?? 0,
      detectors: objects(manager, 'original_ip_detection_extensions').map((entry) => readExtensionOf(entry, '')),
      appendsForwardedFor: !(boolean(manager, 'skip_xff_append') ?? false),
      scheme: string(object(manager, 'scheme_header_transformation') ?? {}, 'scheme_to_overwrite') || null,
      internal: objects(object(manager, 'internal_address_config') ?? {}, 'cidr_ranges'),
      generatesId: boolean(manager, 'generate_request_id') ?? true,
      keepsExternalId: boolean(manager, 'preserve_external_request_id') ?? false,
      via: string(manager, 'via') || null,
      // What Envoy itself writes into x-forwarded-client-cert has a digest that no dump shows.
      keepsClientCertificate: string(manager, 'forward_client_cert_details') === 'ALWAYS_FORWARD_ONLY',
    }
    rulesOfManager.set(manager, rules)
  }
  return rules
}

const dropped = {
  plain: new Set([...hopByHop, ...upgradeHeaders]),
  upgrade: new Set(hopByHop),
  external: new Set(internalOnly),
  edge: new Set([...internalOnly, ...edgeOnly]),
  clientCertificate: new Set(['x-forwarded-client-cert']),
}

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
  const rules = trustRules(manager)
  const cleaned = withoutHeaders(arrived, isUpgrade(arrived) ? dropped.upgrade : dropped.plain)
  const detected = clientAddress(rules, connection, cleaned)
  if (detected.refusal) return {request: cleaned, remote: connection.remote, refusal: detected.refusal}
  const {remote, alone} = detected
  const internal = alone && remote !== null && isInternal(envoy, rules, remote)
  const forwarded = withScheme(rules, connection, rules.edge ? withForwardedFor(rules, connection, cleaned) : cleaned)
  const settled = internal ? forwarded : withoutInternal(forwarded, rules, routeInternalOnly)
  const marked = internal ? withHeader(settled, 'x-envoy-internal', 'true') : settled
  const from = remote ?? connection.remote
  return {request: withIdentity(rules, marked, rules.edge && !internal, from), remote: from}
}

/** The request of an outsider: headers that only insiders may set are gone. */
function withoutInternal(request: RoutedRequest, {edge}: TrustRules, ofRoutes: readonly string[]): RoutedRequest {
  const cleaned = withoutHeaders(request, edge ? dropped.edge : dropped.external)
  return ofRoutes.length === 0 ? cleaned : withoutHeaders(cleaned, new Set(ofRoutes.map((name) => name.toLowerCase())))
}

interface ClientAddress {
  remote: SocketAddress | null
  /** Whether that one address is all that is known of the way: only then it can count as internal. */
  alone: boolean
  /** An extension refuses who has no address of this kind. */
  refusal?: LocalReply
}

function clientAddress(
  {edge, hops, detectors}: TrustRules,
  connection: DownstreamConnection,
  request: RoutedRequest,
): ClientAddress {
  const forwardedFor = headerValue(request, 'x-forwarded-for')
  if (!edge) return detectors.length > 0 ? detect(detectors, request) : fromForwardedFor(forwardedFor, hops)
  const trusted = hops > 0 ? fromForwardedFor(forwardedFor, hops - 1).remote : null
  return {remote: trusted ?? connection.remote, alone: forwardedFor === undefined}
}

const detection = 'envoy.extensions.http.original_ip_detection.'

/** The extensions in their order: the first that finds an address, or refuses, decides. */
function detect(detectors: readonly Extension[], request: RoutedRequest): ClientAddress {
  for (const {type, raw} of detectors) {
    const found =
      type === `${detection}xff.v3.XffConfig`
        ? fromForwardedFor(headerValue(request, 'x-forwarded-for'), number(raw, 'xff_num_trusted_hops') ?? 0)
        : type === `${detection}custom_header.v3.CustomHeaderConfig`
          ? fromHeader(raw, request)
          : null
    if (found?.remote || found?.refusal) return found
  }
  return {remote: null, alone: false}
}

function fromHeader(raw: JsonObject, request: RoutedRequest): ClientAddress {
  const value = headerValue(request, (string(raw, 'header_name') ?? '').toLowerCase())?.trim() ?? ''
  const trusted = boolean(raw, 'allow_extension_to_set_address_as_trusted') ?? false
  if (parseIpAddress(value) !== null) return {remote: {ip: value, port: 0}, alone: trusted}
  const status = httpStatus(raw, 'reject_with_status')
  if (status === undefined) return {remote: null, alone: false}
  const details = 'rejecting_because_detection_failed'
  return {remote: null, alone: false, refusal: {status: status >= 400 ? status : 403, responseFlags: '-', details}}
}

/** Utility::getLastAddressFromXFF: the last address after `skip` ones from the end. */
function fromForwardedFor(forwardedFor: string | undefined, skip: number): ClientAddress {
  const addresses = forwardedFor?.split(',') ?? []
  const address = addresses[addresses.length - 1 - skip]?.trim()
  const ip = address?.replace(/^\[|\]$/g, '') ?? ''
  if (parseIpAddress(ip) === null) return {remote: null, alone: false}
  return {remote: {ip, port: 0}, alone: addresses.length === 1 && skip === 0}
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'].flatMap(
  (text) => parseNetwork(text) ?? [],
)

/** `internal_address_config`; without one nothing is internal since 1.33, before that private and loopback addresses. */
function isInternal(envoy: Envoy, {internal}: TrustRules, remote: SocketAddress): boolean {
  const ip = ipOf(remote)
  if (!ip) return false
  if (internal.length > 0) return internal.some((raw) => inRange(raw, remote))
  if (guardIsOn(envoy.dump, 'envoy.reloadable_features.explicit_internal_address_config', {major: 1, minor: 33}))
    return false
  return isLoopback(ip) || privateRanges.some((range) => inNetwork(range, ip))
}

function inRange(raw: JsonObject, remote: SocketAddress): boolean {
  const [range, ip] = [cidrRange(raw), ipOf(remote)]
  return range !== null && ip !== null && inNetwork(range.network, ip)
}

/** An edge appends its peer to x-forwarded-for. For a loopback peer it writes its own address, which a dump does not name. */
function withForwardedFor(
  {appendsForwardedFor}: TrustRules,
  {remote}: DownstreamConnection,
  request: RoutedRequest,
): RoutedRequest {
  const ip = remote && ipOf(remote)
  if (!remote || !ip || isLoopback(ip) || !appendsForwardedFor) return request
  return withAddedHeader(request, 'x-forwarded-for', remote.ip)
}

/** x-forwarded-proto, which an edge without trusted hops overwrites, and the scheme that follows it. */
function withScheme(
  {scheme, edge, hops}: TrustRules,
  {terminatesTls}: DownstreamConnection,
  request: RoutedRequest,
): RoutedRequest {
  if (scheme) return withHeader({...request, scheme}, 'x-forwarded-proto', scheme)
  const transport = terminatesTls ? 'https' : 'http'
  const given = headerValue(request, 'x-forwarded-proto')
  const proto = given === undefined || (edge && hops === 0) ? transport : given
  const fromProto = /^https?$/i.test(proto) ? proto.toLowerCase() : transport
  const settled = given === proto ? request : withHeader(request, 'x-forwarded-proto', proto)
  return {...settled, scheme: request.scheme === '' ? fromProto : request.scheme}
}

/** What names the request and its client to whoever comes next: x-request-id, x-envoy-external-address, via. */
function withIdentity(
  {generatesId, keepsExternalId, via, keepsClientCertificate}: TrustRules,
  request: RoutedRequest,
  external: boolean,
  remote: SocketAddress | null,
): RoutedRequest {
  let named = external && remote ? withHeader(request, 'x-envoy-external-address', remote.ip) : request
  const kept = (!external || keepsExternalId) && headerValue(named, 'x-request-id') !== undefined
  if (generatesId && !kept) named = withHeader(named, 'x-request-id', generatedRequestId)
  if (via) named = withAddedHeader(named, 'via', via)
  return keepsClientCertificate ? named : withoutHeaders(named, dropped.clientCertificate)
}

/** `internal_only_headers` of a route configuration. */
export const internalOnlyHeaders = (routeConfig: JsonObject | null): string[] =>
  routeConfig ? strings(routeConfig, 'internal_only_headers') : []
