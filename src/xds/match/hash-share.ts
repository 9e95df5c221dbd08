import type {LoadBalancing} from '../parse/load-balancing-policy.js'
import {type HashPolicy, hashTable} from './hash-table.js'
import type {HostSet} from './host.js'
import type {HostShare, Sharing} from './host-share.js'
import {type PriorityLoad, priorityLoads} from './priority.js'

/**
 * ThreadAwareLoadBalancerBase: the hash picks the priority and then, in the table of that priority, the host. Its table
 * holds healthy hosts alone, also where the load falls to degraded ones; in panic all hosts. Null where a table is too
 * big to be laid out.
 * @param hash undefined where the request has none: Envoy then draws one, and the shares are those of all hashes.
 */
export function shareByHash(
  sets: readonly HostSet[],
  balancing: LoadBalancing,
  policy: HashPolicy,
  panicThreshold: number,
  hash: bigint | undefined,
): Sharing | null {
  const loads = priorityLoads(sets, panicThreshold)
  const tables = sets.map((set, index) =>
    hashTable(set, policy, balancing.locality === 'weighted', loads[index]?.panic ?? false),
  )
  const parts =
    hash === undefined ? loads.map(percent) : loads.map((_, index) => (index === priorityOf(hash, loads) ? 100 : 0))
  const shares: HostShare[] = []
  let unserved = 0
  for (const [index, part] of parts.entries()) {
    const table = tables[index]
    if (part === 0) continue
    if (!table) return null
    const host = hash === undefined ? undefined : table.hostOf(hash)
    const found = hash === undefined ? table.shares : host ? [{host, probability: 1}] : []
    if (found.length === 0) unserved += part / 100
    shares.push(...found.map((share) => ({host: share.host, probability: (share.probability * part) / 100})))
  }
  return {loads, shares, unserved}
}

const percent = (load: PriorityLoad): number => load.healthy + load.degraded

/** LoadBalancerBase::choosePriority: the healthy loads of all priorities come first, then the degraded ones. */
function priorityOf(hash: bigint, loads: readonly PriorityLoad[]): number {
  const drawn = Number(hash % 100n) + 1
  let sum = 0
  for (const kind of ['healthy', 'degraded'] as const)
    for (const [priority, load] of loads.entries()) {
      sum += load[kind]
      if (drawn <= sum) return priority
    }
  return 0
}
