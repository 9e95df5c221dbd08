import {type Json, number, object, objects, text} from '../field.js'

/** Where a route leads, and what it does on the way: rewrite, time-out, retries, mirror, fault. */
export function routeAction(route: Json): string {
  const extras = fault(route)
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

const share = (weight: number, total: number): string =>
  total === 0 ? '0%' : `${Number(((100 * weight) / total).toFixed(2))}%`

function policies(action: Json): string[] {
  const rewrite =
    text(action, 'prefix_rewrite') ??
    text(object(action, 'regex_rewrite'), 'substitution') ??
    text(object(object(action, 'path_rewrite_policy'), 'typed_config'), 'path_template_rewrite')
  const host = text(action, 'host_rewrite_literal') ?? text(action, 'host_rewrite_header')
  const timeout = text(action, 'timeout')
  const retries = object(action, 'retry_policy')
  const mirrors = objects(action, 'request_mirror_policies').map((mirror) => text(mirror, 'cluster') ?? '')
  return [
    ...(rewrite === undefined ? [] : [`path becomes ${rewrite}`]),
    ...(host === undefined ? [] : [`host becomes ${host}`]),
    ...(timeout === undefined || timeout === '0s' ? [] : [`timeout ${timeout}`]),
    ...(retries ? [`${number(retries, 'num_retries') ?? 1} retries on ${text(retries, 'retry_on') ?? 'nothing'}`] : []),
    ...mirrors.map((cluster) => `mirrored to ${cluster}`),
  ]
}

function redirectTarget(redirect: Json): string {
  const code = text(redirect, 'response_code') ?? 'MOVED_PERMANENTLY'
  const scheme = text(redirect, 'scheme_redirect') ?? (redirect['https_redirect'] === true ? 'https' : undefined)
  const path = text(redirect, 'path_redirect') ?? text(redirect, 'prefix_rewrite') ?? ''
  const port = number(redirect, 'port_redirect')
  const host = text(redirect, 'host_redirect')
  const target = `${scheme === undefined ? '' : `${scheme}://`}${host ?? ''}${port === undefined ? '' : `:${port}`}${path}`
  return `${target || 'to itself'} (${code})`
}

/** Faults that a route injects through its own configuration of the fault filter. */
function fault(route: Json): string[] {
  const config = object(object(route, 'typed_per_filter_config'), 'envoy.filters.http.fault')
  const abort = object(config, 'abort')
  const delay = object(config, 'delay')
  const percent = (of: Json | undefined) => `${number(object(of, 'percentage'), 'numerator') ?? 0}%`
  return [
    ...(abort ? [`fault: ${percent(abort)} aborted with ${number(abort, 'http_status') ?? 'a gRPC status'}`] : []),
    ...(delay ? [`fault: ${percent(delay)} delayed by ${text(delay, 'fixed_delay') ?? 'a header'}`] : []),
  ]
}
