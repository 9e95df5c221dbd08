import type {ZoneAware} from '../parse/load-balancing-policy.js'
import type {HostLocality, HostSet} from './host.js'

/** What zone-aware routing weighs a cluster against: where this proxy runs, and where its peers do. */
export interface OwnZone {
  /** `region/zone/sub_zone` of the node. */
  locality: string
  /** The highest priority of the `local_cluster_name` cluster. */
  peers: HostSet
}

/**
 * ZoneAwareLoadBalancerBase: the part of the requests that each locality of the highest priority gets; null where zones
 * do not matter: fewer than two on either side, no peer in the own one, or too few healthy hosts. The own zone gets what
 * its share of hosts allows for its share of peers; the rest goes where the share of hosts is higher than that of peers.
 */
export function zoneParts(set: HostSet, zone: OwnZone, config: ZoneAware): Map<HostLocality, number> | null {
  if (isTooSmall(set, zone, config)) return null
  const shares = sharesOf(set, zone, config)
  const own = shares.find(({locality}) => locality.name === zone.locality)
  if (own && (isForced(own.locality, config) || (own.hosts > 0 && own.hosts >= own.peers)))
    return new Map([[own.locality, 1]])
  const direct = own && own.peers > 0 ? Math.trunc((own.hosts * whole) / own.peers) / whole : 0
  const capacities = shares.map(({locality, hosts, peers}) => ({
    locality,
    capacity: locality === own?.locality ? 0 : Math.max(0, hosts - peers),
  }))
  const total = capacities.reduce((sum, {capacity}) => sum + capacity, 0)
  // Rounding may leave no capacity: then any locality is taken.
  const rest = capacities.map(
    ({locality, capacity}) => [locality, total === 0 ? 1 / shares.length : capacity / total] as const,
  )
  return new Map(
    rest.map(([locality, part]) => [locality, (locality === own?.locality ? direct : 0) + (1 - direct) * part]),
  )
}

/** Envoy counts shares in hundredths of a per cent. */
const whole = 10_000

const healthyOf = ({hosts}: HostLocality) => hosts.filter(({health}) => health.coarse === 'healthy')

function isTooSmall(set: HostSet, {locality, peers}: OwnZone, config: ZoneAware): boolean {
  const healthy = set.hosts.filter(({health}) => health.coarse === 'healthy').length
  return (
    set.localities.length < 2 ||
    (peers.localities.length < 2 && config.forceMinimum === null) ||
    !peers.localities.some(({name}) => name === locality) ||
    healthy < config.minClusterSize
  )
}

const isForced = (own: HostLocality, {forceMinimum}: ZoneAware): boolean =>
  forceMinimum !== null && healthyOf(own).length >= forceMinimum

interface Share {
  locality: HostLocality
  hosts: number
  peers: number
}

function sharesOf(set: HostSet, {peers}: OwnZone, config: ZoneAware): Share[] {
  const sizeOf = (locality: HostLocality) =>
    healthyOf(locality).reduce((sum, {endpoint}) => sum + (config.byWeight ? endpoint.weight : 1), 0)
  const sum = (localities: readonly HostLocality[]) =>
    localities.reduce((total, locality) => total + sizeOf(locality), 0)
  const [hosts, all] = [sum(set.localities), sum(peers.localities)]
  const part = (size: number, total: number) => (total > 0 ? Math.trunc((whole * size) / total) : 0)
  return set.localities.map((locality) => {
    const same = peers.localities.find(({name}) => name === locality.name)
    return {
      locality,
      hosts: part(sizeOf(locality), hosts),
      // A locality without healthy hosts is not compared with the peers.
      peers: same && sizeOf(locality) > 0 ? part(sizeOf(same), all) : 0,
    }
  })
}
