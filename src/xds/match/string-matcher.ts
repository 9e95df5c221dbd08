import {DataError} from '../../errors.js'
import {boolean, isObject, type JsonObject, member, object, objects, string, typeName} from '../parse/field.js'
import {compileRegex} from '../regex.js'

/** A compiled `envoy.type.matcher.v3.StringMatcher`, or one of the older fields that stand for one. */
export interface StringMatcher {
  /** What is asked for, for a Check: `exact v1`, `prefix /api (any case)`. */
  want: string
  /** False where the matcher is an extension that is not modelled: `matches` then says nothing. */
  known: boolean
  matches(value: string): boolean
}

/** Envoy folds ASCII letters alone. */
export const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

const kinds = ['exact', 'prefix', 'suffix', 'contains'] as const

/** How a text is compared with another. */
export type Comparison = (typeof kinds)[number]

const comparisons: Record<Comparison, (value: string, wanted: string) => boolean> = {
  exact: (value, wanted) => value === wanted,
  prefix: (value, wanted) => value.startsWith(wanted),
  suffix: (value, wanted) => value.endsWith(wanted),
  contains: (value, wanted) => value.includes(wanted),
}

const compiled = new WeakMap<JsonObject, StringMatcher>()

/** Compiles a StringMatcher once; later calls with the same object cost a look-up. */
export function compileStringMatcher(raw: JsonObject): StringMatcher {
  let matcher = compiled.get(raw)
  if (!matcher) {
    matcher = build(raw)
    compiled.set(raw, matcher)
  }
  return matcher
}

function build(raw: JsonObject): StringMatcher {
  const regex = object(raw, 'safe_regex')
  if (regex) return regexMatcher(string(regex, 'regex') ?? '')
  const custom = object(raw, 'custom')
  if (custom) return unmodelled(custom)
  const ignoreCase = boolean(raw, 'ignore_case') ?? false
  for (const kind of kinds) {
    const wanted = string(raw, kind)
    if (wanted !== undefined) return textMatcher(kind, wanted, ignoreCase)
  }
  // Proto JSON leaves out a default, but a member of a oneof is always written: an empty message cannot pass validation.
  return {want: '(no pattern)', known: true, matches: () => false}
}

/** What an export without secrets leaves of a text that was one. What it was compared with can no longer be told. */
const redacted = '[redacted]'

const nobodyKnows = (want: string): StringMatcher => ({want, known: false, matches: () => false})

/** A comparison with a text. */
export function textMatcher(kind: Comparison, wanted: string, ignoreCase = false): StringMatcher {
  if (wanted.includes(redacted)) return nobodyKnows(`${kind} ${wanted}`)
  const compare = comparisons[kind]
  const lower = ignoreCase ? asciiLower(wanted) : wanted
  return {
    want: `${kind} ${wanted}${ignoreCase ? ' (any case)' : ''}`,
    known: true,
    matches: ignoreCase ? (value) => compare(asciiLower(value), lower) : (value) => compare(value, wanted),
  }
}

/** A full match; `ignore_case` does not reach regular expressions. */
export function regexMatcher(source: string): StringMatcher {
  if (source.includes(redacted)) return nobodyKnows(`regex ${source}`)
  const regex = compileRegex(source)
  return {want: `regex ${source}`, known: true, matches: (value) => regex.matches(value)}
}

/**
 * `compile` for the value of a named header, parameter or cookie: an error names that, and not what it is compared with, which may
 * be a secret.
 * @throws DataError
 */
export function compileValueOf<T>(field: string, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new DataError('is compared with what RE2 does not take for a regular expression', field, null, {cause: error})
  }
}

function unmodelled(custom: JsonObject): StringMatcher {
  const config = member(custom, 'typed_config')
  const type = isObject(config) ? typeName(config) : (string(custom, 'name') ?? 'custom')
  return nobodyKnows(`${type} (not modelled)`)
}

/** A compiled `ListStringMatcher`: one of its patterns has to fit. Unknown patterns make it unknown unless another fits. */
export function compileListStringMatcher(raw: JsonObject): StringMatcher {
  const patterns = objects(raw, 'patterns').map(compileStringMatcher)
  return {
    want: patterns.map(({want}) => want).join(' | '),
    known: patterns.every(({known}) => known),
    matches: (value) => patterns.some((pattern) => pattern.matches(value)),
  }
}
