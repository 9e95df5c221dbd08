import type {ClusterLoadAssignment, LbEndpoint} from '../parse/endpoint.js'
import {isObject, type JsonObject} from '../parse/field.js'
import {type HostHealth, observedHealth, statedHealth} from './health.js'

/** An endpoint as load balancing sees it. */
export interface Host {
  endpoint: LbEndpoint
  health: HostHealth
  priority: number
  locality: string | null
  localityMetadata: JsonObject
}

/** The hosts of one locality of a priority. */
export interface HostLocality {
  name: string | null
  weight: number
  hosts: Host[]
}

/** All hosts of one priority. */
export interface HostSet {
  priority: number
  hosts: Host[]
  localities: HostLocality[]
  /** Whether the weights of localities count; a subset may not look at them. */
  localityWeights: boolean
  /** Per cent. */
  overprovisioningFactor: number
  weightedPriorityHealth: boolean
}

/** What `/clusters` says of a host: its health and weight, by address. */
export type ObservedHosts = ReadonlyMap<string, {health: JsonObject}>

export const noHosts: HostSet = {
  priority: 0,
  hosts: [],
  localities: [],
  localityWeights: true,
  overprovisioningFactor: 140,
  weightedPriorityHealth: false,
}

/**
 * The hosts by priority. A priority that names no host stays as an empty set, as in Envoy.
 * @param once a second endpoint with the same address is left out, as EDS does.
 */
export function hostSets(assignment: ClusterLoadAssignment, observed: ObservedHosts, once: boolean): HostSet[] {
  const last = Math.max(0, ...assignment.localities.map((locality) => locality.priority))
  const sets: HostSet[] = Array.from({length: last + 1}, (_, priority) => ({
    priority,
    hosts: [],
    localities: [],
    localityWeights: true,
    overprovisioningFactor: assignment.overprovisioningFactor,
    weightedPriorityHealth: assignment.weightedPriorityHealth,
  }))
  const seen = new Set<string>()
  for (const {name, weight, priority, endpoints, metadata} of assignment.localities) {
    const fresh = once ? endpoints.filter(({address}) => !seen.has(address) && seen.add(address)) : endpoints
    const hosts = fresh.map((endpoint): Host => {
      const status = observed.get(endpoint.address)?.health
      const health = status ? observedHealth(status) : statedHealth(endpoint.healthStatus)
      return {endpoint, health, priority, locality: name, localityMetadata: metadata}
    })
    if (hosts.length > 0) addLocality(sets[priority] ?? noHosts, {name, weight, hosts})
  }
  return sets
}

/** Localities of the same name and priority are one, with the weight of the last. */
function addLocality(set: HostSet, {name, weight, hosts}: HostLocality): void {
  set.hosts.push(...hosts)
  const known = set.localities.find((locality) => locality.name === name)
  if (known) {
    known.hosts.push(...hosts)
    known.weight = weight
  } else set.localities.push({name, weight, hosts: [...hosts]})
}

/** Whether every label of `want` stands in `have` with the same value. */
export function hasLabels(have: unknown, want: JsonObject, listAsAny = false): boolean {
  const keys = Object.keys(want)
  if (keys.length === 0) return true
  if (!isObject(have)) return false
  return keys.every((key) => {
    const value = have[key]
    if (listAsAny && Array.isArray(value)) return value.some((element) => sameValue(element, want[key]))
    return key in have && sameValue(value, want[key])
  })
}

/** Equality of `google.protobuf.Value`s. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((element, index) => sameValue(element, other[index]))
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one)
    return (
      keys.length === Object.keys(other).length && keys.every((key) => key in other && sameValue(one[key], other[key]))
    )
  }
  return one === other
}
