import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Extension} from '../parse/extension.js'
import {at, type JsonObject, list, number, object, objects, string} from '../parse/field.js'
import {type ChainVerdict, ended} from './chain-verdict.js'
import type {DownstreamConnection} from './connection.js'
import type {HostNeed} from './http-verdict.js'
import {forwarded} from './local-reply.js'
import type {ChainQuestion} from './network-filters.js'
import {tunnelOf} from './tunnel.js'

/** A cluster that the TCP proxy may take. */
interface Candidate {
  cluster: string
  probability: number
  at: string
  because: Step['because']
  subset: JsonObject
}

/** PerConnectionCluster: filter state that names the cluster before all else. */
const clusterKey = 'envoy.tcp_proxy.cluster'

/** The TCP proxy's clusters: the one that an earlier filter named, else its own, or its weighted ones by their shares. */
export function proxyTcp(
  proxy: Extension,
  {connection, explain}: ChainQuestion,
  clusterOverride: string | null,
): ChainVerdict[] {
  const subset = subsetOf(proxy.raw)
  const inState = connection.state?.filterState[clusterKey]?.value ?? null
  const candidates = candidatesOf(proxy, inState ?? clusterOverride, subset)
  const tunnel = tunnelOf(proxy, connection)
  return candidates.map((candidate) => ({
    ...ended(forwarded),
    probability: candidate.probability,
    cluster: candidate.cluster,
    need: hostNeed(proxy.raw, candidate.subset, connection, tunnel !== null),
    ...(tunnel ? {upstreamRequest: tunnel.request, tunnel: 'begins' as const} : {}),
    notes: tunnel?.notes ?? [],
    steps: explain ? [stepOf(candidate, candidates)] : [],
  }))
}

function candidatesOf({raw, at: here}: Extension, override: string | null, subset: JsonObject): Candidate[] {
  const single = (cluster: string, place: string, field: string): Candidate[] => [
    {cluster, probability: 1, at: place, because: [check(field, cluster, cluster, true)], subset},
  ]
  if (override !== null) return single(override, here, 'cluster of the connection')
  const cluster = string(raw, 'cluster')
  if (cluster !== undefined) return single(cluster, at(here, 'cluster'), 'cluster')
  const weighted = objects(object(raw, 'weighted_clusters') ?? {}, 'clusters')
  const total = weighted.reduce((sum, entry) => sum + (number(entry, 'weight') ?? 0), 0)
  return weighted.flatMap((entry, index) => {
    const weight = number(entry, 'weight') ?? 0
    if (weight === 0) return []
    return {
      cluster: string(entry, 'name') ?? '',
      probability: weight / total,
      at: at(here, 'weighted_clusters', 'clusters', index),
      because: [check('weight', `${weight} of ${total}`, 'by chance', true)],
      subset: {...subset, ...subsetOf(entry)},
    }
  })
}

/** `metadata_match["envoy.lb"]` */
const subsetOf = (raw: JsonObject): JsonObject =>
  object(object(object(raw, 'metadata_match') ?? {}, 'filter_metadata') ?? {}, 'envoy.lb') ?? {}

function hostNeed(
  raw: JsonObject,
  subset: JsonObject,
  {remote, state}: DownstreamConnection,
  tunnels: boolean,
): HostNeed {
  const policies = list(raw, 'hash_policy')
  const bySource = objects(raw, 'hash_policy').map((policy) =>
    object(policy, 'source_ip') ? (remote?.ip ?? null) : null,
  )
  return {
    subset: {...subset},
    hashKeys: policies.length === 0 ? null : bySource,
    clusterNotFoundStatus: 503,
    request: null,
    ...(tunnels ? {tunnels} : {}),
    ...(state ? {state} : {}),
  }
}

const stepOf = (winner: Candidate, candidates: readonly Candidate[]): Step => ({
  at: winner.at,
  level: 'tcp proxy',
  decided: winner.cluster,
  because: winner.because,
  passedOver: candidates
    .filter((candidate) => candidate !== winner)
    .map(({at: place, cluster, because}) => ({
      at: place,
      name: cluster,
      check: check('weight', because[0]?.want ?? '', 'another was drawn', false),
    })),
})
