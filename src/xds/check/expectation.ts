import type {PassedOver, Step} from '../../decision/step.js'
import type {HttpRequest} from '../match/request.js'
import type {MatchBranch, Outcome} from '../match/result.js'
import {type Aspect, type AspectName, aspects, type Valued} from './aspect.js'
import {type RouterCheckMember, routerCheckAspects} from './router-check/aspect.js'

/** A value, and the part of the requests that has it, 0 to 1; null where any part above nothing will do. */
export interface Share {
  value: string
  share: number | null
}

/** Exactly these values, and no others. */
export interface Expectation {
  member: AspectName | RouterCheckMember
  expected: Share[]
}

/** An expectation that is not met. */
export interface Difference extends Expectation {
  got: {value: string; share: number}[]
  /** What becomes of the first request that is not as expected. */
  outcome: Outcome
  /** The decisions that made it so, in their order; empty where nothing was decided. */
  reasons: Omit<Step, 'passedOver'>[]
  /** The candidate that was expected, where one of these decisions passed it over. */
  rejected: PassedOver | null
}

/** Shares are compared to a tenth of a per cent, as they are printed: 33.3 % stands for a third. */
const tolerance = 0.0005 + 1e-9
const nothing = 1e-9

/** Null where the branches are as expected. */
export function findDifference(
  {member, expected}: Expectation,
  branches: readonly MatchBranch[],
  asked: HttpRequest | null,
): Difference | null {
  const aspect: Aspect = {...aspects, ...routerCheckAspects}[member]
  const ways = branches.flatMap((branch) =>
    aspect.valuesOf(branch, asked).map((valued) => ({branch, valued, wanted: wantedOf(expected, valued)})),
  )
  const got = sumUp(ways.map(({valued, wanted}) => ({value: wanted?.value ?? valued.spellings[0] ?? '', valued})))
  const stray = ways.find(({wanted, valued}) => wanted === undefined && valued.probability > nothing)
  if (!stray && expected.every((share) => isMet(share, got.get(share.value) ?? 0))) return null
  const branch = stray?.branch ?? branches[0]
  const steps = branch ? decidingSteps(branch, [...aspect.before, ...aspect.levels]) : []
  return {
    member,
    expected,
    got: [...got].map(([value, share]) => ({value, share})),
    outcome: branch?.outcome ?? {kind: 'unknown', status: null, responseFlags: '-', details: null},
    reasons: steps.map(({at, level, decided, because}) => ({at, level, decided, because})),
    rejected: rejectedOf(
      steps.filter(({level}) => aspect.levels.includes(level)),
      expected,
    ),
  }
}

const wantedOf = (expected: readonly Share[], {spellings}: Valued): Share | undefined =>
  expected.find(({value}) => spellings.includes(value))

function sumUp(values: readonly {value: string; valued: Valued}[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const {value, valued} of values) sums.set(value, (sums.get(value) ?? 0) + valued.probability)
  return sums
}

const isMet = ({share}: Share, got: number): boolean =>
  share === null ? got > nothing : Math.abs(share - got) <= tolerance

/** The last step of each of these levels; where there is none, the last of all but filters that let the request go on. */
function decidingSteps({steps}: MatchBranch, levels: readonly string[]): Step[] {
  const deciding = new Set(levels.map((level) => steps.findLast((step) => step.level === level)))
  const found = steps.filter((step) => deciding.has(step))
  return found.length > 0 ? found : steps.filter(({decided}) => !decided?.endsWith(': goes on')).slice(-1)
}

/** By its name, or by its position in a list: `#2` stands at `...routes[2]`. */
const rejectedOf = (steps: readonly Step[], expected: readonly Share[]): PassedOver | null =>
  steps
    .flatMap(({passedOver}) => passedOver)
    .find(({name, at}) =>
      expected.some(({value}) => value === name || (value.startsWith('#') && at.endsWith(`[${value.slice(1)}]`))),
    ) ?? null
