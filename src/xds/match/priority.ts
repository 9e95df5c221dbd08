import type {HostSet} from './host.js'

/** A priority's part of the load, in whole per cent, for its healthy and for its degraded hosts. */
export interface PriorityLoad {
  healthy: number
  degraded: number
  /** Too few hosts are available: all hosts of the priority take part, whatever their health. */
  panic: boolean
  /** Availability of the priority in per cent, over-provisioned, at most 100. */
  health: number
  degradedHealth: number
}

/**
 * How Envoy spreads load over priorities (LoadBalancerBase::recalculatePerPriorityState): each takes as much as its
 * availability times the over-provisioning factor allows, the rest spills to the next; when all are in panic, hosts
 * are counted whatever their health. Whole per cents, as Envoy rounds them. Sums to 100.
 */
export function priorityLoads(sets: readonly HostSet[], panicThreshold: number): PriorityLoad[] {
  const loads = sets.map((set): PriorityLoad => ({healthy: 0, degraded: 0, panic: false, ...availability(set)}))
  const total = Math.min(
    100,
    loads.reduce((sum, load) => sum + load.health + load.degradedHealth, 0),
  )
  if (total > 0) spread(loads, total)
  const [first] = loads
  if (first && panicThreshold === 0 && total === 0) {
    first.healthy = 100
    return loads
  }
  sets.forEach((set, index) => {
    const load = loads[index]
    if (load) load.panic = total < 100 && isInPanic(set, panicThreshold)
  })
  if (loads.every((load) => load.panic)) spreadInPanic(sets, loads)
  return loads
}

const sum = (set: HostSet, counts: (host: HostSet['hosts'][number]) => boolean, weighted: boolean): number =>
  set.hosts.reduce((count, host) => count + (counts(host) ? (weighted ? host.endpoint.weight : 1) : 0), 0)

function availability(set: HostSet): Pick<PriorityLoad, 'health' | 'degradedHealth'> {
  const counted = sum(set, (host) => !host.health.excluded, false)
  if (counted === 0) return {health: 0, degradedHealth: 0}
  const weighted = set.weightedPriorityHealth
  const total = sum(set, (host) => !host.health.excluded, weighted)
  const share = (coarse: string) =>
    Math.min(
      100,
      Math.trunc((set.overprovisioningFactor * sum(set, (host) => host.health.coarse === coarse, weighted)) / total),
    )
  return {health: share('healthy'), degradedHealth: share('degraded')}
}

function spread(loads: PriorityLoad[], total: number): void {
  let left = 100
  for (const load of loads) {
    load.healthy = Math.min(left, Math.trunc((load.health * 100) / total))
    left -= load.healthy
  }
  for (const load of loads) {
    load.degraded = Math.min(left, Math.trunc((load.degradedHealth * 100) / total))
    left -= load.degraded
  }
  const healthy = loads.find((load) => load.health > 0)
  const degraded = loads.find((load) => load.degradedHealth > 0)
  if (healthy) healthy.healthy += left
  else if (degraded) degraded.degraded += left
}

/** Whether fewer hosts than the threshold (per cent) are available. */
export function isInPanic(set: HostSet, threshold: number): boolean {
  const counted = sum(set, (host) => !host.health.excluded, false)
  const available = sum(set, (host) => host.health.coarse !== 'unhealthy', false)
  return (counted === 0 ? 0 : (100 * available) / counted) < threshold
}

function spreadInPanic(sets: readonly HostSet[], loads: PriorityLoad[]): void {
  const total = sets.reduce((count, set) => count + set.hosts.length, 0)
  let left = 100
  sets.forEach((set, index) => {
    const load = loads[index]
    if (!load) return
    load.healthy = total === 0 ? 0 : Math.trunc((100 * set.hosts.length) / total)
    load.degraded = 0
    left -= load.healthy
  })
  const first =
    loads[
      Math.max(
        0,
        sets.findIndex((set) => set.hosts.length > 0),
      )
    ]
  if (first) first.healthy += left
}
