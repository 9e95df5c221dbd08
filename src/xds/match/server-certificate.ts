import {type Check, check} from '../../decision/check.js'
import {type Certificate, readCertificates} from '../parse/certificate.js'
import type {ConfigDump} from '../parse/config-dump.js'
import {isObject, type JsonObject, object, objects, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {anySan, readValidation, type Validation} from './tls.js'

const downstreamTls = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'

/** What the server's side of a handshake is made from: a filter chain's DownstreamTlsContext. */
export function serverContext(dump: ConfigDump, listener: string, chain: number): JsonObject | null {
  const found = dump.listeners.find(({name}) => name === listener)?.raw
  if (found === undefined) return null
  const raw = chain === -1 ? object(found, 'default_filter_chain') : objects(found, 'filter_chains')[chain]
  const config = object(object(raw ?? {}, 'transport_socket') ?? {}, 'typed_config')
  return config !== undefined && string(config, '@type')?.endsWith(downstreamTls) === true ? config : null
}

/** The chain that a server presents, its own certificate first; empty where the capture does not show it. */
export function serverChain({dump, state}: Envoy, context: JsonObject): Certificate[] {
  const common = object(context, 'common_tls_context') ?? {}
  const [sds] = objects(common, 'tls_certificate_sds_secret_configs')
  const secret = dump.secrets.get(string(sds ?? {}, 'name') ?? '')?.raw
  const own = object(secret ?? {}, 'tls_certificate') ?? objects(common, 'tls_certificates')[0]
  const source = object(own ?? {}, 'certificate_chain') ?? {}
  const path = string(source, 'filename')
  return path === undefined ? readCertificates(source) : servedChain(state.certs, path)
}

/** A certificate in a file, as `/certs` shows it: without the names of its issuer and subject. */
function servedChain(certs: unknown, path: string): Certificate[] {
  const leaves = isObject(certs)
    ? objects(certs, 'certificates').flatMap((certificate) => objects(certificate, 'cert_chain').slice(0, 1))
    : []
  const leaf = leaves.find((candidate) => string(candidate, 'path') === path)
  if (leaf === undefined) return []
  const names = (kind: string) => objects(leaf, 'subject_alt_names').flatMap((name) => string(name, kind) ?? [])
  return [
    {
      uriSans: names('uri'),
      dnsSans: names('dns'),
      issuer: '',
      subject: '',
      issuerKey: '',
      subjectKey: '',
      notBefore: string(leaf, 'valid_from') ?? null,
      notAfter: string(leaf, 'expiration_time') ?? null,
    },
  ]
}

/** Why a server does not take a client's certificate; null where it does, or where the capture does not tell. */
export function clientRefusalOf(
  {dump}: Envoy,
  context: JsonObject,
  chain: readonly Certificate[],
  time: string | null,
): {check: Check; reason: 'issuer' | 'time'} | null {
  const [leaf] = chain
  const validation = readValidation(dump, object(context, 'common_tls_context') ?? {})
  if (leaf === undefined || !validation.trusts || validation.acceptsUntrusted) return null
  const issuer = issuerCheck(chain, authoritiesOf(validation), 'client certificate')
  if (issuer?.holds === 'no') return {check: issuer, reason: 'issuer'}
  const valid = timeCheck(leaf, time, 'client certificate')
  return valid?.holds === 'no' ? {check: valid, reason: 'time'} : null
}

const authoritiesOf = ({parts}: Validation): Certificate[] =>
  parts.flatMap((part) => readCertificates(object(part, 'trusted_ca') ?? {}))

/** The chain of a secret that a client presents; empty where the capture does not show it. */
export const secretChain = ({dump}: Envoy, name: string): Certificate[] =>
  readCertificates(
    object(object(dump.secrets.get(name)?.raw ?? {}, 'tls_certificate') ?? {}, 'certificate_chain') ?? {},
  )

/**
 * Why a client does not take a server's certificate: the first comparison that fails, and how Envoy 1.40 puts it in its details. Null
 * where it does, or where the capture does not tell. `time` is ISO, null where it is not known. Signatures are not verified.
 */
export function refusalOf(
  {dump}: Envoy,
  context: JsonObject,
  chain: readonly Certificate[],
  time: string | null,
): {check: Check; reason: string} | null {
  const [leaf] = chain
  const validation = readValidation(dump, object(context, 'common_tls_context') ?? {})
  if (leaf === undefined || !validation.trusts || validation.acceptsUntrusted) return null
  const known = {uriSans: leaf.uriSans, dnsSans: leaf.dnsSans, subject: '', validated: true}
  const san = validation.sans.length === 0 ? null : anySan(validation.sans, known, 'server SAN')
  const names = [...leaf.dnsSans, ...leaf.uriSans].join(',')
  const judged: {check: Check | null; reason: string}[] = [
    {
      check: issuerCheck(chain, authoritiesOf(validation), 'server certificate'),
      reason: verifyError('unable_to_get_local_issuer_certificate'),
    },
    {check: timeCheck(leaf, time, 'server certificate'), reason: verifyError('certificate_has_expired')},
    {check: san, reason: `verify_cert_failed:_SAN_matcher,_certificate_SANs_are_[${names}]`},
  ]
  const failed = judged.find(({check: each}) => each?.holds === 'no')
  return failed?.check == null ? null : {check: failed.check, reason: failed.reason}
}

const verifyError = (error: string): string =>
  `verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_depth_0:_${error}`

/** By names and key identifiers: roots of several clusters often have the same name. */
const mayIssue = ({subject, subjectKey}: Certificate, {issuer, issuerKey}: Certificate): boolean =>
  subject === issuer && (subjectKey === '' || issuerKey === '' || subjectKey === issuerKey)

/** Whether an authority has the name of the last issuer; null where a name could not be read. */
function issuerCheck(chain: readonly Certificate[], authorities: readonly Certificate[], field: string): Check | null {
  const top = chain.at(-1)
  const unread =
    authorities.length === 0 || [...chain, ...authorities].some(({issuer, subject}) => issuer === '' || subject === '')
  if (top === undefined || unread) return null
  const holds = chain.some((issued) => authorities.some((authority) => mayIssue(authority, issued)))
  return check(field, 'of a trusted authority', holds ? 'trusted' : 'of another authority', holds)
}

function timeCheck({notBefore, notAfter}: Certificate, time: string | null, field: string): Check | null {
  if (time === null || notAfter === null) return null
  const [now, end, begin] = [time, notAfter, notBefore ?? notAfter].map((text) => Date.parse(text))
  if (now === undefined || end === undefined || begin === undefined) return null
  const holds = now <= end && now >= begin
  return check(field, `valid at ${time}`, `valid until ${notAfter}`, holds)
}

const versions = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3']

/** Whether both sides agree on TLS 1.3. Envoy's defaults: a client offers up to 1.2, a server takes up to 1.3. */
export function speaksTls13(client: JsonObject, server: JsonObject): boolean {
  const highest = (context: JsonObject, otherwise: string): string => {
    const params = object(object(context, 'common_tls_context') ?? {}, 'tls_params') ?? {}
    const chosen = string(params, 'tls_maximum_protocol_version')
    return chosen === undefined || chosen === 'TLS_AUTO' ? otherwise : chosen
  }
  return [highest(client, 'TLSv1_2'), highest(server, 'TLSv1_3')].every((version) => version === versions.at(-1))
}
