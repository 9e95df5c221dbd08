import {type CompiledRoute, judgeRoute} from '../match/route.js'
import {type Draft, fieldsOf, openFieldsOf, type RequestSpace, subjectOf} from './request-space.js'

/**
 * Whether a request can come to a route.
 * - `yes`, with one that does;
 * - `no`: every kind of request that fits it is taken by the routes before, or none can fit;
 * - `undecided`: none was found, yet regular expressions, or too many combinations, leave some untried.
 */
export type Reach =
  | {reachable: 'yes'; example: Draft}
  | {reachable: 'no' | 'undecided'; takenBy: CompiledRoute[]; reason: string}

const mostDrafts = 4000

/**
 * Looks for a request that reaches `route`: one that fits it, then, as long as an earlier route takes it, with one field
 * changed so that this route does not. Values of every kind that exact, prefix, suffix, contains, range and presence
 * matchers tell apart are tried, with the evaluator that matches requests; so `no` is certain where only these decide.
 * @param earlier the routes before it, in order.
 */
export function findReach(route: CompiledRoute, earlier: readonly CompiledRoute[], space: RequestSpace): Reach {
  const blockers = new Set<CompiledRoute>()
  const open = starts(route, space)
  if (open.length === 0) return nothingFits(route, space)
  const seen = new Set(open.map(keyOf))
  for (let index = 0; index < open.length; index++) {
    const draft = open[index]
    if (!draft) break
    const blocker = earlier.find((candidate) => takes(candidate, draft))
    if (!blocker) return {reachable: 'yes', example: draft}
    blockers.add(blocker)
    for (const field of fieldsOf(blocker)) {
      for (const next of changed(draft, field, space)) {
        const key = keyOf(next)
        if (seen.has(key) || takes(blocker, next) || !mayTake(route, next)) continue
        if (open.length >= mostDrafts) return untaken(blockers, 'too many combinations')
        seen.add(key)
        open.push(next)
      }
    }
  }
  const untried = untriedFields([route, ...blockers], space)
  if (untried.length > 0) return untaken(blockers, `not every ${untried.join(', ')} can be tried`)
  return {reachable: 'no', takenBy: inOrder(blockers, earlier), reason: 'taken by routes before it'}
}

const untaken = (blockers: ReadonlySet<CompiledRoute>, reason: string): Reach => ({
  reachable: 'undecided',
  takenBy: [...blockers],
  reason,
})

const inOrder = (blockers: ReadonlySet<CompiledRoute>, earlier: readonly CompiledRoute[]) =>
  earlier.filter((route) => blockers.has(route))

const keyOf = (draft: Draft): string => JSON.stringify([...draft].sort(([one], [other]) => (one < other ? -1 : 1)))

function* changed(draft: Draft, field: string, space: RequestSpace): Generator<Draft> {
  for (const value of space.values.get(field) ?? [])
    if (value !== (draft.get(field) ?? null)) yield new Map(draft).set(field, value)
}

/** A route takes a request for certain: no chance, no unknown. */
function takes(route: CompiledRoute, draft: Draft): boolean {
  const judgement = judgeRoute(route, subjectOf(draft))
  return judgement.holds === true && judgement.draw === null
}

const mayTake = (route: CompiledRoute, draft: Draft): boolean => judgeRoute(route, subjectOf(draft)).holds !== false

/**
 * Requests that fit the route, one for each value of its path. Its fields are settled one after the other: a value is
 * kept where it makes one more of the route's conditions hold, or none fewer.
 */
function starts(route: CompiledRoute, space: RequestSpace): Draft[] {
  const base = new Map<string, string | null>([
    ['header :authority', space.values.get('header :authority')?.[0] ?? null],
    ['header :method', 'GET'],
  ])
  const fields = fieldsOf(route)
  let drafts: Draft[] = [base]
  for (const field of fields) {
    const next = drafts.flatMap((draft) => [draft, ...changed(draft, field, space)])
    const best = Math.min(...next.map((draft) => failures(route, draft)))
    drafts = next.filter((draft) => failures(route, draft) === best).slice(0, field === 'path' ? 64 : 16)
  }
  return drafts.filter((draft) => mayTake(route, draft))
}

const failures = (route: CompiledRoute, draft: Draft): number => {
  const subject = subjectOf(draft)
  return route.conditions.filter((condition) => condition.judge(subject) === false).length
}

/** Fields that these routes look at and of which a value may have been left out. */
function untriedFields(routes: readonly CompiledRoute[], space: RequestSpace): string[] {
  const open = routes.flatMap(openFieldsOf)
  const many = routes.flatMap(fieldsOf).filter((field) => space.incomplete.has(field))
  return [...new Set([...open, ...many])]
}

function nothingFits(route: CompiledRoute, space: RequestSpace): Reach {
  const untried = untriedFields([route], space)
  return untried.length > 0
    ? {reachable: 'undecided', takenBy: [], reason: `not every ${untried.join(', ')} can be tried`}
    : {reachable: 'no', takenBy: [], reason: 'no request fits its own conditions'}
}
