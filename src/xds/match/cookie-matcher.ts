import {check} from '../../decision/check.js'
import {boolean, type JsonObject, object, string} from '../parse/field.js'
import type {Condition} from './condition.js'
import {absent} from './matcher-predicate.js'
import {headerValues, type RoutedRequest} from './routed-request.js'
import {compileStringMatcher, compileValueOf} from './string-matcher.js'

/** The value of a cookie: the first of that name, quotes around it taken off. */
export function cookieValue(request: RoutedRequest, name: string): string | undefined {
  for (const line of headerValues(request, 'cookie'))
    for (const part of line.split(';')) {
      const equals = part.indexOf('=')
      if (equals < 0 || part.slice(0, equals).trim() !== name) continue
      const value = part.slice(equals + 1).trim()
      return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
    }
  return undefined
}

/** Compiles a `CookieMatcher`. A missing cookie fits nothing but an inverted match. */
export function compileCookieMatcher(raw: JsonObject): Condition<RoutedRequest> {
  const name = string(raw, 'name') ?? ''
  const text = compileValueOf(`cookie ${name}`, () => compileStringMatcher(object(raw, 'string_match') ?? {}))
  const inverted = boolean(raw, 'invert_match') ?? false
  return {
    judge: (request) => {
      const value = cookieValue(request, name)
      if (value === undefined) return inverted
      return text.known ? text.matches(value) !== inverted : 'unknown'
    },
    describe: (request, holds) =>
      check(`cookie ${name}`, `${inverted ? '!' : ''}${text.want}`, cookieValue(request, name) ?? absent, holds),
  }
}
