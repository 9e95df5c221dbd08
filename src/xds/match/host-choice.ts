import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {endpointShare} from './endpoint.js'
import type {HostSet} from './host.js'
import {type HostShare, type Sharing, shareHosts} from './host-share.js'
import {endpointStep, priorityStep, subsetStep, transportSteps} from './host-step.js'
import {isGrpcRequest} from './local-reply.js'
import {chooseSubsets, type SubsetChoice} from './subset.js'
import {clusterStep, emptyChoice, forwardedTo, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** Hosts of a cluster that has a list of them. An answer that does not hang on the request's host is kept. */
export function chooseHosts(known: KnownCluster, ask: Ask): UpstreamChoice[] {
  if (known.cluster.http.autoSni) return answer(known, ask)
  const key = answerKey(ask)
  const kept = known.answers.get(key)
  if (kept) return kept
  const made = answer(known, ask)
  known.answers.set(key, made)
  return made
}

/** All that an answer hangs on, beside the cluster and the proxy. */
function answerKey({need, connection, explain}: Ask): string {
  const protocol = need.request ? (isGrpcRequest(need.request) ? 'grpc' : 'http') : 'tcp'
  return `${explain} ${protocol} ${connection.protocol === 'http2'} ${JSON.stringify(need.subset)}`
}

function answer(known: KnownCluster, ask: Ask): UpstreamChoice[] {
  if (known.sets === null) return [hostsUnknown(known, ask)]
  const {subset} = known.cluster.loadBalancing
  const tried = subset
    ? chooseSubsets(known.sets, subset, ask.need.subset)
    : [{sets: known.sets, panicSets: null, decided: null, singleHost: false, because: [], passedOver: []}]
  let last: UpstreamChoice[] = []
  for (const candidate of tried) {
    last = answerWithin(known, candidate, ask)
    if (last.some(({outcome}) => outcome.kind === 'forwarded')) return last
  }
  return last
}

/** What one subset gives; its hosts of `panic_mode_any` where it gives none. */
function answerWithin(known: KnownCluster, subset: SubsetChoice, ask: Ask): UpstreamChoice[] {
  const first = sharing(known, subset.sets ?? [], subset.singleHost)
  const [sharingUsed, sets] =
    first.shares.length === 0 && subset.panicSets
      ? [sharing(known, subset.panicSets, false), subset.panicSets]
      : [first, subset.sets ?? []]
  const steps = ask.explain ? stepsOf(known, subset, sets, sharingUsed) : []
  return choices(known, sharingUsed, ask).map((choice) => ({
    ...choice,
    assumptions: [...known.assumptions, ...choice.assumptions],
    steps: [
      ...steps,
      ...(ask.explain && choice.endpoints.length > 0 ? transportSteps(known.cluster, sharingUsed) : []),
    ],
  }))
}

function sharing({cluster}: KnownCluster, sets: readonly HostSet[], singleHost: boolean): Sharing {
  if (sets.length === 0) return {loads: [], shares: [], unserved: 1}
  const [only] = sets
  const [host] = only?.hosts ?? []
  if (singleHost && host) return {loads: [], shares: [{host, probability: 1}], unserved: 0}
  return shareHosts(sets, cluster.loadBalancing, cluster.panicThreshold)
}

function choices(known: KnownCluster, {shares, unserved}: Sharing, ask: Ask): UpstreamChoice[] {
  if (shares.length === 0) return [noHealthyHost(known, ask)]
  const served = shares.reduce((sum, {probability}) => sum + probability, 0)
  const endpoints = shares.map((share: HostShare) =>
    endpointShare(known.cluster, share.host, {probability: share.probability / served}, ask),
  )
  const choice = {...forwardedTo(known, endpoints, ask), probability: 1 - unserved}
  return unserved > 0 ? [choice, {...noHealthyHost(known, ask), probability: unserved}] : [choice]
}

function stepsOf(known: KnownCluster, subset: SubsetChoice, sets: readonly HostSet[], used: Sharing) {
  const config = known.cluster.loadBalancing.subset
  return [
    clusterStep(known),
    ...(config ? [subsetStep(config, subset)] : []),
    ...(used.loads.length > 0 ? [priorityStep(known, sets, used.loads)] : []),
    endpointStep(known, used),
  ]
}

/** The hosts stand in no document at hand: Envoy may have some, or none. */
const hostsUnknown = (known: KnownCluster, {explain}: Ask): UpstreamChoice => ({
  ...emptyChoice(known.cluster),
  assumptions: [
    {
      about: `endpoints of ${known.cluster.name}`,
      assumed: 'has a healthy endpoint, which the dump does not show',
      at: known.cluster.at,
      turn: null,
    },
  ],
  steps: explain ? [clusterStep(known)] : [],
})
