import {boolean, type JsonObject, object, string, strings} from '../../parse/field.js'
import {httpStatus} from '../../parse/http-status.js'
import {runtimeFraction} from '../../runtime.js'
import {goOn, type HttpFilter, settings} from './http-filter.js'
import {suppose} from './supposed.js'

/** A processing server sees the request and may answer or change it. */
export const externalProcessing: HttpFilter = (call, passage) => {
  if (call.perRoute && boolean(call.perRoute.raw, 'disabled')) return goOn(passage)
  const {raw} = call.filter
  const failureAllows = boolean(raw, 'failure_mode_allow') ?? false
  return suppose(call, passage, {
    word: 'ext_proc',
    byDefault: 'lets the request go on, unchanged',
    answers: {
      deny: {status: null, responseFlags: '-', details: null},
      error: failureAllows ? null : {status: 500, responseFlags: '-', details: 'ext_proc_error'},
    },
    opaque: strings(object(object(raw, 'metadata_options') ?? {}, 'receiving_namespaces') ?? {}, 'untyped'),
    reselects: string(raw, 'route_cache_action') === 'CLEAR',
  })
}

/** Envoy takes 429 for whatever is no error. */
function limitStatus(raw: JsonObject, name: string): number {
  const status = httpStatus(raw, name) ?? 429
  return status >= 400 ? status : 429
}

/** A rate limit service; what it counts is not in the dump. */
export const rateLimit: HttpFilter = (call, passage) => {
  if (!passage.selection.route) return goOn(passage)
  const status = limitStatus(call.filter.raw, 'rate_limited_status')
  const failureDenies = boolean(call.filter.raw, 'failure_mode_deny') ?? false
  return suppose(call, passage, {
    word: 'ratelimit',
    byDefault: 'is within its limits',
    answers: {
      deny: {status, responseFlags: 'RL', details: 'request_rate_limited'},
      error: failureDenies ? {status: 500, responseFlags: 'RLSE', details: 'rate_limiter_error'} : null,
    },
    opaque: [],
  })
}

/** A token bucket of this Envoy; enabled and enforced for nobody unless the configuration says so. */
export const localRateLimit: HttpFilter = (call, passage) => {
  const {raw} = settings(call)
  const {envoy} = call.situation.surroundings
  const share = (name: string) => runtimeFraction(envoy, object(raw, name) ?? {}).taken
  if (!object(raw, 'token_bucket') || share('filter_enabled') === 0 || share('filter_enforced') === 0)
    return goOn(passage)
  const status = limitStatus(raw, 'status')
  return suppose(call, passage, {
    word: 'local_ratelimit',
    byDefault: 'has tokens left',
    answers: {deny: {status, responseFlags: 'RL', details: 'local_rate_limited'}},
    opaque: [],
  })
}

/** Code that is not looked into. Extensions that are built into Istio's proxy under WebAssembly's name only watch. */
export const wasm: HttpFilter = (call, passage) => {
  const machine = object(object(settings(call).raw, 'config') ?? {}, 'vm_config') ?? {}
  if (machine['runtime'] === 'envoy.wasm.runtime.null') return goOn(passage)
  return suppose(call, passage, {
    word: 'wasm',
    byDefault: 'lets the request go on, unchanged',
    answers: {deny: {status: null, responseFlags: '-', details: null}},
    opaque: ['*'],
  })
}

/** Limits that hang on load which no dump shows. */
export const loadControl =
  (word: string, details: string): HttpFilter =>
  (call, passage) =>
    suppose(call, passage, {
      word,
      byDefault: 'lets the request go on',
      answers: {deny: {status: 503, responseFlags: '-', details}},
      opaque: [],
    })
