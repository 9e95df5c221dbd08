import type {Assumption} from '../decision/assumption.js'
import type {Weighted} from '../decision/probability.js'
import {connectionOf} from './netns.js'
import type {Answerer, Connection, Hop, Outcome, OutcomeKind} from './trace.js'

/** A part of a branch: the hops from some point on, and how they end. Joined from the end of the journey backwards. */
export interface Way extends Weighted {
  hops: Hop[]
  outcome: Outcome
  cause: Outcome | null
  assumptions: Assumption[]
  warnings: string[]
}

/** A way of no further hops: the journey ends here. */
export const ending = (
  kind: OutcomeKind,
  by: Answerer | null,
  more: Partial<Pick<Outcome, 'status' | 'responseFlags' | 'details'>> &
    Partial<Pick<Way, 'assumptions' | 'warnings'>> = {},
): Way => ({
  probability: 1,
  hops: [],
  outcome: {
    kind,
    status: more.status ?? null,
    responseFlags: more.responseFlags ?? '-',
    details: more.details ?? null,
    by,
  },
  cause: null,
  assumptions: more.assumptions ?? [],
  warnings: more.warnings ?? [],
})

/** What stands before a way: hops, the chance of coming this far, and what it supposes. */
export interface Prefix extends Partial<Weighted> {
  hops?: Hop[]
  assumptions?: readonly Assumption[]
  warnings?: readonly string[]
}

const key = (assumption: Assumption): string => `${assumption.about}\n${assumption.assumed}`

/** Two lists of assumptions as one, each stated once. */
function joinAssumptions(first: readonly Assumption[], second: readonly Assumption[]): Assumption[] {
  const seen = new Set(first.map(key))
  return [...first, ...second.filter((assumption) => !seen.has(key(assumption)))]
}

/** The same ways with `prefix` before each. */
export const before = (prefix: Prefix, ways: readonly Way[]): Way[] =>
  ways.map((way) => ({
    probability: (prefix.probability ?? 1) * way.probability,
    hops: [...(prefix.hops ?? []), ...way.hops],
    outcome: way.outcome,
    cause: way.cause,
    assumptions: joinAssumptions(prefix.assumptions ?? [], way.assumptions),
    warnings: [...new Set([...(prefix.warnings ?? []), ...way.warnings])],
  }))

/** The connection that the first hop of a way sees come in; null where the way has no namespace to cross. */
export const connectionInto = ({hops: [first]}: Way): Connection | null =>
  first?.place === 'netns' ? connectionOf(first.entered) : null
