import type {LocalReply} from '../local-reply.js'
import {type Passage, withAssumption} from '../passage.js'
import {withHeader} from '../routed-request.js'
import {supposedHeaders} from '../supposed-request.js'
import {type FilterCall, type FilterWay, goOn} from './http-filter.js'

/** Something outside this Envoy that may answer in the filter's place. */
export interface Outsider {
  /** The word for `--assume`: `ext_authz`. */
  word: string
  /** What it is taken to do where nothing is supposed, in words: `allows`. */
  byDefault: string
  /** Answers by supposition: `deny`, `error`; null where the request goes on all the same. */
  answers: Readonly<Record<string, LocalReply | null>>
  /** Namespaces of dynamic metadata that it may write; `*` for all. */
  opaque: readonly string[]
  /** Whether the route is chosen anew after it changed headers. */
  reselects?: boolean
}

/**
 * The request goes on under an assumption, or is answered as the asker supposes, by filter name before the general word.
 * Headers that it is supposed to set: `--assume 'ext_authz.headers={"x-user": "me"}'`.
 */
export function suppose(call: FilterCall, passage: Passage, outsider: Outsider): FilterWay[] {
  const {filter} = call
  const {suppositions} = call.situation
  const key = suppositions[filter.name] === undefined ? outsider.word : filter.name
  const supposed = suppositions[key]
  const answer = supposed === undefined ? undefined : outsider.answers[supposed]
  const choices = Object.keys(outsider.answers)
  const assumed = withAssumption(passage, {
    about: `${filter.name} (${outsider.word})`,
    assumed: answer === undefined ? outsider.byDefault : `${supposed}`,
    at: filter.at,
    turn: choices.length === 0 ? null : `--assume ${key}=${answer === undefined ? choices.join('|') : 'allow'}`,
  })
  if (answer) return [{passage: assumed, answer}]
  const touched = outsider.opaque.length > 0 ? {...assumed, opaque: [...assumed.opaque, ...outsider.opaque]} : assumed
  const headers = supposedHeaders(suppositions, `${key}.headers`)
  if (headers.length === 0) return goOn(touched)
  const request = headers.reduce((before, [name, value]) => withHeader(before, name, value), touched.request)
  const changed = {...touched, request}
  return (outsider.reselects ? call.reselect(changed) : [changed]).flatMap(goOn)
}
