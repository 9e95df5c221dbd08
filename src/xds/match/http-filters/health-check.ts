import {boolean, object, objects} from '../../parse/field.js'
import {compileHeaderMatcher} from '../header-matcher.js'
import {goOn, type HttpFilter, reply, settings} from './http-filter.js'
import {suppose} from './supposed.js'

/** Health checks of this Envoy, answered here unless they are passed through. */
export const healthCheck: HttpFilter = (call, passage) => {
  const {raw} = settings(call)
  const {joinsRouteHeaders} = call.situation.surroundings
  const isCheck = objects(raw, 'headers').every(
    (matcher) => compileHeaderMatcher(matcher, joinsRouteHeaders).judge(passage.request) === true,
  )
  if (!isCheck || boolean(raw, 'pass_through_mode')) return goOn(passage)
  // How many hosts are healthy, and whether this Envoy was told to fail, is its state.
  const [failing] = suppose(call, passage, {
    word: 'health_check',
    byDefault: 'is healthy',
    answers: {fail: {status: 503, responseFlags: '-', details: 'health_check_failed'}},
    opaque: [],
  })
  if (failing?.answer) return [failing]
  const ofClusters = object(raw, 'cluster_min_healthy_percentages') !== undefined
  return [
    reply(failing?.passage ?? passage, 200, '-', ofClusters ? 'health_check_ok_cluster_healthy' : 'health_check_ok'),
  ]
}
