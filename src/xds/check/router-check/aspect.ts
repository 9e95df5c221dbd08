import type {HttpRequest} from '../../match/request.js'
import type {MatchBranch} from '../../match/result.js'
import {type Aspect, aspect, aspects, none} from '../aspect.js'

type Answer = (branch: MatchBranch, asked: HttpRequest | null) => string | number | null

/** What router_check_tool would print; an empty text, which it prints for nothing, is `-` here. */
const printed = (like: Aspect, answer: Answer): Aspect => ({
  ...aspect(like.levels, (branch, asked) => [answer(branch, asked) || null], like.before),
})

/** The tool knows a route entry where requests are forwarded, else a direct response entry: a redirect is one. */
const isRouted = ({cluster, outcome}: MatchBranch): boolean =>
  outcome.details !== 'direct_response' && (outcome.kind === 'forwarded' || cluster !== null)

const ifRouted =
  (answer: Answer): Answer =>
  (branch, asked) =>
    isRouted(branch) ? answer(branch, asked) : null

/** Of a direct response without a redirect the tool prints the URL of the request itself. */
function redirectOf({outcome, notes}: MatchBranch, asked: HttpRequest | null): string | null {
  const location = notes.find(({kind}) => kind === 'location')?.text
  if (location !== undefined) return location
  if (outcome.details !== 'direct_response' || !asked) return null
  const scheme = asked.headers.find(([name]) => name.toLowerCase() === 'x-forwarded-proto')?.[1] ?? 'http'
  return `${scheme}://${asked.authority ?? ''}${asked.path}`
}

/** The members of `validate` that can be checked, with the tool's own meaning. */
export const routerCheckAspects = {
  virtual_host_name: printed(
    aspects.virtualHost,
    ifRouted(({virtualHost}) => virtualHost),
  ),
  virtual_cluster_name: printed(aspects.virtualCluster, ({virtualCluster}) => virtualCluster),
  cluster_name: printed(
    aspects.cluster,
    ifRouted(({cluster}) => cluster),
  ),
  path_rewrite: printed(
    aspects.path,
    ifRouted(({rewritten}, asked) => rewritten?.path ?? asked?.path ?? null),
  ),
  host_rewrite: printed(
    aspects.authority,
    ifRouted(({rewritten}, asked) => rewritten?.authority ?? asked?.authority ?? null),
  ),
  path_redirect: printed(aspects.location, redirectOf),
  code_redirect: printed(aspects.location, (branch) => (isRouted(branch) ? 0 : branch.outcome.status)),
} as const satisfies Record<string, Aspect>

export type RouterCheckMember = keyof typeof routerCheckAspects

export const isRouterCheckMember = (name: string): name is RouterCheckMember => Object.hasOwn(routerCheckAspects, name)

/** How an expectation is written that the tool's nothing, an empty text or 0, stands for. */
export const expectedText = (value: string): string => (value === '' || value === '0' ? none : value)
