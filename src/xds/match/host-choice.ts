import type {Step} from '../../decision/step.js'
import type {JsonObject} from '../parse/field.js'
import type {Ask} from './ask.js'
import {type KnownCluster, ownZone} from './cluster.js'
import {endpointShare} from './endpoint.js'
import {combineHashKeys} from './hash.js'
import {shareByHash} from './hash-share.js'
import type {Host, HostSet} from './host.js'
import {type HostShare, type Pin, type Sharing, shareHosts} from './host-share.js'
import {endpointStep, priorityStep, subsetStep, transportSteps} from './host-step.js'
import {balancingAssumptions, balancingNotes} from './load-balancing-note.js'
import {withBreaker} from './overload.js'
import {isGrpc} from './routed-request.js'
import {chooseSubsets, type SubsetChoice} from './subset.js'
import {clusterStep, emptyChoice, forwardedTo, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** Hosts of a cluster that has a list of them. An answer that does not hang on the request itself is kept. */
export function chooseHosts(known: KnownCluster, ask: Ask, pin: Pin | null = null): UpstreamChoice[] {
  if (known.cluster.http.autoSni || hashOf(known, ask) !== undefined) return answer(known, ask, pin)
  const key = answerKey(ask, pin)
  const kept = known.answers.get(key)
  if (kept) return kept
  const made = answer(known, ask, pin)
  known.answers.set(key, made)
  return made
}

/** All that an answer hangs on, beside the cluster and the proxy. */
function answerKey({need, connection, explain}: Ask, pin: Pin | null): string {
  const protocol = need.request ? (isGrpc(need.request) ? 'grpc' : 'http') : need.tunnels ? 'tunnel' : 'tcp'
  const hashed = need.hashKeys?.includes(null) ? 'unknown hash' : 'no hash'
  return `${explain} ${protocol} ${connection.protocol === 'http2'} ${hashed} ${need.priority} ${need.hostOfEndpoint !== undefined} ${pin?.priority} ${pin?.kind} ${JSON.stringify(need.subset)}`
}

/** The hash that the policy goes by, where all of its keys are known; undefined where it has none. */
function hashOf({cluster}: KnownCluster, {need}: Ask): bigint | undefined {
  const {kind} = cluster.loadBalancing.host
  if ((kind !== 'ring_hash' && kind !== 'maglev') || !need.hashKeys) return undefined
  const keys = need.hashKeys.filter((key) => key !== null)
  return keys.length === need.hashKeys.length ? combineHashKeys(keys) : undefined
}

const wholeCluster = (sets: readonly HostSet[]): SubsetChoice => ({
  sets,
  decided: null,
  singleHost: false,
  because: [],
  passedOver: [],
})

function subsetsFor(known: KnownCluster, sets: readonly HostSet[], criteria: JsonObject): SubsetChoice[] {
  const key = JSON.stringify(criteria)
  const kept = known.subsets.get(key)
  if (kept) return kept
  const {subset} = known.cluster.loadBalancing
  const made = subset ? chooseSubsets(sets, subset, criteria) : [wholeCluster(sets)]
  known.subsets.set(key, made)
  return made
}

function answer(known: KnownCluster, ask: Ask, pin: Pin | null): UpstreamChoice[] {
  if (known.sets === null) return [hostsUnknown(known, ask)]
  const tried = tryInTurn(known, subsetsFor(known, known.sets, ask.need.subset), ask, pin)
  const used = combined(tried.map((attempt) => attempt.sharing))
  const steps = ask.explain ? stepsOf(known, tried, used) : []
  const transports = ask.explain
    ? transportSteps(
        known.cluster,
        used.shares.map(({host}) => host),
      )
    : []
  return choices(known, used, ask).map((choice) =>
    withBreaker(
      known,
      {
        ...choice,
        ...chanceOf(known, choice, ask),
        steps: choice.endpoints.length > 0 ? [...steps, ...transports] : steps,
      },
      ask,
    ),
  )
}

interface Attempt {
  subset: SubsetChoice
  sharing: Sharing
}

/** Subsets in turn, as long as a part of the requests found no host. */
function tryInTurn(known: KnownCluster, subsets: readonly SubsetChoice[], ask: Ask, pin: Pin | null): Attempt[] {
  const tried: Attempt[] = []
  for (const subset of subsets) {
    const found = sharing(known, subset.sets ?? [], subset.singleHost, ask, pin)
    tried.push({subset, sharing: found})
    if (found.unserved === 0) break
  }
  return tried
}

/** Each sharing takes what the ones before it left. */
function combined(sharings: readonly Sharing[]): Sharing {
  const [first] = sharings
  if (first && sharings.length === 1) return first
  const parts = new Map<Host, number>()
  let left = 1
  for (const {shares, unserved} of sharings) {
    for (const {host, probability} of shares) parts.set(host, (parts.get(host) ?? 0) + left * probability)
    left *= unserved
  }
  return {loads: [], shares: [...parts].map(([host, probability]) => ({host, probability})), unserved: left}
}

/** What is not known of the choice, and what of it hangs on the load: only where there is more than one host. */
function chanceOf(
  known: KnownCluster,
  choice: UpstreamChoice,
  ask: Ask,
): Pick<UpstreamChoice, 'assumptions' | 'notes'> {
  const several = choice.endpoints.length > 1
  return {
    assumptions: [...known.assumptions, ...choice.assumptions, ...(several ? balancingAssumptions(known, ask) : [])],
    notes: several ? balancingNotes(known) : [],
  }
}

function sharing(
  known: KnownCluster,
  sets: readonly HostSet[],
  singleHost: boolean,
  ask: Ask,
  pin: Pin | null,
): Sharing {
  const {loadBalancing, panicThreshold} = known.cluster
  if (sets.length === 0) return {loads: [], shares: [], unserved: 1}
  const host = singleHost ? sets[0]?.hosts[0] : undefined
  if (host) return {loads: [], shares: [{host, probability: 1}], unserved: 0}
  const policy = loadBalancing.host
  const hashed =
    policy.kind === 'ring_hash' || policy.kind === 'maglev'
      ? shareByHash(sets, loadBalancing, policy, panicThreshold, hashOf(known, ask))
      : null
  const zone = ownZone(ask.envoy, known.cluster.name)
  return hashed ?? shareHosts(sets, {balancing: loadBalancing, panicThreshold, zone}, pin)
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

function stepsOf(known: KnownCluster, tried: readonly Attempt[], used: Sharing): Step[] {
  const config = known.cluster.loadBalancing.subset
  return [
    clusterStep(known),
    ...tried.flatMap(({subset, sharing: {loads}}) => [
      ...(config ? [subsetStep(config, subset)] : []),
      ...(loads.length > 0 ? [priorityStep(known, subset.sets ?? [], loads)] : []),
    ]),
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
