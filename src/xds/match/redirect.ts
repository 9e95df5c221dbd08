import {boolean, type JsonObject, number, object, string} from '../parse/field.js'
import {portStart} from './authority.js'
import {regexRewritten, rewritePath} from './rewrite.js'
import type {CompiledRoute} from './route.js'
import type {RoutedRequest} from './routed-request.js'
import {headerValue, pathOnly} from './routed-request.js'

const redirectCodes: Record<string, number> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
}

/** Status of a RedirectAction, 301 by default. */
export const redirectStatus = (redirect: JsonObject): number =>
  redirectCodes[string(redirect, 'response_code') ?? 'MOVED_PERMANENTLY'] ?? 301

/** The Location of a RedirectAction (Http::Utility::newUri); a CONNECT without a path gets none. */
export function redirectLocation(route: CompiledRoute, redirect: JsonObject, request: RoutedRequest): string | null {
  if (request.path === null) return null
  const scheme =
    string(redirect, 'scheme_redirect') || (boolean(redirect, 'https_redirect') ? 'https' : '') || request.scheme
  const port = number(redirect, 'port_redirect')
  const host = string(redirect, 'host_redirect') || keptHost(request, scheme, port !== undefined)
  const path = redirectPath(route, redirect, request)
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}${path.startsWith('/') ? '' : '/'}${path}`
}

/** The Location of `require_tls` (Http::Utility::createSslRedirectPath): the host with whatever port it has. */
export const tlsLocation = ({authority, path}: RoutedRequest): string | null =>
  path === null ? null : `https://${authority}${path}`

/** The request's own URL: the Location of a direct response that has one. */
export const ownLocation = (request: RoutedRequest): string =>
  `${request.scheme}://${keptHost(request, request.scheme, false)}${request.path ?? ''}`

/** The request's host; its port goes where it was the old scheme's own, or the redirect names another. */
function keptHost(request: RoutedRequest, newScheme: string, newPort: boolean): string {
  const start = portStart(request.authority)
  if (start < 0) return request.authority
  const port = request.authority.slice(start)
  const proto = headerValue(request, 'x-forwarded-proto') ?? request.scheme
  const ownPort = (proto === 'https' && port === ':443') || (proto === 'http' && port === ':80')
  return newPort || (newScheme !== proto && ownPort) ? request.authority.slice(0, start) : request.authority
}

function redirectPath(route: CompiledRoute, redirect: JsonObject, request: RoutedRequest): string {
  const path = request.path ?? ''
  const query = path.slice(pathOnly(path).length)
  const fixed = string(redirect, 'path_redirect')
  // A query of its own takes the request's place and is not stripped.
  if (fixed?.includes('?')) return fixed
  const target = fixed ? fixed + query : rewrittenPath(route, redirect, path)
  return boolean(redirect, 'strip_query') ? target.replace(/\?.*$/s, '') : target
}

function rewrittenPath(route: CompiledRoute, redirect: JsonObject, path: string): string {
  const regex = object(redirect, 'regex_rewrite')
  if (!regex) return rewritePath(route, redirect, path)
  const only = pathOnly(path)
  const rewritten = regexRewritten(regex, only)
  return rewritten === '' ? path : rewritten + path.slice(only.length)
}
