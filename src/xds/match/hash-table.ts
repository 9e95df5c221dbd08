import {isObject} from '../parse/field.js'
import type {HostPolicy} from '../parse/load-balancing-policy.js'
import {murmurHash2, xxHash64} from './hash.js'
import type {Host, HostSet} from './host.js'
import type {HostShare} from './host-share.js'

export type HashPolicy = Extract<HostPolicy, {kind: 'ring_hash' | 'maglev'}>

/** Which host a hash leads to, and the share of all hashes that each host has. */
export interface HashTable {
  hostOf(hash: bigint): Host | undefined
  shares: HostShare[]
}

/** A host's part of its set: hosts' weights within their locality's, all together 1. */
interface Normalized {
  host: Host
  weight: number
}

/** Rings over this size are not laid out: it takes seconds. */
const largestRing = 1 << 18

const tables = new WeakMap<HostSet, Map<string, HashTable | null>>()

/**
 * The table that Envoy builds for one priority, kept per host set; null where it is too big to lay out here.
 * @param panic all hosts take part, else the healthy ones alone.
 */
export function hashTable(set: HostSet, policy: HashPolicy, weighted: boolean, panic: boolean): HashTable | null {
  const known = tables.get(set) ?? new Map<string, HashTable | null>()
  tables.set(set, known)
  const key = `${JSON.stringify(policy)} ${weighted} ${panic}`
  const cached = known.get(key)
  if (cached !== undefined) return cached
  const hosts = normalizedWeights(set, weighted, panic)
  const made = policy.kind === 'ring_hash' ? ring(hosts, policy) : maglev(hosts, policy)
  known.set(key, made)
  return made
}

/** ThreadAwareLoadBalancerBase's normalizeWeights: raw locality weights, whatever the health in the locality. */
function normalizedWeights(set: HostSet, weighted: boolean, panic: boolean): Normalized[] {
  const takes = (host: Host) => panic || host.health.coarse === 'healthy'
  const parts = (hosts: readonly Host[], share: number): Normalized[] => {
    const taking = hosts.filter(takes)
    const total = taking.reduce((sum, host) => sum + host.endpoint.weight, 0)
    return taking.map((host) => ({host, weight: (host.endpoint.weight * share) / total}))
  }
  if (!weighted || !set.localityWeights) return parts(set.hosts, 1)
  const total = set.localities.reduce((sum, {weight}) => sum + weight, 0)
  return set.localities.flatMap(({hosts, weight}) => (weight > 0 ? parts(hosts, weight / total) : []))
}

/** What a host is hashed by: the `hash_key` of its metadata, else its name or address. */
function hashKey(host: Host, byHostname: boolean): string {
  const metadata = host.endpoint.metadata['envoy.lb']
  const given = isObject(metadata) ? metadata['hash_key'] : undefined
  if (typeof given === 'string' && given !== '') return given
  return byHostname ? host.endpoint.hostname : host.endpoint.address
}

interface RingEntry {
  hash: bigint
  host: Host
}

/** RingHashLoadBalancer::Ring. */
function ring(hosts: readonly Normalized[], policy: Extract<HashPolicy, {kind: 'ring_hash'}>): HashTable | null {
  if (hosts.length === 0) return emptyTable
  const least = Math.min(1, ...hosts.map(({weight}) => weight))
  const scale = Math.min(Math.ceil(least * policy.minimum) / least, policy.maximum)
  if (scale > largestRing) return null
  const hash = policy.hash === 'MURMUR_HASH_2' ? murmurHash2 : xxHash64
  const entries: RingEntry[] = []
  let target = 0
  for (const {host, weight} of hosts) {
    target += scale * weight
    const key = hashKey(host, policy.byHostname)
    for (let index = 0; entries.length < target; index++) entries.push({hash: hash(`${key}_${index}`), host})
  }
  entries.sort((one, other) => (one.hash < other.hash ? -1 : one.hash > other.hash ? 1 : 0))
  return {hostOf: (wanted) => onRing(entries, wanted), shares: arcs(entries)}
}

const emptyTable: HashTable = {hostOf: () => undefined, shares: []}

/** The first entry at or after the hash; past the last one, the first. */
function onRing(entries: readonly RingEntry[], hash: bigint): Host | undefined {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.hash ?? 0n) < hash) low = middle + 1
    else high = middle
  }
  return (entries[low] ?? entries[0])?.host
}

const circle = 2 ** 64

function arcs(entries: readonly RingEntry[]): HostShare[] {
  const shares = new Map<Host, number>()
  let before = (entries.at(-1)?.hash ?? 0n) - (1n << 64n)
  for (const {hash, host} of entries) {
    shares.set(host, (shares.get(host) ?? 0) + Number(hash - before) / circle)
    before = hash
  }
  return [...shares].map(([host, probability]) => ({host, probability}))
}

/** MaglevTable: hosts take turns, by weight, to fill their next free slot. */
function maglev(hosts: readonly Normalized[], policy: Extract<HashPolicy, {kind: 'maglev'}>): HashTable {
  if (hosts.length === 0) return emptyTable
  const size = policy.tableSize
  const most = Math.max(0, ...hosts.map(({weight}) => weight))
  const entries = hosts
    .map(({host, weight}) => ({host, weight, key: hashKey(host, policy.byHostname), target: 0, next: 0}))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map((entry) => ({
      ...entry,
      offset: Number(xxHash64(entry.key) % BigInt(size)),
      skip: Number(xxHash64(entry.key, 1n) % BigInt(size - 1)) + 1,
    }))
  const table: (Host | undefined)[] = new Array(size).fill(undefined)
  const counts = new Map<Host, number>()
  let filled = 0
  for (let turn = 1; filled < size; turn++)
    for (const entry of entries) {
      if (filled === size) break
      if (turn * entry.weight < entry.target) continue
      entry.target += most
      let slot = (entry.offset + entry.skip * entry.next) % size
      while (table[slot]) slot = (entry.offset + entry.skip * ++entry.next) % size
      table[slot] = entry.host
      entry.next++
      counts.set(entry.host, (counts.get(entry.host) ?? 0) + 1)
      filled++
    }
  return {
    hostOf: (hash) => table[Number(hash % BigInt(size))],
    shares: [...counts].map(([host, count]) => ({host, probability: count / size})),
  }
}
