import {boolean, type JsonObject, number, object} from '../../parse/field.js'
import {type Passage, withNote} from '../passage.js'
import {headerValue} from '../routed-request.js'
import {type FilterCall, goOn, type HttpFilter, reply} from './http-filter.js'

/** buffer: a body beyond the limit is refused; its length is what content-length says. */
export const buffer: HttpFilter = (call, passage) => {
  const limit = limitOf(call)
  if (limit === null) return goOn(passage)
  if (lengthOf(passage) > limit) return [reply(passage, 413, '-', 'request_payload_too_large')]
  const text = `the request is held until its body is complete, up to ${limit} bytes`
  return goOn(call.situation.explain ? withNote(passage, {kind: 'buffer', text, at: call.filter.at}) : passage)
}

/** Null where the route switches the filter off. */
function limitOf({filter, perRoute}: FilterCall): number | null {
  if (perRoute && boolean(perRoute.raw, 'disabled')) return null
  const own: JsonObject = (perRoute && object(perRoute.raw, 'buffer')) ?? filter.raw
  return number(own, 'max_request_bytes') ?? null
}

function lengthOf({request}: Passage): number {
  const text = headerValue(request, 'content-length') ?? ''
  return /^\d+$/.test(text) ? Number(text) : 0
}
