import {duration, type JsonObject, number, object, objects, string, strings} from '../../parse/field.js'
import {type Fraction, readFraction, runtimeFraction} from '../../runtime.js'
import {compileHeaderMatcher} from '../header-matcher.js'
import {type Passage, withNote} from '../passage.js'
import {headerValue} from '../routed-request.js'
import type {Situation} from '../situation.js'
import {type FilterCall, type FilterWay, goOn, type HttpFilter, reply, settings} from './http-filter.js'

/** Aborts with the configured status, certainly, never, or by a coin of its own; delays are noted. */
export const fault: HttpFilter = (call, passage) => {
  const {raw, at} = settings(call)
  if (!concerns(call.situation, raw, passage)) return goOn(passage)
  const delayed = noteDelay(call, raw, at, passage)
  const abort = object(raw, 'abort')
  const status = abort ? abortStatus(abort, delayed) : null
  if (!abort || status === null) return goOn(delayed)
  const {taken, of} = abortShare(call, raw, abort, delayed)
  const share = taken / of
  const aborted = (chance: number): FilterWay =>
    reply({...delayed, chance: delayed.chance * chance}, status, 'FI', 'fault_filter_abort')
  if (taken <= 0) return goOn(delayed)
  if (taken >= of) return [aborted(1)]
  return [aborted(share), ...goOn({...delayed, chance: delayed.chance * (1 - share)})]
}

/** Cluster, node and headers that the fault is limited to. */
function concerns({surroundings}: Situation, raw: JsonObject, {request, selection}: Passage): boolean {
  const cluster = string(raw, 'upstream_cluster')
  if (cluster && selection.target?.cluster !== cluster) return false
  const nodes = strings(raw, 'downstream_nodes')
  const node = headerValue(request, 'x-envoy-downstream-service-node') ?? ''
  if (nodes.length > 0 && !nodes.includes(node)) return false
  return objects(raw, 'headers').every(
    (matcher) => compileHeaderMatcher(matcher, surroundings.joinsRouteHeaders).judge(request) === true,
  )
}

/** The HTTP status of the abort; null where the header that should name it does not, or names none. */
function abortStatus(abort: JsonObject, {request}: Passage): number | null {
  const fixed = number(abort, 'http_status')
  if (fixed !== undefined) return fixed
  const grpc = number(abort, 'grpc_status')
  if (grpc !== undefined) return httpStatusOfGrpc(grpc)
  if (!object(abort, 'header_abort')) return null
  const asked = headerNumber(headerValue(request, 'x-envoy-fault-abort-request'))
  if (asked !== null) return asked >= 200 && asked < 600 ? asked : null
  const askedGrpc = headerNumber(headerValue(request, 'x-envoy-fault-abort-grpc-request'))
  return askedGrpc === null || askedGrpc > 16 ? null : httpStatusOfGrpc(askedGrpc)
}

const headerNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null

/** Grpc::Utility::grpcToHttpStatus. */
function httpStatusOfGrpc(status: number): number {
  const byCode = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]
  return byCode[status] ?? 500
}

/** The configured percentage; a runtime key may change it, and a header may lower it where headers control the fault. */
function abortShare({situation}: FilterCall, raw: JsonObject, abort: JsonObject, {request}: Passage): Fraction {
  const key = string(raw, 'abort_percent_runtime') || 'fault.http.abort.abort_percent'
  const configured = object(abort, 'percentage') ?? {}
  const asked = headerNumber(headerValue(request, 'x-envoy-fault-abort-request-percentage'))
  const percentage =
    object(abort, 'header_abort') && asked !== null
      ? {...configured, numerator: Math.min(asked, readFraction(configured).taken)}
      : configured
  return runtimeFraction(situation.surroundings.envoy, {runtime_key: key, default_value: percentage})
}

function noteDelay({situation}: FilterCall, raw: JsonObject, here: string, passage: Passage): Passage {
  const delay = object(raw, 'delay')
  if (!delay || !situation.explain) return passage
  const key = string(raw, 'delay_percent_runtime') || 'fault.http.delay.fixed_delay_percent'
  const {taken, of} = runtimeFraction(situation.surroundings.envoy, {
    runtime_key: key,
    default_value: object(delay, 'percentage') ?? {},
  })
  if (taken <= 0) return passage
  const time = duration(delay, 'fixed_delay')
  const how = time === undefined ? 'as x-envoy-fault-delay-request says' : `${time} ms`
  return withNote(passage, {kind: 'delay', text: `${how}, ${(100 * taken) / of} % of requests`, at: `${here}.delay`})
}
