import {type Check, check} from '../../decision/check.js'
import type {HeaderCondition} from '../parse/router.js'
import {searchRegex} from '../regex.js'
import type {RoutedRequest} from './routed-request.js'

/** The first condition that fails, as MOSN stops there; null where all hold. A condition whose pattern Go refuses is left out. */
export function failedHeader(conditions: readonly HeaderCondition[], request: RoutedRequest): Check | null {
  for (const condition of conditions) {
    const made = headerCheck(condition, request)
    if (made !== null && made.holds !== 'yes') return made
  }
  return null
}

/** Every comparison, for what was chosen. */
export const headerChecks = (conditions: readonly HeaderCondition[], request: RoutedRequest): Check[] =>
  conditions.flatMap((condition) => headerCheck(condition, request) ?? [])

function headerCheck({name, value, regex}: HeaderCondition, request: RoutedRequest): Check | null {
  const pattern = regex ? searchRegex(value) : null
  if (regex && pattern === null) return null
  const got = request.header(name)
  const holds = got !== null && (pattern === null ? got === value : pattern.finds(got))
  return check(`header ${name}`, `${pattern === null ? 'exact' : 'regex'} ${value}`, got ?? '(absent)', holds)
}

/** Beside a path condition the name `method` is the HTTP method, compared whole; its `regex` does not count. */
export function splitMethod(conditions: readonly HeaderCondition[]): {
  method: string | null
  headers: HeaderCondition[]
} {
  return {
    method: conditions.findLast(({name}) => name === 'method')?.value ?? null,
    headers: conditions.filter(({name}) => name !== 'method'),
  }
}
