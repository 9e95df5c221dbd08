import {object, objects} from '../../parse/field.js'
import {runtimeFraction} from '../../runtime.js'
import {withNote} from '../passage.js'
import {headerValue} from '../routed-request.js'
import {compileStringMatcher} from '../string-matcher.js'
import {goOn, type HttpFilter, reply, settings} from './http-filter.js'

const changing = new Set(['POST', 'PUT', 'DELETE', 'PATCH'])

/** Host and port of a URL; a text that is none stands for itself. */
const hostAndPort = (url: string): string => /^https?:\/\/([^/?#]+)/i.exec(url)?.[1] ?? url

/** csrf: what changes something must come from the host itself, or from an origin that is listed. */
export const csrf: HttpFilter = (call, passage) => {
  const {request} = passage
  const {raw, at} = settings(call)
  const share = (name: string) => runtimeFraction(call.situation.surroundings.envoy, object(raw, name) ?? {})
  const [enabled, shadowed] = [share('filter_enabled'), share('shadow_enabled')]
  if (!changing.has(request.method) || (enabled.taken === 0 && shadowed.taken === 0)) return goOn(passage)
  const source = hostAndPort(headerValue(request, 'origin') || headerValue(request, 'referer') || '')
  const listed = objects(raw, 'additional_origins').some((matcher) => compileStringMatcher(matcher).matches(source))
  if (source !== '' && (source === hostAndPort(request.authority) || listed)) return goOn(passage)
  if (enabled.taken === 0) return goOn(withNote(passage, {kind: 'csrf', text: 'would be refused', at}))
  const probability = enabled.taken / enabled.of
  const refused = reply({...passage, chance: passage.chance * probability}, 403, '-', 'csrf_origin_mismatch')
  return probability === 1
    ? [refused]
    : [refused, {passage: {...passage, chance: passage.chance * (1 - probability)}, answer: null}]
}
