import type {Located} from '../../parse/config-dump.js'
import {at, boolean, object, objects} from '../../parse/field.js'
import {runtimeFraction} from '../../runtime.js'
import type {Passage} from '../passage.js'
import {headerValue} from '../routed-request.js'
import {compileStringMatcher} from '../string-matcher.js'
import {type FilterCall, goOn, type HttpFilter, reply} from './http-filter.js'

/**
 * Answers a preflight (OPTIONS with origin and access-control-request-method) that the policy covers, with 200; other
 * requests go on, from whatever origin.
 */
export const cors: HttpFilter = (call, passage) => {
  const policy = policyOf(call, passage)
  const {request, selection} = passage
  const origin = headerValue(request, 'origin')
  if (!policy || !origin || !selection.route || !object(selection.route.raw, 'route')) return goOn(passage)
  const enabled = object(policy.raw, 'filter_enabled')
  if (enabled && runtimeFraction(call.situation.surroundings.envoy, enabled).taken === 0) return goOn(passage)
  if (request.method !== 'OPTIONS' || !headerValue(request, 'access-control-request-method')) return goOn(passage)
  const allowed = objects(policy.raw, 'allow_origin_string_match').some((matcher) =>
    compileStringMatcher(matcher).matches(origin),
  )
  const forwardsOthers = boolean(policy.raw, 'forward_not_matching_preflights') ?? true
  return allowed || !forwardsOthers ? [reply(passage, 200, '-', 'cors_response')] : goOn(passage)
}

/** The per-route CorsPolicy, else the older `cors` of route and virtual host. */
function policyOf({perRoute}: FilterCall, {selection}: Passage): Located | null {
  if (perRoute) return perRoute
  const {route, virtualHost} = selection
  const ofRoute = route && object(object(route.raw, 'route') ?? {}, 'cors')
  if (route && ofRoute) return {raw: ofRoute, at: at(route.at, 'route', 'cors')}
  const ofHost = virtualHost && object(virtualHost.raw, 'cors')
  return virtualHost && ofHost ? {raw: ofHost, at: at(virtualHost.at, 'cors')} : null
}
