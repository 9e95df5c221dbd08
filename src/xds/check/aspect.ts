import type {HttpRequest} from '../match/request.js'
import type {MatchBranch} from '../match/result.js'

/** Stands for a member that does not apply, in test files and in what is printed. */
export const none = '-'

/** A value that one part of the requests has. */
export interface Valued {
  /** Every way to write the value; the first is the one that is shown. */
  spellings: readonly string[]
  probability: number
}

/** Something of an answer that a test can expect. */
export interface Aspect {
  /** The values in one branch; their probabilities sum to the branch's own. */
  valuesOf: (branch: MatchBranch, asked: HttpRequest | null) => Valued[]
  /** Levels of the steps that choose it among candidates of its kind. */
  levels: readonly string[]
  /** Levels of the steps before, which the choice hangs on. With neither, the reason is whatever came last. */
  before: readonly string[]
}

type Spell = (branch: MatchBranch, asked: HttpRequest | null) => readonly (string | number | null)[]

/** One value a branch; none is spelled `-`. */
export const aspect = (levels: readonly string[], spell: Spell, before: readonly string[] = []): Aspect => ({
  levels,
  before,
  valuesOf: (branch, asked) => {
    const spellings = spell(branch, asked)
      .filter((text) => text !== null)
      .map(String)
    return [{spellings: spellings.length === 0 ? [none] : spellings, probability: branch.probability}]
  },
})

/** By name, or by position: `#0`. */
const nameOrIndex = (found: {name: string | null; index: number} | null): (string | null)[] =>
  found === null ? [] : [found.name, `#${found.index}`]

/** What is sent upstream; where the proxy changes nothing, `-` says so too. */
const sent = (rewritten: string | null, own: string | null): (string | null)[] =>
  rewritten === null ? [own, none] : [rewritten]

function endpointsOf({endpoints, outcome, probability}: MatchBranch): Valued[] {
  if (outcome.kind !== 'forwarded' || endpoints.length === 0) return [{spellings: [none], probability}]
  return endpoints.map((endpoint) => ({
    spellings: [endpoint.address],
    probability: probability * endpoint.probability,
  }))
}

const toRoute = ['virtual host', 'route']

/** What can be expected, in the order in which it is decided. */
export const aspects = {
  listener: aspect(['listener', 'hand-off'], ({listener}) => [listener]),
  filterChain: aspect(['filter chain'], ({filterChain}) => nameOrIndex(filterChain)),
  routeConfig: aspect([], ({routeConfig}) => [routeConfig], ['filter chain', 'scoped route']),
  virtualHost: aspect(['virtual host'], ({virtualHost}) => [virtualHost]),
  route: aspect(['route'], ({route}) => nameOrIndex(route), ['virtual host']),
  virtualCluster: aspect([], ({virtualCluster}) => [virtualCluster], toRoute),
  cluster: aspect(['cluster of the route', 'tcp proxy'], ({cluster}) => [cluster], toRoute),
  endpoints: {levels: ['endpoint'], before: ['cluster', 'subset', 'priority'], valuesOf: endpointsOf},
  outcome: aspect([], ({outcome}) => [outcome.kind]),
  status: aspect([], ({outcome}) => [outcome.status]),
  details: aspect([], ({outcome}) => [outcome.details]),
  responseFlags: aspect([], ({outcome}) => [outcome.responseFlags]),
  location: aspect([], ({notes}) => [notes.find(({kind}) => kind === 'location')?.text ?? null], toRoute),
  authority: aspect(
    [],
    ({rewritten}, asked) => (rewritten === null ? [] : sent(rewritten.authority, asked?.authority ?? null)),
    toRoute,
  ),
  path: aspect(
    [],
    ({rewritten}, asked) => (rewritten === null ? [] : sent(rewritten.path, asked?.path ?? null)),
    toRoute,
  ),
} as const satisfies Record<string, Aspect>

export type AspectName = keyof typeof aspects

export const isAspect = (name: string): name is AspectName => Object.hasOwn(aspects, name)
