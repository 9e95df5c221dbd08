import type {Assumption} from '../../decision/assumption.js'
import {type Check, check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {ConfigDump} from '../parse/config-dump.js'
import {readExtension} from '../parse/extension.js'
import {at, boolean, type JsonObject, list, object, objects, string, strings} from '../parse/field.js'
import type {DownstreamConnection} from './connection.js'
import type {FilterChain} from './filter-chain.js'
import {judgeSan} from './rbac-identity.js'
import type {ClientCertificate} from './request.js'
import {compileStringMatcher} from './string-matcher.js'

/** How the transport socket of the chosen chain takes the client's first bytes. */
export interface Handshake {
  /** Null: the handshake fails, and Envoy closes the connection. */
  connection: DownstreamConnection | null
  step: Step | null
  assumptions: Assumption[]
}

const downstreamTls = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'
const plaintextSockets = new Set(['', 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'])

/** Terminates TLS, or passes bytes on, as the chain's transport socket says. */
export function handshake(dump: ConfigDump, chain: FilterChain, connection: DownstreamConnection): Handshake {
  const entry = object(chain.raw, 'transport_socket')
  if (!entry) return passing(connection)
  const socket = readExtension(dump, entry, at(chain.at, 'transport_socket'))
  if (socket.type !== downstreamTls) {
    if (plaintextSockets.has(socket.type) && socket.known) return passing(connection)
    const about = `transport socket ${socket.name} (${socket.type || 'not known'})`
    return {...passing(connection), assumptions: [{about, assumed: 'passes bytes on', at: socket.at, turn: null}]}
  }
  const {checks, connection: after} = terminate(dump, socket.raw, connection)
  const failed = checks.find(({holds}) => holds === 'no')
  const step: Step = {
    at: socket.at,
    level: 'tls',
    decided: failed ? null : 'terminated',
    because: checks.filter((done) => done !== failed),
    passedOver: failed ? [{at: socket.at, check: failed}] : [],
  }
  return {connection: failed ? null : after, step, assumptions: assumptionsOf(checks, socket.at)}
}

const passing = (connection: DownstreamConnection): Handshake => ({
  connection: {...connection, terminatesTls: false},
  step: null,
  assumptions: [],
})

const assumptionsOf = (checks: readonly Check[], place: string): Assumption[] =>
  checks
    .filter(({holds}) => holds === 'unknown')
    .map(({field, want}) => ({about: `${field} ${want}`, assumed: 'holds', at: place, turn: null}))

interface Terminated {
  checks: Check[]
  connection: DownstreamConnection
}

function terminate(dump: ConfigDump, context: JsonObject, connection: DownstreamConnection): Terminated {
  const {tls, protocol} = connection
  if (!tls)
    return {checks: [check('client', 'TLS', protocol === 'silent' ? 'no byte' : 'plaintext', false)], connection}
  const common = object(context, 'common_tls_context') ?? {}
  const validation = readValidation(dump, common)
  const required = boolean(context, 'require_client_certificate') ?? false
  // Envoy asks for a certificate only where it could do something with it.
  const asked = required || validation.verifies
  const cert = asked ? tls.cert : null
  const checks = [
    check('client', 'TLS', 'TLS', true),
    ...(required ? [check('client certificate', 'required', cert ? 'presented' : 'none', cert !== null)] : []),
    ...(cert ? validate(validation, cert) : []),
  ]
  return {checks, connection: {...connection, tls: {...tls, cert}, terminatesTls: true}}
}

interface Validation {
  /** A trusted authority, a pinned certificate, or a custom validator is configured. */
  verifies: boolean
  acceptsUntrusted: boolean
  /** Each has to be met by a SAN: `{san_type, matcher}`, or a plain StringMatcher of the older form. */
  sans: {typed: boolean; raw: JsonObject}[]
}

/** The validation context in its three places: inline, by SDS, or both merged. What SDS should bring and the dump lacks is taken to verify. */
function readValidation(dump: ConfigDump, common: JsonObject): Validation {
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
    verifies: parts.some(verifies),
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

const verifies = (part: JsonObject): boolean =>
  object(part, 'trusted_ca') !== undefined ||
  object(part, 'custom_validator_config') !== undefined ||
  object(part, 'ca_certificate_provider_instance') !== undefined ||
  strings(part, 'verify_certificate_spki').length > 0 ||
  list(part, 'verify_certificate_hash').length > 0

function validate({verifies: checksChain, acceptsUntrusted, sans}: Validation, cert: ClientCertificate): Check[] {
  if (!checksChain || acceptsUntrusted) return []
  const chain = check(
    'client certificate',
    'of a trusted authority',
    cert.validated ? 'trusted' : 'untrusted',
    cert.validated,
  )
  return sans.length === 0 || !cert.validated ? [chain] : [chain, anySan(sans, cert)]
}

/** One of the SAN matchers has to fit. */
function anySan(sans: Validation['sans'], cert: ClientCertificate): Check {
  const checks = sans.map(({typed, raw}) => (typed ? judgeSan('client SAN', raw, cert) : untypedSan(raw, cert)))
  const best = checks.find(({holds}) => holds === 'yes') ?? checks.find(({holds}) => holds === 'unknown') ?? checks[0]
  return best ?? check('client SAN', 'any', '(none)', true)
}

function untypedSan(raw: JsonObject, {uriSans, dnsSans}: ClientCertificate): Check {
  const {want, known, matches} = compileStringMatcher(raw)
  const names = [...dnsSans, ...uriSans]
  const fitting = names.find((name) => matches(name))
  return check('client SAN', want, fitting ?? (names.join(', ') || '(none)'), known ? fitting !== undefined : 'unknown')
}
