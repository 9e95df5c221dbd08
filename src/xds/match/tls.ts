import type {Assumption} from '../../decision/assumption.js'
import {type Check, check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {ConfigDump, Located} from '../parse/config-dump.js'
import {readExtension} from '../parse/extension.js'
import {at, boolean, duration, type JsonObject, list, object, objects, string} from '../parse/field.js'
import type {DownstreamConnection} from './connection.js'
import type {FilterChain} from './filter-chain.js'
import {judgeSan} from './rbac-identity.js'
import type {ClientCertificate, ClientTls} from './request.js'
import {compileStringMatcher} from './string-matcher.js'

/** How the transport socket of the chosen chain takes the client's first bytes. */
export interface Handshake {
  /** Null: the handshake does not come about. */
  connection: DownstreamConnection | null
  /** Without a connection: Envoy closes it, or waits for a silent client's first byte without a time-out. */
  failure: 'closed' | 'waits' | null
  steps: Step[]
  assumptions: Assumption[]
}

const downstreamTls = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'
const plaintextSockets = new Set(['', 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'])

/**
 * Terminates TLS, or passes bytes on, as the chain's transport socket says.
 * @param strayBytes a PROXY header that no listener filter took away stands before the client's bytes.
 */
export function handshake(
  dump: ConfigDump,
  chain: FilterChain,
  connection: DownstreamConnection,
  strayBytes: boolean,
): Handshake {
  const entry = object(chain.raw, 'transport_socket')
  if (!entry) return passing(connection)
  const socket = readExtension(dump, entry, at(chain.at, 'transport_socket'))
  if (socket.type !== downstreamTls) {
    if (plaintextSockets.has(socket.type) && socket.known) return passing(connection)
    const about = `transport socket ${socket.name} (${socket.type || 'not known'})`
    return {...passing(connection), assumptions: [{about, assumed: 'passes bytes on', at: socket.at, turn: null}]}
  }
  if (strayBytes) return terminated(connection, [check('client', 'TLS', 'PROXY header', false)], socket.at)
  if (connection.protocol === 'silent' && !connection.tls) return silent(chain, socket.at)
  if (!connection.tls) return terminated(connection, [check('client', 'TLS', 'plaintext', false)], socket.at)
  return terminate(dump, socket, connection, connection.tls)
}

/** The end of a handshake: it comes about where none of its checks fails. */
function terminated(connection: DownstreamConnection, checks: readonly Check[], place: string): Handshake {
  const failed = checks.find(({holds}) => holds === 'no')
  const step: Step = {
    at: place,
    level: 'tls',
    decided: failed ? null : 'terminated',
    because: checks.filter((done) => done !== failed),
    passedOver: failed ? [{at: place, check: failed}] : [],
  }
  const assumptions = assumptionsOf(checks, place)
  return {connection: failed ? null : connection, failure: failed ? 'closed' : null, steps: [step], assumptions}
}

const passing = (connection: DownstreamConnection): Handshake => ({
  connection,
  failure: null,
  steps: [],
  assumptions: [],
})

/** A client that sends nothing is closed when the chain's time-out for its handshake runs out; by default there is none. */
function silent({raw, at: here}: FilterChain, place: string): Handshake {
  const field = 'transport_socket_connect_timeout'
  const limited = (duration(raw, field) ?? 0) > 0
  const step: Step = {
    at: limited ? at(here, field) : place,
    level: 'tls',
    decided: null,
    because: limited ? [check(field, string(raw, field) ?? '', 'no byte', true)] : [],
    passedOver: [{at: place, check: check('client', 'TLS', 'no byte', false)}],
  }
  return {connection: null, failure: limited ? 'closed' : 'waits', steps: [step], assumptions: []}
}

const assumptionsOf = (checks: readonly Check[], place: string): Assumption[] =>
  checks
    .filter(({holds}) => holds === 'unknown')
    .map(({field, want}) => ({about: `${field} ${want}`, assumed: 'holds', at: place, turn: null}))

/**
 * Envoy asks for a certificate only where it has something to judge it by, and `require_client_certificate` means nothing
 * without that. A certificate that is not asked for stays unseen.
 */
function terminate(dump: ConfigDump, socket: Located, connection: DownstreamConnection, tls: ClientTls): Handshake {
  const validation = readValidation(dump, object(socket.raw, 'common_tls_context') ?? {})
  const {trusts: judges, pins: isPinned, sans, acceptsUntrusted} = validation
  const demands = sans.length > 0 || isPinned
  const asked = judges || demands || acceptsUntrusted
  const required =
    asked && ((boolean(socket.raw, 'require_client_certificate') ?? false) || (demands && !acceptsUntrusted))
  const cert = asked ? tls.cert : null
  const checks = [
    check('client', 'TLS', 'TLS', true),
    ...(required ? [check('client certificate', 'required', cert ? 'presented' : 'none', cert !== null)] : []),
    ...(cert && !acceptsUntrusted ? validate(validation, cert) : []),
  ]
  return terminated({...connection, tls: {...tls, cert}, terminatesTls: true}, checks, socket.at)
}

/** What a peer's certificate is judged by. */
export interface Validation {
  /** The contexts it was read from, in order. */
  parts: JsonObject[]
  /** An authority, or a validator of its own kind, judges the certificate. */
  trusts: boolean
  /** The certificate has to be one of those whose hashes are listed. */
  pins: boolean
  acceptsUntrusted: boolean
  /** One has to be met by a SAN: `{san_type, matcher}`, or a plain StringMatcher of the older form. */
  sans: {typed: boolean; raw: JsonObject}[]
}

/** The validation context in its three places: inline, by SDS, or both merged. What SDS should bring and the dump lacks is taken to verify. */
export function readValidation(dump: ConfigDump, common: JsonObject): Validation {
  const combined = object(common, 'combined_validation_context')
  const parts = [
    object(common, 'validation_context'),
    combined && object(combined, 'default_validation_context'),
    ...[
      object(common, 'validation_context_sds_secret_config'),
      combined && object(combined, 'validation_context_sds_secret_config'),
    ].map((sds) => sds && secretOf(dump, string(sds, 'name') ?? '')),
  ].filter((part) => part !== undefined)
  return {
    parts,
    trusts: parts.some(trusts),
    pins: parts.some(pins),
    acceptsUntrusted: parts.some((part) => string(part, 'trust_chain_verification') === 'ACCEPT_UNTRUSTED'),
    sans: parts.flatMap((part) => [
      ...objects(part, 'match_typed_subject_alt_names').map((raw) => ({typed: true, raw})),
      ...objects(part, 'match_subject_alt_names').map((raw) => ({typed: false, raw})),
    ]),
  }
}

const trusted: JsonObject = {trusted_ca: {}}

function secretOf(dump: ConfigDump, name: string): JsonObject {
  const secret = dump.secrets.get(name)
  return (secret && object(secret.raw, 'validation_context')) ?? trusted
}

const trusts = (part: JsonObject): boolean =>
  object(part, 'trusted_ca') !== undefined ||
  object(part, 'custom_validator_config') !== undefined ||
  object(part, 'ca_certificate_provider_instance') !== undefined

const pins = (part: JsonObject): boolean =>
  list(part, 'verify_certificate_spki').length > 0 || list(part, 'verify_certificate_hash').length > 0

function validate({trusts: judgesChain, pins: isPinned, sans}: Validation, cert: ClientCertificate): Check[] {
  const got = cert.validated ? 'trusted' : 'untrusted'
  return [
    ...(judgesChain ? [check('client certificate', 'of a trusted authority', got, cert.validated)] : []),
    ...(sans.length > 0 ? [anySan(sans, cert)] : []),
    ...(isPinned ? [check('client certificate', 'one of the listed hashes', '(unknown)', 'unknown')] : []),
  ]
}

/** One of the SAN matchers has to fit. */
export function anySan(sans: Validation['sans'], cert: ClientCertificate, field = 'client SAN'): Check {
  const checks = sans.map(({typed, raw}) => (typed ? judgeSan(field, raw, cert) : untypedSan(field, raw, cert)))
  const best = checks.find(({holds}) => holds === 'yes') ?? checks.find(({holds}) => holds === 'unknown') ?? checks[0]
  return best ?? check(field, 'any', '(none)', true)
}

function untypedSan(field: string, raw: JsonObject, {uriSans, dnsSans}: ClientCertificate): Check {
  const {want, known, matches} = compileStringMatcher(raw)
  const names = [...dnsSans, ...uriSans]
  const fitting = names.find((name) => matches(name))
  return check(field, want, fitting ?? (names.join(', ') || '(none)'), known ? fitting !== undefined : 'unknown')
}
