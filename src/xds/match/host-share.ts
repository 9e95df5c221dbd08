import type {Weighted} from '../../decision/probability.js'
import type {HostPolicy, LoadBalancing} from '../parse/load-balancing-policy.js'
import type {CoarseHealth} from './health.js'
import type {Host, HostSet} from './host.js'
import {isInPanic, type PriorityLoad, priorityLoads} from './priority.js'
import {type OwnZone, zoneParts} from './zone.js'

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

/** What load balancing goes by, beside the hosts. */
export interface Balance {
  balancing: LoadBalancing
  /** Per cent. */
  panicThreshold: number
  /** Where this proxy and its peers are; null without a `local_cluster_name`. */
  zone: OwnZone | null
}

/** Shares requests over priorities, localities and hosts. The shares and `unserved` sum to 1. */
export function shareHosts(sets: readonly HostSet[], balance: Balance, pin: Pin | null = null): Sharing {
  const own = priorityLoads(sets, balance.panicThreshold)
  const loads = pin ? own.map((load, priority) => pinned(load, priority, pin)) : own
  const parts = new Map<Host, number>()
  let served = 0
  const give = (set: HostSet, percent: number, load: PriorityLoad, coarse: CoarseHealth) => {
    if (percent === 0) return
    for (const {host, probability} of shareHostSet(set, balance, load.panic ? 'any' : coarse)) {
      const part = (probability * percent) / 100
      if (part === 0) continue
      parts.set(host, (parts.get(host) ?? 0) + part)
      served += part
    }
  }
  sets.forEach((set, index) => {
    const load = loads[index]
    if (!load) return
    give(set, load.healthy, load, 'healthy')
    give(set, load.degraded, load, 'degraded')
  })
  // What is left by rounding is no request without a host.
  const unserved = 1 - served < 1e-9 ? 0 : 1 - served
  return {loads, shares: [...parts].map(([host, probability]) => ({host, probability})), unserved}
}

const pinned = (load: PriorityLoad, priority: number, pin: Pin): PriorityLoad => ({
  ...load,
  healthy: 0,
  degraded: 0,
  ...(priority === pin.priority ? {[pin.kind]: 100} : {}),
})

/** Which hosts of a set take part: those of one class of health, or all of them in panic. */
type Eligible = CoarseHealth | 'any'

/** Shares of the hosts of one priority; they sum to less than 1 where a locality without such hosts has a part. */
function shareHostSet(set: HostSet, balance: Balance, eligible: Eligible): HostShare[] {
  const {balancing, zone} = balance
  const takes = (host: Host) => eligible === 'any' || host.health.coarse === eligible
  const all = shareEvenly(set.hosts.filter(takes), balancing.host)
  if (eligible === 'any') return balancing.locality === 'zone_aware' && balancing.zone.failOnPanic ? [] : all
  // Where the weights decide nothing, zones may.
  const weighted = balancing.locality === 'weighted' ? byLocalityWeight(set, balancing, takes) : null
  if (weighted) return weighted
  return zone && set.priority === 0 ? byZone(set, balance, zone, takes, all) : all
}

function byLocalityWeight(
  set: HostSet,
  {host: policy}: LoadBalancing,
  takes: (host: Host) => boolean,
): HostShare[] | null {
  if (!set.localityWeights) return null
  const weights = set.localities.map((locality) => ({
    hosts: locality.hosts.filter(takes),
    weight: effectiveWeight(locality, takes, set.overprovisioningFactor),
  }))
  const total = weights.reduce((sum, {weight}) => sum + weight, 0)
  if (total === 0) return null
  return weights
    .filter(({weight}) => weight > 0)
    .flatMap(({hosts, weight}) => scaled(shareEvenly(hosts, policy), weight / total))
}

const scaled = (shares: readonly HostShare[], part: number): HostShare[] =>
  shares.map(({host, probability}) => ({host, probability: probability * part}))

/** By zone, as far as `routing_enabled` goes; not at all where the peers themselves are in panic. */
function byZone(
  set: HostSet,
  {balancing, panicThreshold}: Balance,
  zone: OwnZone,
  takes: (host: Host) => boolean,
  all: HostShare[],
): HostShare[] {
  const parts = zoneParts(set, zone, balancing.zone)
  const routed = balancing.zone.routingEnabled / 100
  if (!parts || routed === 0) return all
  const zonal = isInPanic(zone.peers, panicThreshold)
    ? balancing.zone.failOnPanic
      ? []
      : all
    : [...parts].flatMap(([{hosts}, part]) => scaled(shareEvenly(hosts.filter(takes), balancing.host), part))
  return routed === 1 ? zonal : [...scaled(zonal, routed), ...scaled(all, 1 - routed)]
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
