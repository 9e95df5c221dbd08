import {check} from '../../decision/check.js'
import {boolean, type JsonObject, member, object, string} from '../parse/field.js'
import type {Condition} from './condition.js'
import {absent} from './matcher-predicate.js'
import {headerValues, type RoutedRequest} from './routed-request.js'
import {compileStringMatcher, compileValueOf, regexMatcher, type StringMatcher, textMatcher} from './string-matcher.js'

/** A compiled `HeaderMatcher`. */
export interface HeaderMatcher extends Condition<RoutedRequest> {
  judge(request: RoutedRequest): boolean | 'unknown'
}

/**
 * Compiles a HeaderMatcher (`envoy.config.route.v3.HeaderMatcher`).
 * @param joined repeated lines are matched as one text joined by commas, as Envoy did before 1.39; else one by one.
 */
export function compileHeaderMatcher(raw: JsonObject, joined: boolean): HeaderMatcher {
  const name = (string(raw, 'name') ?? '').toLowerCase()
  const inverted = boolean(raw, 'invert_match') ?? false
  const treatMissingAsEmpty = boolean(raw, 'treat_missing_header_as_empty') ?? false
  const read = (request: RoutedRequest): readonly string[] => {
    const values = headerValues(request, name)
    if (values.length === 0) return treatMissingAsEmpty ? [''] : values
    return joined && values.length > 1 ? [values.join(',')] : values
  }
  const value = compileValueOf(`header ${name}`, () => valueMatcher(raw))
  const present = boolean(raw, 'present_match') ?? true
  const judge = value
    ? (request: RoutedRequest) => judgeValues(read(request), value, inverted)
    : (request: RoutedRequest) => (read(request).length > 0 === present) !== inverted
  const want = `${inverted ? '!' : ''}${value ? value.want : present ? 'present' : 'absent'}`
  return {
    judge,
    describe: (request, holds) => {
      const values = headerValues(request, name)
      return check(`header ${name}`, want, values.length === 0 ? absent : values.join(', '), holds)
    },
  }
}

/** A missing header fits nothing, inverted or not; else any fitting value is enough, and none must fit when inverted. */
function judgeValues(values: readonly string[], value: StringMatcher, inverted: boolean): boolean | 'unknown' {
  if (values.length === 0) return false
  if (!value.known) return 'unknown'
  return values.some((each) => value.matches(each)) !== inverted
}

/** What the value is compared with; null where only presence is asked for. */
function valueMatcher(raw: JsonObject): StringMatcher | null {
  const text = object(raw, 'string_match')
  if (text) return compileStringMatcher(text)
  const range = object(raw, 'range_match')
  if (range) return rangeMatcher(range)
  const regex = object(raw, 'safe_regex_match')
  if (regex) return regexMatcher(string(regex, 'regex') ?? '')
  return olderMatcher(raw)
}

const olderFields = [
  ['prefix_match', 'prefix'],
  ['suffix_match', 'suffix'],
  ['contains_match', 'contains'],
] as const

/** The deprecated fields. An empty `exact_match` matches any value, unlike an empty `string_match.exact`. */
function olderMatcher(raw: JsonObject): StringMatcher | null {
  const exact = string(raw, 'exact_match')
  if (exact === '') return {want: 'any value', known: true, matches: () => true}
  if (exact !== undefined) return textMatcher('exact', exact)
  for (const [field, kind] of olderFields) {
    const wanted = string(raw, field)
    if (wanted !== undefined) return textMatcher(kind, wanted)
  }
  return null
}

/** [start, end) over whole numbers of 64 bits. */
function rangeMatcher(range: JsonObject): StringMatcher {
  const [start, end] = [int64(range, 'start'), int64(range, 'end')]
  return {
    want: `range [${start},${end})`,
    known: true,
    matches: (text) => {
      const value = parseInteger(text, 63n)
      return value !== null && start <= value && value < end
    },
  }
}

function int64(raw: JsonObject, name: string): bigint {
  const value = member(raw, name)
  return typeof value === 'string' || typeof value === 'number' ? (parseInteger(String(value), 63n) ?? 0n) : 0n
}

/**
 * Reads a decimal integer as absl::SimpleAtoi does: blanks around it and a sign are taken, anything else is not.
 * @param bits 63 for int64; 64 for uint64, which takes no minus sign.
 */
export function parseInteger(text: string, bits: 63n | 64n): bigint | null {
  const parts = /^[ \t\n\v\f\r]*([+-]?)(\d+)[ \t\n\v\f\r]*$/.exec(text)
  if (!parts?.[2] || (bits === 64n && parts[1] === '-')) return null
  const value = BigInt(`${parts[1] === '-' ? '-' : ''}${parts[2]}`)
  const limit = 1n << bits
  return value >= limit || value < (bits === 63n ? -limit : 0n) ? null : value
}
