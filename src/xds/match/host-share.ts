import type {Weighted} from '../../decision/probability.js'
import type {HostPolicy, LoadBalancing} from '../parse/load-balancing-policy.js'
import type {CoarseHealth} from './health.js'
import type {Host, HostSet} from './host.js'
import {type PriorityLoad, priorityLoads} from './priority.js'

/** A host and its part of the requests. */
export interface HostShare extends Weighted {
  host: Host
}

/** How the requests of a host set, or of a subset of it, are shared. */
export interface Sharing {
  loads: PriorityLoad[]
  /** Hosts that can be chosen; empty where no request finds one. */
  shares: HostShare[]
  /** Part of the requests that finds no host, 0 to 1. */
  unserved: number
}

/** A priority and class of health that was decided on elsewhere: by an aggregate. */
export interface Pin {
  priority: number
  kind: 'healthy' | 'degraded'
}

/** Shares requests over priorities, localities and hosts. The shares and `unserved` sum to 1. */
export function shareHosts(
  sets: readonly HostSet[],
  balancing: LoadBalancing,
  panicThreshold: number,
  pin: Pin | null = null,
): Sharing {
  const own = priorityLoads(sets, panicThreshold)
  const loads = pin ? own.map((load, priority) => pinned(load, priority, pin)) : own
  const parts = new Map<Host, number>()
  let unserved = 0
  const give = (set: HostSet, percent: number, load: PriorityLoad, coarse: CoarseHealth) => {
    if (percent === 0) return
    const shares = shareHostSet(set, balancing, load.panic ? 'any' : coarse)
    if (shares.length === 0) unserved += percent / 100
    for (const {host, probability} of shares) parts.set(host, (parts.get(host) ?? 0) + (probability * percent) / 100)
  }
  sets.forEach((set, index) => {
    const load = loads[index]
    if (!load) return
    give(set, load.healthy, load, 'healthy')
    give(set, load.degraded, load, 'degraded')
  })
  return {loads, shares: [...parts].map(([host, probability]) => ({host, probability})), unserved}
}

const pinned = (load: PriorityLoad, priority: number, pin: Pin): PriorityLoad => ({
  ...load,
  healthy: 0,
  degraded: 0,
  ...(priority === pin.priority ? {[pin.kind]: 100} : {}),
})

/** Which hosts of a set take part: those of one class of health, or all of them in panic. */
export type Eligible = CoarseHealth | 'any'

/** Shares of the hosts of one priority. */
export function shareHostSet(set: HostSet, balancing: LoadBalancing, eligible: Eligible): HostShare[] {
  const takes = (host: Host) => eligible === 'any' || host.health.coarse === eligible
  if (eligible !== 'any' && balancing.locality === 'weighted' && set.localityWeights) {
    const weights = set.localities.map((locality) => ({
      hosts: locality.hosts.filter(takes),
      weight: effectiveWeight(locality, takes, set.overprovisioningFactor),
    }))
    const total = weights.reduce((sum, {weight}) => sum + weight, 0)
    if (total > 0)
      return weights
        .filter(({weight}) => weight > 0)
        .flatMap(({hosts, weight}) =>
          shareEvenly(hosts, balancing.host).map(({host, probability}) => ({
            host,
            probability: (probability * weight) / total,
          })),
        )
  }
  return shareEvenly(set.hosts.filter(takes), balancing.host)
}

/** LocalityWrr::effectiveLocalityWeight: the weight, lowered where too few of its hosts are available. */
function effectiveWeight(
  locality: HostSet['localities'][number],
  takes: (host: Host) => boolean,
  overprovisioningFactor: number,
): number {
  const counted = locality.hosts.filter((host) => !host.health.excluded).length
  if (counted === 0) return 0
  const available = locality.hosts.filter(takes).length
  return locality.weight * Math.min(1, ((overprovisioningFactor / 100) * available) / counted)
}

/** By weight; the random policy looks at no weights. */
function shareEvenly(hosts: readonly Host[], policy: HostPolicy): HostShare[] {
  const weight = policy.kind === 'random' ? () => 1 : (host: Host) => host.endpoint.weight
  const total = hosts.reduce((sum, host) => sum + weight(host), 0)
  return hosts.map((host) => ({host, probability: weight(host) / total}))
}
