import type {Check, Ternary} from '../../decision/check.js'
import {not} from '../../decision/ternary.js'

/** What a condition came to, and the one comparison inside it that decided. */
export interface Judged {
  holds: Ternary
  check: Check
}

/** A single comparison as a judgement. */
export const judged = (check: Check): Judged => ({holds: check.holds, check})

/** A negated condition: its deciding comparison, said the other way round. */
export function negated({holds, check}: Judged): Judged {
  const turned = not(holds)
  return {holds: turned, check: {...check, want: `!${check.want}`, holds: turned}}
}

/** All have to hold: the first that does not decides, else the first unknown one, else the last. */
export const allOf = (conditions: Iterable<Judged>, empty: Judged): Judged => firstOf(conditions, 'no', empty)

/** One has to hold: the first that does decides, else the first unknown one, else the last. */
export const anyOf = (conditions: Iterable<Judged>, empty: Judged): Judged => firstOf(conditions, 'yes', empty)

function firstOf(conditions: Iterable<Judged>, decisive: 'yes' | 'no', empty: Judged): Judged {
  let [unknown, last]: [Judged | null, Judged] = [null, empty]
  for (const condition of conditions) {
    if (condition.holds === decisive) return condition
    if (condition.holds === 'unknown') unknown ??= condition
    last = condition
  }
  return unknown ?? last
}
