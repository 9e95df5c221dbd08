import {type Check, check, type Ternary} from '../../decision/check.js'
import type {VariableCondition} from '../parse/router.js'
import {searchRegex} from '../regex.js'
import type {RoutedRequest} from './routed-request.js'

export interface VariableVerdict {
  holds: Ternary
  /** The comparisons that were made, in order. */
  checks: Check[]
  /** Variables that are not known here. */
  unknown: string[]
}

/**
 * Left to right: `and` joins a result with the item after it, after `or` the result begins anew with the next item, and a result
 * that holds before an `or` ends the list. The operator stands at the item before it.
 */
export function judgeVariables(items: readonly VariableCondition[], request: RoutedRequest): VariableVerdict {
  let result: Ternary = 'yes'
  let joins = true
  const checks: Check[] = []
  const unknown: string[] = []
  for (const item of items) {
    const made = variableCheck(item, request)
    checks.push(made)
    if (made.holds === 'unknown') unknown.push(item.name)
    result = joins ? both(result, made.holds) : made.holds
    if (result === 'yes' && item.next === 'or') break
    joins = item.next !== 'or'
  }
  return {holds: result, checks, unknown}
}

const both = (a: Ternary, b: Ternary): Ternary =>
  a === 'no' || b === 'no' ? 'no' : a === 'unknown' || b === 'unknown' ? 'unknown' : 'yes'

/** A regular expression counts before a value; an item without either never holds. A variable that is not set is an empty text. */
function variableCheck({name, value, regex, next}: VariableCondition, request: RoutedRequest): Check {
  const field = `variable ${name}`
  const got = request.variable(name)
  const want = regex === null ? (value ?? '(nothing)') : `regex ${regex}`
  const pattern = regex === null ? null : searchRegex(regex)
  const refused = (regex !== null && pattern === null) || (next !== 'and' && next !== 'or')
  if (got === undefined || refused) return check(field, want, got ?? '(not known)', 'unknown')
  const actual = got ?? ''
  const holds = pattern === null ? value !== null && value === actual : pattern.finds(actual)
  return check(field, want, got ?? '(absent)', holds)
}
