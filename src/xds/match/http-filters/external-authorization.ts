import {boolean, object} from '../../parse/field.js'
import {httpStatus} from '../../parse/http-status.js'
import {runtimeFraction} from '../../runtime.js'
import {judgeMetadata} from '../metadata-matcher.js'
import {metadataOf, type Passage} from '../passage.js'
import {type FilterCall, goOn, type HttpFilter} from './http-filter.js'
import {suppose} from './supposed.js'

/** Asks a service: taken to allow, `--assume ext_authz=deny|error`. Without a route it is not asked. */
export const externalAuthorization: HttpFilter = (call, passage) => {
  if (!passage.selection.route || isDisabled(call, passage)) return goOn(passage)
  const {raw} = call.filter
  const failureAllows = boolean(raw, 'failure_mode_allow') ?? false
  const statusOnError = httpStatus(raw, 'status_on_error') ?? 403
  return suppose(call, passage, {
    word: 'ext_authz',
    byDefault: 'allows, and changes nothing',
    answers: {
      deny: {status: 403, responseFlags: 'UAEX', details: 'ext_authz_denied'},
      error: failureAllows ? null : {status: statusOnError, responseFlags: 'UAEX', details: 'ext_authz_error'},
    },
    opaque: ['envoy.filters.http.ext_authz', call.filter.name],
    reselects: boolean(raw, 'clear_route_cache') ?? false,
  })
}

/** Per route, by runtime, or by metadata that an earlier filter wrote (as Istio's CUSTOM policies do). */
function isDisabled({situation, filter, perRoute}: FilterCall, passage: Passage): boolean {
  if (perRoute && boolean(perRoute.raw, 'disabled')) return true
  const fraction = object(filter.raw, 'filter_enabled')
  if (fraction && runtimeFraction(situation.surroundings.envoy, fraction).taken === 0) return true
  const metadata = object(filter.raw, 'filter_enabled_metadata')
  return metadata !== undefined && judgeMetadata(metadata, (namespace) => metadataOf(passage, namespace)).holds === 'no'
}
