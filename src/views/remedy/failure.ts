import type {Check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {TraceRequest} from '../../trace/request.js'
import type {Resolution} from '../../trace/resolution.js'
import type {Hop, NetnsHop, NodeHop, Outcome, ProxyHop, TraceBranch} from '../../trace/trace.js'
import {istioObject} from '../story/istio-object.js'
import type {CaptureFacts} from '../story/story.js'

/** One failed way, with the facts that remedies are made from. */
export interface Failure {
  request: TraceRequest
  branch: TraceBranch
  /** What failed: not the answer that a proxy between made of it. */
  outcome: Outcome
  /** Details without what stands in braces, empty for none. */
  details: string
  /** The Envoy that answered or closed, or null. */
  proxy: ProxyHop | null
  /** The Envoy before it on the way, or null. */
  sender: ProxyHop | null
  /** The rules that stopped it, or null. */
  rules: NetnsHop | NodeHop | null
  last: Hop | null
  facts: CaptureFacts
  /** How the name became an address, or null. */
  resolution: Resolution | null
}

const isProxy = (hop: Hop): hop is ProxyHop => hop.place === 'proxy'

const stops = (hop: Hop): hop is NetnsHop | NodeHop =>
  (hop.place === 'netns' || hop.place === 'node') && hop.verdict !== 'accept'

/** Null where the branch ends well. */
export function readFailure(
  request: TraceRequest,
  branch: TraceBranch,
  facts: CaptureFacts,
  resolution: Resolution | null,
): Failure | null {
  if (branch.outcome.kind === 'delivered') return null
  // Where a proxy between turned a failure into its own answer, what helps is at the failure.
  const outcome = branch.cause ?? branch.outcome
  const proxies = branch.hops.filter(isProxy)
  const proxy = proxies.findLast((hop) => hop.outcome.kind !== 'forwarded') ?? null
  const before = proxy === null ? proxies : proxies.slice(0, proxies.indexOf(proxy))
  return {
    request,
    branch,
    outcome,
    details: (outcome.details ?? '').replace(/\{.*$/s, ''),
    proxy,
    sender: before.at(-1) ?? null,
    rules: branch.hops.findLast(stops) ?? null,
    last: branch.hops.at(-1) ?? null,
    facts,
    resolution,
  }
}

export const stepsOf = (hop: Hop | null, ...levels: string[]): Step[] =>
  hop === null ? [] : hop.steps.filter((step) => levels.length === 0 || levels.includes(step.level))

/** Every comparison of these steps whose field passes, the losers' too. */
export const checksOf = (steps: readonly Step[], field: (name: string) => boolean): Check[] =>
  steps
    .flatMap((step) => [...step.because, ...step.passedOver.map((passed) => passed.check)])
    .filter((check) => field(check.field))

/** The object that the failed Envoy's decision of `level` was made from: `VirtualService default/reviews`. */
export function objectOf({proxy, facts}: Failure, level: string): string | null {
  const step = stepsOf(proxy, level).at(-1)
  return step === undefined || proxy === null ? null : istioObject(facts.source?.(step.at, proxy))
}
