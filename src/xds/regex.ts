import {RE2JS} from 're2js'
import {DataError} from '../errors.js'

/** A regular expression of a configuration: RE2's syntax, compared with a whole text as Envoy does. */
export interface Regex {
  source: string
  /** RE2::FullMatch: the whole text has to fit. */
  matches(text: string): boolean
  /** RE2::GlobalReplace: every match by `substitution`, in which `\0` to `\9` are groups. */
  replaceAll(text: string, substitution: string): string
  /** Groups of a whole match by name; null where the text does not fit. */
  groups(text: string): ReadonlyMap<string, string> | null
}

const compiled = new Map<string, Regex>()
const compiledAtMost = 10_000

/**
 * Compiles a pattern once.
 * @throws DataError when RE2 would refuse the pattern; Envoy never runs with such a configuration.
 */
export function compileRegex(source: string): Regex {
  const known = compiled.get(source)
  if (known) return known
  if (compiled.size >= compiledAtMost) compiled.clear()
  const regex = build(source)
  compiled.set(source, regex)
  return regex
}

function build(source: string): Regex {
  let re2: RE2JS
  try {
    re2 = RE2JS.compile(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataError(`is not a regular expression that RE2 takes: ${reason}`, source, null, {cause: error})
  }
  return {
    source,
    matches: (text) => re2.testExact(text),
    replaceAll: (text, substitution) => replaceAll(re2, text, substitution),
    groups: (text) => namedGroups(re2, text),
  }
}

function replaceAll(re2: RE2JS, text: string, substitution: string): string {
  const matcher = re2.matcher(text)
  let [result, end] = ['', 0]
  while (matcher.find()) {
    const groups = substitution.replace(/\\([\\0-9])/g, (_, digit: string) =>
      digit === '\\' ? '\\' : (matcher.group(Number(digit)) ?? ''),
    )
    result += text.slice(end, matcher.start()) + groups
    end = matcher.end()
  }
  return result + text.slice(end)
}

function namedGroups(re2: RE2JS, text: string): Map<string, string> | null {
  const matcher = re2.matcher(text)
  if (!matcher.matches()) return null
  return new Map(Object.keys(re2.namedGroups()).map((name) => [name, matcher.group(name) ?? '']))
}
