import {check} from '../../decision/check.js'
import {boolean, type JsonObject, object, string} from '../parse/field.js'
import type {Condition} from './condition.js'
import {absent} from './matcher-predicate.js'
import type {RoutedRequest} from './routed-request.js'
import {compileStringMatcher, compileValueOf, type StringMatcher} from './string-matcher.js'

/** Values of a query parameter as they stand in the target, nothing decoded; `&` alone separates. */
export function queryValues(path: string | null, name: string): string[] {
  const start = path === null ? -1 : path.indexOf('?')
  if (path === null || start < 0 || start === path.length - 1) return []
  const values: string[] = []
  for (const parameter of path.slice(start + 1).split('&')) {
    const equals = parameter.indexOf('=')
    const key = equals < 0 ? parameter : parameter.slice(0, equals)
    if (key === name) values.push(equals < 0 ? '' : parameter.slice(equals + 1))
  }
  return values
}

/** Compiles a `QueryParameterMatcher`: the first value of the parameter counts. */
export function compileQueryMatcher(raw: JsonObject): Condition<RoutedRequest> {
  const name = string(raw, 'name') ?? ''
  const text = object(raw, 'string_match')
  const value = text ? compileValueOf(`query ${name}`, () => compileStringMatcher(text)) : null
  const present = boolean(raw, 'present_match') ?? true
  return {
    judge: ({path}) => judgeFirst(queryValues(path, name)[0], value, present),
    describe: ({path}, holds) => {
      const want = value ? value.want : present ? 'present' : 'absent'
      return check(`query ${name}`, want, queryValues(path, name)[0] ?? absent, holds)
    },
  }
}

function judgeFirst(first: string | undefined, value: StringMatcher | null, present: boolean): boolean | 'unknown' {
  if (!value) return (first !== undefined) === present
  if (first === undefined) return false
  return value.known ? value.matches(first) : 'unknown'
}
