import {type Check, check} from '../../decision/check.js'
import {boolean, type JsonObject, object, string} from '../parse/field.js'
import type {DownstreamConnection} from './connection.js'
import {type Judged, judged} from './judged.js'
import type {ClientCertificate} from './request.js'
import {compileStringMatcher} from './string-matcher.js'

/**
 * `authenticated`: any TLS when no name is asked for, else any URI SAN, any DNS SAN or the subject.
 * A client without certificate has an empty subject.
 */
export function judgeAuthenticated(authenticated: JsonObject, connection: DownstreamConnection): Judged {
  const name = object(authenticated, 'principal_name')
  if (!connection.tls || !connection.terminatesTls)
    return judged(check('authenticated', name ? compileStringMatcher(name).want : 'TLS', 'plaintext', false))
  if (!name) return judged(check('authenticated', 'TLS', 'TLS', true))
  const {want, known, matches} = compileStringMatcher(name)
  if (!known) return judged(check('authenticated', want, '(unknown)', 'unknown'))
  const names = namesOf(connection.tls.cert)
  const fitting = names.find((candidate) => matches(candidate))
  return judged(check('authenticated', want, fitting ?? describeNames(names), fitting !== undefined))
}

const namesOf = (cert: ClientCertificate | null): string[] =>
  cert ? [...cert.uriSans, ...cert.dnsSans, cert.subject] : ['']

const describeNames = (names: readonly string[]): string =>
  names.filter((name) => name !== '').join(', ') || '(no certificate)'

/** `mtls_authenticated`: a validated client certificate, with a SAN where one is asked for. */
export function judgeMutualTls(config: JsonObject, connection: DownstreamConnection): Judged {
  const cert = connection.terminatesTls ? (connection.tls?.cert ?? null) : null
  const field = 'mtls_authenticated'
  if (!cert?.validated)
    return judged(check(field, 'a validated client certificate', describeNames(namesOf(cert)), false))
  const san = object(config, 'san_matcher')
  if (!san)
    return judged(
      check(field, 'any certificate', cert.subject, boolean(config, 'any_validated_client_certificate') ?? false),
    )
  return judged(judgeSan(field, san, cert))
}

/** Judges a `SubjectAltNameMatcher` with a certificate; SANs other than URI and DNS are not in the request. */
export function judgeSan(field: string, san: JsonObject, cert: ClientCertificate): Check {
  const type = string(san, 'san_type') ?? ''
  const {want, known, matches} = compileStringMatcher(object(san, 'matcher') ?? {})
  const names = {URI: cert.uriSans, DNS: cert.dnsSans}[type]
  if (!names || !known) return check(field, `${type} ${want}`, '(unknown)', 'unknown')
  const fitting = names.find((name) => matches(name))
  return check(field, `${type} ${want}`, fitting ?? (names.join(', ') || '(none)'), fitting !== undefined)
}
