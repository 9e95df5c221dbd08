import {type Check, check} from '../../decision/check.js'
import {boolean, isObject, type JsonObject, member, number, object, objects, string} from '../parse/field.js'
import {absent} from './matcher-predicate.js'
import {compileStringMatcher} from './string-matcher.js'

/** Metadata of one namespace; null where it has none, `unknown` where filters that are not modelled may have written it. */
export type MetadataNamespace = JsonObject | null | 'unknown'

/** Judges an `envoy.type.matcher.v3.MetadataMatcher` with the metadata of the namespace that it names. */
export function judgeMetadata(matcher: JsonObject, namespace: (filter: string) => MetadataNamespace): Check {
  const filter = string(matcher, 'filter') ?? ''
  const path = objects(matcher, 'path').map((segment) => string(segment, 'key') ?? '')
  const invert = boolean(matcher, 'invert') ?? false
  const wanted = describeValue(object(matcher, 'value') ?? {})
  const [field, want] = [`metadata ${[filter, ...path].join('.')}`, `${invert ? '!' : ''}${wanted}`]
  const metadata = namespace(filter)
  if (metadata === 'unknown') return check(field, want, '(unknown)', 'unknown')
  const value = valueAt(metadata, path)
  const holds = matchesValue(object(matcher, 'value') ?? {}, value) !== invert
  return check(field, want, value === undefined ? absent : JSON.stringify(value), holds)
}

function valueAt(metadata: JsonObject | null, path: readonly string[]): unknown {
  let value: unknown = metadata ?? undefined
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

function describeValue(matcher: JsonObject): string {
  const text = object(matcher, 'string_match')
  if (text) return compileStringMatcher(text).want
  const present = boolean(matcher, 'present_match')
  return present === undefined ? JSON.stringify(matcher) : 'present'
}

/** `envoy.type.matcher.v3.ValueMatcher`; an absent value is undefined and fits nothing. */
function matchesValue(matcher: JsonObject, value: unknown): boolean {
  if (value === undefined) return false
  const text = object(matcher, 'string_match')
  if (text) return typeof value === 'string' && compileStringMatcher(text).matches(value)
  const present = boolean(matcher, 'present_match')
  if (present !== undefined) return present
  const wanted = boolean(matcher, 'bool_match')
  if (wanted !== undefined) return value === wanted
  if (object(matcher, 'null_match')) return value === null
  const double = object(matcher, 'double_match')
  if (double) return typeof value === 'number' && matchesDouble(double, value)
  const list = object(matcher, 'list_match')
  if (list) return Array.isArray(value) && value.some((item) => matchesValue(object(list, 'one_of') ?? {}, item))
  const either = object(matcher, 'or_match')
  return either !== undefined && objects(either, 'value_matchers').some((inner) => matchesValue(inner, value))
}

function matchesDouble(matcher: JsonObject, value: number): boolean {
  const range = object(matcher, 'range')
  if (range) return value >= (number(range, 'start') ?? 0) && value < (number(range, 'end') ?? 0)
  return member(matcher, 'exact') === value
}
