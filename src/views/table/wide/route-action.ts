import {isTrue, type Json, number, object, objects, text} from '../field.js'
import {faults} from './fault.js'
import {fractionText, share} from './share.js'

/**
 * Where a route leads, and what it does on the way: rewrite, time-out, retries, mirror, fault. `around` is what the route stands in: its
 * virtual host, then the route configuration.
 */
export function routeAction(route: Json, around: readonly Json[]): string {
  const extras = faults([route, ...around])
  const redirect = object(route, 'redirect')
  if (redirect) return [`redirect ${redirectTarget(redirect)}`, ...extras].join('; ')
  const direct = object(route, 'direct_response')
  if (direct) return [`responds ${number(direct, 'status') ?? 200}`, ...extras].join('; ')
  const action = object(route, 'route')
  if (action) return [destination(action), ...policies(action), ...extras].join('; ')
  return object(route, 'non_forwarding_action') ? 'not forwarded' : 'unknown action'
}

function destination(action: Json): string {
  const weighted = objects(object(action, 'weighted_clusters'), 'clusters')
  if (weighted.length > 0) {
    const weight = (cluster: Json) => number(cluster, 'weight') ?? 0
    const total = weighted.reduce((sum, cluster) => sum + weight(cluster), 0)
    return weighted.map((cluster) => `${share(weight(cluster), total)} ${text(cluster, 'name') ?? ''}`).join(', ')
  }
  const header = text(action, 'cluster_header')
  return header === undefined
    ? (text(action, 'cluster') ?? 'chosen by an extension')
    : `the cluster in header ${header}`
}

function policies(action: Json): string[] {
  const path = pathRewrite(action)
  const host = hostRewrite(action)
  const timeout = text(action, 'timeout')
  const retries = object(action, 'retry_policy')
  return [
    ...(path === undefined ? [] : [`path becomes ${path}`]),
    ...(host === undefined ? [] : [`host becomes ${host}`]),
    ...(timeout === undefined || timeout === '0s' ? [] : [`timeout ${timeout}`]),
    ...(retries ? [`${number(retries, 'num_retries') ?? 1} retries on ${text(retries, 'retry_on') ?? 'nothing'}`] : []),
    ...objects(action, 'request_mirror_policies').map(mirror),
  ]
}

const pathRewrite = (action: Json): string | undefined =>
  text(action, 'prefix_rewrite') ??
  regexRewrite(object(action, 'regex_rewrite')) ??
  text(object(object(action, 'path_rewrite_policy'), 'typed_config'), 'path_template_rewrite')

const regexRewrite = (rewrite: Json | undefined): string | undefined =>
  rewrite && `${text(rewrite, 'substitution') ?? ''} where regex ${text(object(rewrite, 'pattern'), 'regex') ?? ''}`

function hostRewrite(action: Json): string | undefined {
  const literal = text(action, 'host_rewrite_literal')
  if (literal !== undefined) return literal
  const header = text(action, 'host_rewrite_header')
  if (header !== undefined) return `that of header ${header}`
  const ofPath = regexRewrite(object(action, 'host_rewrite_path_regex'))
  if (ofPath !== undefined) return `${ofPath} in the path`
  return isTrue(action, 'auto_host_rewrite') ? 'the endpoint’s name' : undefined
}

/** Without a fraction Envoy mirrors everything. */
function mirror(policy: Json): string {
  const fraction = object(object(policy, 'runtime_fraction'), 'default_value')
  const header = text(policy, 'cluster_header')
  const target = text(policy, 'cluster') ?? (header === undefined ? '' : `the cluster in header ${header}`)
  return `${fraction ? `${fractionText(fraction)} ` : ''}mirrored to ${target}`
}

function redirectTarget(redirect: Json): string {
  const code = text(redirect, 'response_code') ?? 'MOVED_PERMANENTLY'
  const scheme = text(redirect, 'scheme_redirect') ?? (redirect['https_redirect'] === true ? 'https' : undefined)
  const path =
    text(redirect, 'path_redirect') ??
    text(redirect, 'prefix_rewrite') ??
    regexRewrite(object(redirect, 'regex_rewrite')) ??
    ''
  const port = number(redirect, 'port_redirect')
  const host = text(redirect, 'host_redirect')
  const target = `${scheme === undefined ? '' : `${scheme}://`}${host ?? ''}${port === undefined ? '' : `:${port}`}${path}`
  return `${target || 'to itself'} (${code})`
}
