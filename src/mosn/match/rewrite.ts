import type {MosnRoute} from '../parse/router.js'
import {searchRegex} from '../regex.js'
import type {MosnHttpRequest} from './request.js'
import type {RoutedRequest} from './routed-request.js'
import {sentTarget} from './uri.js'

/** The request as it is sent on. Routes by variables and by expressions rewrite nothing, those by headers no path. */
export function rewrittenRequest(http: MosnHttpRequest, routed: RoutedRequest, route: MosnRoute): MosnHttpRequest {
  const {uri} = routed
  if (uri === null) return http
  const {kind} = route.condition
  const passive = kind === 'variables' || kind === 'dsl'
  const path = passive || kind === 'headers' ? uri.path : rewrittenPath(route, uri.path)
  const authority = passive ? null : rewrittenHost(route, routed)
  const host = authority ?? (uri.host === '' ? http.authority : uri.host)
  const original: [string, string][] = path === uri.path ? [] : [['x-mosn-original-path', uri.path]]
  return {...http, authority: host, path: sentTarget(uri, path), headers: [...http.headers, ...original]}
}

/** A prefix counts before a regular expression. It stands for what the route matched by, as text, where the path begins so. */
function rewrittenPath({condition, prefixRewrite, regexRewrite}: MosnRoute, path: string): string {
  if (path === '') return path
  if (prefixRewrite !== null) {
    const matched = 'text' in condition ? condition.text : ''
    return path.startsWith(matched) ? prefixRewrite + path.slice(matched.length) : path
  }
  if (regexRewrite === null) return path
  return searchRegex(regexRewrite.pattern)?.replaceAll(path, regexRewrite.substitution) ?? path
}

const rewrittenHost = ({hostRewrite, hostRewriteHeader}: MosnRoute, request: RoutedRequest): string | null =>
  hostRewrite ?? (hostRewriteHeader === null ? null : request.header(hostRewriteHeader))

/** Where a redirect leads: parts that the route does not name stay, the query too. */
export function redirectLocation(
  redirect: NonNullable<MosnRoute['redirect']>,
  routed: RoutedRequest,
  isTls: boolean,
): string {
  const current = isTls ? 'https' : 'http'
  const scheme = redirect.scheme ?? current
  const host = withoutDefaultPort(redirect.host ?? routed.uri?.host ?? '', scheme, current)
  const path = redirect.path ?? routed.uri?.path ?? ''
  const query = routed.uri?.query ?? ''
  const slash = host !== '' && path !== '' && !path.startsWith('/') ? '/' : ''
  return `${scheme}://${host}${slash}${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}${query === '' ? '' : `?${query}`}`
}

/** With another scheme the port of the old one is left out. */
function withoutDefaultPort(host: string, scheme: string, current: string): string {
  if (scheme === current) return host
  const old = scheme === 'http' ? ':443' : scheme === 'https' ? ':80' : null
  return old !== null && host.endsWith(old) ? host.slice(0, -old.length) : host
}
