import {SourceError} from '../../errors.js'
import {errorCode} from '../file-error.js'
import {resourceName} from './api-resource.js'
import type {Access} from './cluster.js'
import {textAt} from './json.js'
import {refusalOf, roleFor} from './role.js'

/** The API server that was asked. */
export interface ApiPlace {
  /** `cluster NAME-OF-CONTEXT`. */
  where: string
  server: string
  timeoutMs: number
}

/** Why the API server, or whoever answers in its place, gave no success. */
export function answerFailure(
  {status, body}: {status: number; body: Buffer},
  access: Access,
  place: ApiPlace,
): SourceError {
  const message = messageOf(body)
  if (status === 401)
    return new SourceError(
      'forbidden',
      'the API server does not accept these credentials (401 Unauthorized)',
      place.where,
      'A token may have expired: log in again, or choose another context with --context',
    )
  if (status === 403) return refused(access, message, place)
  const object = [resourceName(access.resource, access.subresource), access.name ?? ''].join(' ').trim()
  const asked = access.namespace === undefined ? object : `${object} in namespace ${access.namespace}`
  if (status === 404) return notFound(access, message, place)
  if (status === 429 || status >= 500)
    return new SourceError(
      'unreachable',
      `answered ${status} for ${asked}${said(message)}`,
      place.where,
      'Ask again later',
    )
  // 400 names what is wrong with the question itself: a container that the pod does not have, a pod that has not been scheduled.
  return new SourceError('unreachable', message ?? `answered ${status} for ${asked}`, place.where)
}

/** What the API server itself says, `status.message`; of any other answer nothing. */
function messageOf(body: Buffer): string | undefined {
  try {
    return textAt(JSON.parse(body.toString('utf8')), 'message')
  } catch {
    return undefined
  }
}

const said = (message: string | undefined): string => (message === undefined ? '' : `: ${message.slice(0, 300)}`)

/** The server names the user; where it says no more than that, verb and resource are what was asked. */
function refused(access: Access, message: string | undefined, {where}: ApiPlace): SourceError {
  const user = /User "([^"]+)"/.exec(message ?? '')?.[1]
  const who = user === undefined ? '' : `${user} `
  return new SourceError('forbidden', `${who}${refusalOf(access)}`, where, 'This would allow it:', {
    remedy: roleFor(access, user),
  })
}

/** There is no object of that name; the kind of object is known. */
export class NoSuchObject extends SourceError {}

/** The server knows no such kind of object, or not in this version. */
export class UnknownResource extends SourceError {}

/** An object that is not there, or a kind of object that this version of the server does not know. */
function notFound(
  {resource, name, namespace, subresource}: Access,
  message: string | undefined,
  {where}: ApiPlace,
): SourceError {
  const kind = resource.plural.replace(/s$/, '')
  if (name === undefined || message === undefined || /could not find the requested resource/.test(message)) {
    const unknown = `the API server does not know ${resourceName(resource, subresource)} in version ${resource.version}`
    return new UnknownResource(
      'unreachable',
      unknown,
      where,
      'Its version, or what is installed in the cluster, is another',
    )
  }
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`
  return new NoSuchObject('unreachable', `no ${kind} ${name}${place}`, where)
}

/** Why no answer came, or none that ends. */
export function connectionFailure(error: unknown, {where, server, timeoutMs}: ApiPlace): SourceError {
  if (error instanceof SourceError) return error
  const code = errorCode(error)
  const reason = error instanceof Error ? error.message : String(error)
  const late = code === 'ETIMEDOUT' || /timed out/i.test(reason)
  const what = late
    ? `did not answer within ${timeoutMs / 1000} s`
    : (failures[code] ?? certificate(code) ?? `cannot be asked (${reason})`)
  const hint = late
    ? 'Wait longer with --timeout, or look whether the address is right'
    : 'Is it running, and is the context the right one?'
  return new SourceError('unreachable', `API server ${server} ${what}`, where, hint, {cause: error})
}

const failures: Record<string, string> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke off in the middle',
  EPIPE: 'broke off in the middle',
  ECONNABORTED: 'broke off in the middle',
  ENOTFOUND: 'has a name that nobody knows',
  EAI_AGAIN: 'has a name that could not be looked up',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
  EPROTO: 'does not speak TLS there',
}

function certificate(code: string): string | undefined {
  if (code === 'CERT_HAS_EXPIRED') return 'shows a certificate that has expired'
  if (/^ERR_TLS_CERT_ALTNAME_INVALID$/.test(code)) return 'shows a certificate for another name'
  const unknown = /^(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(?:VERIFY_LEAF|GET_ISSUER)/
  if (unknown.test(code)) return 'shows a certificate that the kubeconfig’s authority has not signed'
  return code.startsWith('ERR_SSL_') ? 'ended the TLS handshake' : undefined
}

/** The kubeconfig's user has no credentials that work: a missing file, a plugin that is absent or fails. */
export function credentialFailure(error: unknown, {where}: ApiPlace): SourceError {
  const reason = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] || 'no reason given'
  return new SourceError(
    'forbidden',
    `credentials cannot be had: ${reason}`,
    where,
    'Log in again, or choose another context with --context',
    {cause: error},
  )
}
