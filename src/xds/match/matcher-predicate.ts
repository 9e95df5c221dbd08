import {parseIpAddress} from '../../address/ip-address.js'
import {inNetwork} from '../../address/network.js'
import {check} from '../../decision/check.js'
import {unpack} from '../parse/extension.js'
import {at, type JsonObject, object, objects, string} from '../parse/field.js'
import {cidrRange} from './cidr.js'
import {allOf, anyOf, type Judged, judged, negated} from './judged.js'
import {compileStringMatcher} from './string-matcher.js'

/** What an input of a matcher gives: a text, no data, or something that only the running system knows. */
export type InputValue = {kind: 'text'; text: string} | {kind: 'absent'} | {kind: 'unknown'}

/** Reads an input by its message's full name and its configuration. */
export type InputReader = (type: string, config: JsonObject) => InputValue

/** How a missing value is written in a Check. */
export const absent = '(absent)'

/** An optional text as an input's value. */
export const textOrAbsent = (text: string | null | undefined): InputValue =>
  text === null || text === undefined ? {kind: 'absent'} : {kind: 'text', text}

const typed = (extension: JsonObject, here: string) =>
  unpack(object(extension, 'typed_config') ?? {}, at(here, 'typed_config'))

/** The value of a `TypedExtensionConfig` input. */
export function readInput(input: JsonObject, here: string, read: InputReader): InputValue {
  const {type, raw} = typed(input, here)
  return read(type, raw)
}

/** An input's name for a Check: `header x-a`, else its message's own name. */
export function describeInput(input: JsonObject): string {
  const {type, raw} = typed(input, '')
  const header = string(raw, 'header_name')
  return header === undefined ? type.slice(type.lastIndexOf('.') + 1) : `header ${header}`
}

const nothing: Judged = judged(check('predicate', 'a condition', absent, false))

/** Judges a predicate of a matcher list: and, or, not, or one input compared with a value. */
export function judgePredicate(predicate: JsonObject, here: string, read: InputReader): Judged {
  const single = object(predicate, 'single_predicate')
  if (single) return judgeSingle(single, at(here, 'single_predicate'), read)
  const inner = object(predicate, 'not_matcher')
  if (inner) return negated(judgePredicate(inner, at(here, 'not_matcher'), read))
  const and = object(predicate, 'and_matcher')
  if (and) return allOf(judgeEach(and, at(here, 'and_matcher'), read), nothing)
  const or = object(predicate, 'or_matcher')
  return or ? anyOf(judgeEach(or, at(here, 'or_matcher'), read), nothing) : nothing
}

function* judgeEach(list: JsonObject, here: string, read: InputReader): Generator<Judged> {
  for (const [index, predicate] of objects(list, 'predicate').entries())
    yield judgePredicate(predicate, at(here, 'predicate', index), read)
}

/** An input without data fits nothing, whatever is asked of it. */
function judgeSingle(single: JsonObject, here: string, read: InputReader): Judged {
  const input = object(single, 'input') ?? {}
  const field = describeInput(input)
  const value = readInput(input, at(here, 'input'), read)
  const wanted = object(single, 'value_match')
  if (!wanted) return judgeCustom(object(single, 'custom_match') ?? {}, field, value)
  const matcher = compileStringMatcher(wanted)
  if (value.kind === 'absent') return judged(check(field, matcher.want, absent, false))
  if (value.kind === 'unknown' || !matcher.known) return judged(check(field, matcher.want, '(unknown)', 'unknown'))
  return judged(check(field, matcher.want, value.text, matcher.matches(value.text)))
}

function judgeCustom(custom: JsonObject, field: string, value: InputValue): Judged {
  const {type, raw} = typed(custom, '')
  const isIp = type === 'envoy.extensions.matching.input_matchers.ip.v3.Ip'
  const ranges = isIp ? objects(raw, 'cidr_ranges').flatMap((range) => cidrRange(range) ?? []) : []
  const want = isIp ? ranges.map((range) => range.text).join(', ') : `${type} (not modelled)`
  if (value.kind === 'absent') return judged(check(field, want, absent, false))
  if (value.kind === 'unknown' || !isIp) return judged(check(field, want, '(unknown)', 'unknown'))
  const ip = parseIpAddress(value.text)
  return judged(check(field, want, value.text, ip !== null && ranges.some(({network}) => inNetwork(network, ip))))
}
