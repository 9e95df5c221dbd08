import {type JsonObject, number, object, string} from '../parse/field.js'
import {regexSamples} from './sample-regex.js'

/** Beginnings, ends, middles and wholes that the matchers of one text ask for. */
export interface TextDomain {
  exact: string[]
  prefixes: string[]
  suffixes: string[]
  middles: string[]
}

export const emptyDomain = (): TextDomain => ({exact: [], prefixes: [], suffixes: [], middles: []})

/** Adds what a StringMatcher, or the same fields of a HeaderMatcher, asks for. */
export function addMatcher(domain: TextDomain, raw: JsonObject): void {
  const text = object(raw, 'string_match') ?? raw
  const regex = object(text, 'safe_regex') ?? object(raw, 'safe_regex_match')
  if (regex) addRegex(domain, string(regex, 'regex') ?? '')
  addTexts(domain.exact, text, ['exact', 'exact_match'])
  addTexts(domain.prefixes, text, ['prefix', 'prefix_match'])
  addTexts(domain.suffixes, text, ['suffix', 'suffix_match'])
  addTexts(domain.middles, text, ['contains', 'contains_match'])
  const range = object(raw, 'range_match')
  if (range) {
    const [start, end] = [number(range, 'start') ?? 0, number(range, 'end') ?? 0]
    domain.exact.push(String(start - 1), String(start), String(end - 1), String(end))
  }
}

function addTexts(into: string[], raw: JsonObject, fields: string[]): void {
  for (const field of fields) {
    const value = string(raw, field)
    if (value !== undefined) into.push(value)
  }
}

export function addRegex(domain: TextDomain, source: string): void {
  domain.exact.push(...regexSamples(source))
}

const most = 400

/**
 * One value of every kind that the matchers tell apart: the texts themselves, in both cases, longer ones, and each
 * beginning with each middle and end. `complete` is false where that is too many.
 * @param filler a text that no matcher asks for.
 */
export function valuesOf(domain: TextDomain, filler: string): {values: string[]; complete: boolean} {
  const {exact, prefixes, suffixes, middles} = domain
  const found = new Set<string>(exact)
  for (const prefix of ['', ...prefixes, ...exact])
    for (const middle of ['', ...middles])
      for (const suffix of ['', ...suffixes])
        for (const between of [filler, '']) found.add(prefix + between + (middle && middle + between) + suffix)
  const values = [...found].slice(0, most)
  return {
    values: [...new Set([...values, ...values.map(flipped)])],
    complete: found.size <= most,
  }
}

/** The other case: what only a matcher that ignores case takes. */
const flipped = (text: string): string => (text.toUpperCase() === text ? text.toLowerCase() : text.toUpperCase())
