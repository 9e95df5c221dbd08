import type {Assumption} from '../../decision/assumption.js'
import type {Check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import type {Condition} from './condition.js'
import {type Draw, likelihood, missed} from './draw.js'
import {
  becauseOf,
  type CompiledRoute,
  judgeRoute,
  passOver,
  type RouteJudgement,
  type RouteSubject,
  supposeRoute,
} from './route.js'

/** One way that the choice of a route can go. */
export interface RouteWay {
  route: CompiledRoute | null
  /** What the request's random value has to satisfy on this way, earlier draws included. */
  draws: readonly Draw[]
  because: Check[]
  passedOver: PassedOver[]
  assumptions: Assumption[]
}

/** The first route in list order that fits; with runtime fractions on the way, every one that chance can lead to. */
export function chooseRoute(
  routes: readonly CompiledRoute[],
  subject: RouteSubject,
  draws: readonly Draw[],
  explain: boolean,
): RouteWay[] {
  const ways: RouteWay[] = []
  let missing = draws
  const passedOver: PassedOver[] = []
  const assumptions: Assumption[] = []
  for (const [index, route] of routes.entries()) {
    const judgement = judgeRoute(route, subject)
    if (judgement.holds !== false && taken(route, judgement, subject, assumptions)) {
      const reached = judgement.draw ? [...missing, judgement.draw] : missing
      if (reached === missing || likelihood(reached) > 0)
        ways.push(wayTo(route, reached, subject, {passedOver, assumptions}, explain ? routes.slice(index + 1) : null))
      if (!judgement.draw) return ways
      missing = [...missing, missed(judgement.draw)]
      if (likelihood(missing) === 0) return ways
    }
    if (explain) passedOver.push(passOver(route, firstFailed(judgement, route, subject)))
  }
  return [...ways, {route: null, draws: missing, because: [], passedOver, assumptions}]
}

/** Whether a route that is not ruled out is taken; what nobody knows is decided by supposition. */
function taken(
  route: CompiledRoute,
  judgement: Exclude<RouteJudgement, {holds: false}>,
  subject: RouteSubject,
  assumptions: Assumption[],
): boolean {
  if (judgement.holds === true) return true
  const {matches, assumption} = supposeRoute(route, judgement.unknown, subject)
  assumptions.push(assumption)
  return matches
}

function wayTo(
  route: CompiledRoute,
  draws: readonly Draw[],
  subject: RouteSubject,
  {passedOver, assumptions}: Pick<RouteWay, 'passedOver' | 'assumptions'>,
  later: readonly CompiledRoute[] | null,
): RouteWay {
  return {
    route,
    draws,
    because: later ? becauseOf(route, subject) : [],
    passedOver: later ? [...passedOver, ...later.map((loser) => passOver(loser, lateCheck(loser, subject)))] : [],
    assumptions: [...assumptions],
  }
}

/** A later route: what rules it out by itself, else the check that holds and came too late. */
function lateCheck(route: CompiledRoute, subject: RouteSubject): Check {
  const judgement = judgeRoute(route, subject)
  return judgement.holds === true ? route.path.describe(subject.request, 'yes') : firstFailed(judgement, route, subject)
}

/** What ruled a route out; chance or what nobody knows, where that did. */
function firstFailed(judgement: RouteJudgement, route: CompiledRoute, subject: RouteSubject): Check {
  if (judgement.holds === false) return judgement.failed.describe(subject, 'no')
  const [undecided] = judgement.holds === 'unknown' ? judgement.unknown : route.conditions.slice(-1)
  return (undecided ?? pathOf(route)).describe(subject, 'unknown')
}

const pathOf = ({path}: CompiledRoute): Condition<RouteSubject> => ({
  judge: ({request}) => path.judge(request),
  describe: ({request}, holds) => path.describe(request, holds),
})
