import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import type {Certificates} from './certificates.js'
import * as pool from './pools.js'
import {answers, matchedChains, message, randomChains} from './random-chain.js'
import {randomRbac} from './random-rbac.js'

const filter = 'envoy.extensions.filters.listener'
const proxyProtocol: JsonObject = {
  name: 'proxy_protocol',
  typed_config: message(`${filter}.proxy_protocol.v3.ProxyProtocol`, {allow_requests_without_proxy_protocol: true}),
}
const tlsInspector: JsonObject = {name: 'tls', typed_config: message(`${filter}.tls_inspector.v3.TlsInspector`)}
const httpInspector: JsonObject = {name: 'http', typed_config: message(`${filter}.http_inspector.v3.HttpInspector`)}

export const socketAddress = (address: string, port_value: number, more: JsonObject = {}): JsonObject => ({
  socket_address: {address, port_value, ...more},
})

/** Listener filters in the usual order, each there or not. */
function randomFilters(random: Random): JsonObject[] {
  const off = (each: JsonObject): JsonObject =>
    chance(random, 0.1) ? {...each, filter_disabled: {destination_port_range: {start: 443, end: 444}}} : each
  const wanted = [
    ...(chance(random, 0.75) ? [proxyProtocol] : []),
    ...(chance(random, 0.75) ? [off(tlsInspector)] : []),
    ...(chance(random, 0.5) ? [off(httpInspector)] : []),
  ]
  return chance(random, 0.08) ? wanted.toReversed() : wanted
}

/** What the log says of a connection; the socket's own addresses tell which one it was. */
export const accessLog = (path: string, listener: string): JsonObject => ({
  name: 'file',
  typed_config: message('envoy.extensions.access_loggers.file.v3.FileAccessLog', {
    path,
    log_format: {
      json_format: {
        listener,
        chain: '%FILTER_CHAIN_NAME%',
        flags: '%RESPONSE_FLAGS%',
        details: '%RESPONSE_CODE_DETAILS%',
        termination: '%CONNECTION_TERMINATION_DETAILS%',
        failure: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
        socket: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS%',
      },
    },
  }),
})

const frame = (random: Random, name: string, port: number, log: string): JsonObject => ({
  name,
  address: socketAddress('127.0.0.1', port),
  additional_addresses: [{address: socketAddress('127.0.0.2', port)}],
  listener_filters: randomFilters(random),
  listener_filters_timeout: '2s',
  ...(chance(random, 0.5) ? {continue_on_listener_filters_timeout: true} : {}),
  access_log: [accessLog(log, name)],
})

const byDefault = (random: Random): JsonObject =>
  chance(random, 0.4) ? {default_filter_chain: {name: 'default', filters: [answers]}} : {}

/** A listener with random chains, by their fields or by a matcher. */
export function chainListener(random: Random, name: string, port: number, log: string): JsonObject {
  const chains = chance(random, 0.35)
    ? matchedChains(random)
    : {filter_chains: randomChains(random, whole(random, 2, 6), chance(random, 0.1))}
  return {...frame(random, name, port, log), ...chains, ...byDefault(random)}
}

/** A listener whose only chain has RBAC filters, over plaintext or over one of the ways to end TLS. */
export function rbacListener(
  random: Random,
  name: string,
  port: number,
  log: string,
  certificates: Certificates,
): JsonObject {
  const filters = times(whole(random, 1, 2), (index) => randomRbac(random, index))
  const echo = {name: 'echo', typed_config: message('envoy.extensions.filters.network.echo.v3.Echo')}
  const tls = chance(random, 0.6) ? {transport_socket: transportSocket(random, certificates)} : {}
  return {...frame(random, name, port, log), filter_chains: [{name: 'rbac', filters: [...filters, echo], ...tls}]}
}

function transportSocket(random: Random, {authority, serverCert, serverKey}: Certificates): JsonObject {
  const ca = {trusted_ca: {filename: authority}}
  const validation = pick<JsonObject>(random, [
    {},
    {validation_context: ca},
    {validation_context: {...ca, trust_chain_verification: 'ACCEPT_UNTRUSTED'}},
    {
      validation_context: {
        ...(chance(random, 0.5) ? ca : {...ca, trust_chain_verification: 'ACCEPT_UNTRUSTED'}),
        match_typed_subject_alt_names: [{san_type: 'URI', matcher: {prefix: 'spiffe://td/ns/a/'}}],
      },
    },
  ])
  const tls_certificates = [{certificate_chain: {filename: serverCert}, private_key: {filename: serverKey}}]
  return {
    name: 'tls',
    typed_config: message('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      require_client_certificate: chance(random, 0.3),
      common_tls_context: {tls_certificates, ...validation},
    }),
  }
}

/** Listeners without sockets that connections are handed to, at addresses that PROXY headers name. */
export function handOffTargets(random: Random, count: number, log: string): JsonObject[] {
  const addresses = ['10.1.1.1', '10.1.2.3', '192.168.1.5', '0.0.0.0', '::', 'fd00::1'] as const
  const places = new Set(times(count, () => `${pick(random, addresses)} ${pick(random, pool.ports)}`))
  return [...places].map((place, index) => {
    const [ip = '', port = ''] = place.split(' ')
    const compat = ip === '::' && chance(random, 0.5) ? {ipv4_compat: true} : {}
    const fits = chance(random, 0.75)
    return {
      name: `target${index} ${place}`,
      bind_to_port: false,
      address: socketAddress(ip, Number(port), compat),
      listener_filters: chance(random, 0.3) ? [tlsInspector] : [],
      listener_filters_timeout: '2s',
      filter_chains: [{name: 'only', filter_chain_match: fits ? {} : {destination_port: 1}, filters: [answers]}],
      ...(chance(random, 0.2) ? byDefault(random) : {}),
      access_log: [accessLog(log, `target${index} ${place}`)],
    }
  })
}

/** A listener that hands connections on, or does not. */
export const entryListener = (random: Random, name: string, port: number, log: string): JsonObject => ({
  ...frame(random, name, port, log),
  listener_filters: [proxyProtocol],
  use_original_dst: chance(random, 0.85),
  filter_chains: [{name: 'own', filters: [answers]}],
})
