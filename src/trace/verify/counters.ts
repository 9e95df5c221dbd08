import {formatSocketAddress} from '../../address/socket-address.js'
import type {Mesh} from '../mesh.js'

/** What an Envoy counts of one endpoint of a cluster. */
export interface HostCount {
  requests: number
  connections: number
}

/** What a place had counted when it was read; null for what could not be read. */
export interface PlaceCounters {
  /** Packets by a rule's name. */
  rules: ReadonlyMap<string, number> | null
  /** By `cluster address`. */
  hosts: ReadonlyMap<string, HostCount> | null
  /** Envoy's own counters by name. */
  stats: ReadonlyMap<string, number> | null
}

const nothing: PlaceCounters = {rules: null, hosts: null, stats: null}

export const hostKey = (cluster: string, address: string): string => `${cluster} ${address}`

/** The counters of a pod (`namespace/name`) or a node as a mesh was captured. */
export function countersAt(mesh: Mesh, kind: 'pod' | 'node', name: string): PlaceCounters {
  const place = kind === 'pod' ? mesh.pod(name) : mesh.node(name)
  if (place === null) return nothing
  const rules = place.rulesets
    .flatMap(({tables}) => tables)
    .flatMap(({chains}) => chains)
    .flatMap((chain) => chain.rules)
    .flatMap((rule): [string, number][] => (rule.counters ? [[rule.name, rule.counters.packets]] : []))
  const stats = mesh.snapshot.text(`${kind}s/${name}/stats.json`)
  return {
    rules: place.rulesets.length === 0 ? null : new Map(rules),
    hosts: hostCounts(place.proxy?.state.clusters),
    stats: stats === null ? null : statCounts(stats),
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined

const list = (value: unknown, name: string): unknown[] => {
  const found = member(value, name)
  return Array.isArray(found) ? found : []
}

/** `/clusters?format=json`: a count that is 0 has no value there. */
function hostCounts(clusters: unknown): Map<string, HostCount> | null {
  if (clusters === undefined) return null
  const counts = new Map<string, HostCount>()
  for (const cluster of list(clusters, 'cluster_statuses'))
    for (const host of list(cluster, 'host_statuses')) {
      const socket = member(member(host, 'address'), 'socket_address')
      const address = formatSocketAddress({
        ip: String(member(socket, 'address')),
        port: Number(member(socket, 'port_value')),
      })
      const count = (name: string): number =>
        Number(
          member(
            list(host, 'stats').find((stat) => member(stat, 'name') === name),
            'value',
          ) ?? 0,
        )
      const key = hostKey(String(member(cluster, 'name')), address)
      counts.set(key, {requests: count('rq_total'), connections: count('cx_total')})
    }
  return counts
}

function statCounts(text: string): Map<string, number> | null {
  try {
    const stats = list(JSON.parse(text), 'stats')
    return new Map(
      stats.flatMap((stat): [string, number][] => {
        const [name, value] = [member(stat, 'name'), member(stat, 'value')]
        return typeof name === 'string' && typeof value === 'number' ? [[name, value]] : []
      }),
    )
  } catch {
    // An answer of another form counts nothing.
    return null
  }
}
