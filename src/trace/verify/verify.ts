import type {Mesh} from '../mesh.js'
import type {Hop, ProxyHop, Trace, TraceBranch} from '../trace.js'
import {judgeAnswer} from './answer.js'
import {countersAt, hostKey, type PlaceCounters} from './counters.js'
import type {Evidence, Sent, Verdict, Verification, VerifiedBranch, VerifiedHop} from './verification.js'

/** The mesh as it was counted before and after the request. */
export interface Observed {
  before: Mesh
  after: Mesh
}

/**
 * Holds a trace against the counters before and after its request. A counter that moved confirms a hop; one that could be read and did not move
 * contradicts it, unless chance chose another way that is confirmed. Other traffic counts as well: a quiet mesh says most.
 */
export function verifyTrace(trace: Trace, observed: Observed, sent: Sent | null): Omit<Verification, 'warnings'> {
  const judged = trace.branches.map((branch) => ({branch, hops: judgeHops(branch, observed, sent)}))
  const takenAny = judged.some(({hops}) => takenOf(hops) === 'yes')
  const branches = judged.map(({branch: {probability, outcome}, hops}): VerifiedBranch => {
    const taken = takenOf(hops)
    return {probability, outcome, taken, hops: takenAny && taken === 'no' ? untilParting(hops) : hops}
  })
  return {request: trace.request, verdict: verdictOf(branches), sent, branches}
}

function takenOf(hops: readonly VerifiedHop[]): VerifiedBranch['taken'] {
  if (hops.some(({verdict}) => verdict === 'contradicted')) return 'no'
  return hops.some(({place, verdict}) => place !== 'app' && verdict === 'confirmed') ? 'yes' : 'unknown'
}

/** On a way that chance did not choose, nothing counts from the hop on where the ways part: what stands still contradicts nothing. */
function untilParting(hops: readonly VerifiedHop[]): VerifiedHop[] {
  const parting = hops.findIndex(({verdict}) => verdict === 'contradicted')
  return hops.map((hop, index) =>
    index < parting ? hop : {...hop, verdict: 'not observable', reason: 'the request went another way'},
  )
}

function verdictOf(branches: readonly VerifiedBranch[]): Verdict {
  if (branches.some(({taken}) => taken === 'yes')) return 'confirmed'
  return branches.length > 0 && branches.every(({taken}) => taken === 'no') ? 'contradicted' : 'not observable'
}

function judgeHops(branch: TraceBranch, observed: Observed, sent: Sent | null): VerifiedHop[] {
  let last: ProxyHop | null = null
  return branch.hops.map((hop, index): VerifiedHop => {
    const verified = judgeHop(hop, {branch, observed, sent, last, isFirst: index === 0})
    if (hop.place === 'proxy') last = hop
    return verified
  })
}

interface Around {
  branch: TraceBranch
  observed: Observed
  sent: Sent | null
  /** The last proxy before the hop. */
  last: ProxyHop | null
  isFirst: boolean
}

function judgeHop(hop: Hop, around: Around): VerifiedHop {
  switch (hop.place) {
    case 'app':
      return {place: 'app', at: hop.pod ?? hop.host, passage: null, ...judgeAnswer(around)}
    case 'netns':
      return {place: 'netns', at: hop.pod, passage: hop.crossing, ...judgeRules(hop.rules, 'pod', hop.pod, around)}
    case 'node':
      return {place: 'node', at: hop.node, passage: null, ...judgeRules(hop.rules, 'node', hop.node, around)}
    case 'proxy':
      return {place: 'proxy', at: hop.pod, passage: hop.direction, ...judgeProxy(hop, around)}
  }
}

export type Judgement = Pick<VerifiedHop, 'verdict' | 'evidence' | 'reason'>

export const unseen = (reason: string): Judgement => ({verdict: 'not observable', evidence: [], reason})

function pairOf({before, after}: Observed, kind: 'pod' | 'node', name: string): [PlaceCounters, PlaceCounters] {
  return [countersAt(before, kind, name), countersAt(after, kind, name)]
}

function judgeRules(rules: readonly string[], kind: 'pod' | 'node', name: string, around: Around): Judgement {
  if (rules.length === 0) return unseen('no rule fits, so that none counts')
  const [before, after] = pairOf(around.observed, kind, name)
  const [first, second] = [before.rules, after.rules]
  if (first === null || second === null) return unseen('the counters of its rules could not be read')
  const evidence = [...new Set(rules)].flatMap((rule): Evidence[] => {
    const [was, is] = [first.get(rule), second.get(rule)]
    return was === undefined || is === undefined ? [] : [{counter: `packets of ${rule}`, before: was, after: is}]
  })
  if (evidence.length === 0) return unseen('its rules count nothing')
  if (evidence.every(moved)) return {verdict: 'confirmed', evidence, reason: null}
  const reused = reuse(around)
  return reused === null
    ? {verdict: 'contradicted', evidence, reason: null}
    : {verdict: 'not observable', evidence, reason: reused}
}

const moved = ({before, after}: Evidence): boolean => after > before

/** NAT rules see the first packet of a connection: why there may have been none. */
function reuse({last, sent, observed}: Around): string | null {
  if (last === null) return sent === null ? 'the client may have used a connection that was open already' : null
  const counts = hostEvidence(last, 'connections', observed)
  return counts !== null && !moved(counts) ? 'the proxy used a connection that was open already' : null
}

function hostEvidence(hop: ProxyHop, what: 'requests' | 'connections', observed: Observed): Evidence | null {
  if (hop.cluster === null || hop.endpoint === null) return null
  const [before, after] = pairOf(observed, 'pod', hop.pod)
  const key = hostKey(hop.cluster, hop.endpoint)
  const is = after.hosts?.get(key)
  if (before.hosts === null || is === undefined) return null
  // An endpoint that Envoy learned of only meanwhile had nothing before.
  return {
    counter: `${what} to ${hop.endpoint} of ${hop.cluster}`,
    before: before.hosts.get(key)?.[what] ?? 0,
    after: is[what],
  }
}

function judgeProxy(hop: ProxyHop, {observed}: Around): Judgement {
  if (hop.outcome.kind === 'responded') return judgeResponse(hop, hop.outcome.status, observed)
  const isHttp = hop.routeConfig !== null || hop.virtualHost !== null
  const evidence = hostEvidence(hop, isHttp ? 'requests' : 'connections', observed)
  if (evidence === null) return unseen('its Envoy was not asked, or counts nothing there')
  return {verdict: moved(evidence) ? 'confirmed' : 'contradicted', evidence: [evidence], reason: null}
}

/** An answer of the Envoy's own is counted by its class alone: `http.outbound_0.0.0.0_9080.downstream_rq_4xx`. */
function judgeResponse(hop: ProxyHop, status: number | null, observed: Observed): Judgement {
  const [before, after] = pairOf(observed, 'pod', hop.pod)
  const wanted = new RegExp(`^http\\.(?!admin\\.).*downstream_rq_${Math.floor((status ?? 0) / 100)}xx$`)
  const all = [...(after.stats ?? [])].filter(([name]) => wanted.test(name))
  if (before.stats === null || all.length === 0) return unseen('its Envoy counts no answers of this kind')
  const evidence = all.map(([name, is]): Evidence => ({counter: name, before: before.stats?.get(name) ?? 0, after: is}))
  const up = evidence.filter(moved)
  return up.length > 0
    ? {verdict: 'confirmed', evidence: up, reason: null}
    : {verdict: 'contradicted', evidence, reason: null}
}
