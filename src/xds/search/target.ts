import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {DataError} from '../../errors.js'
import {parseCluster} from '../parse/cluster.js'
import type {Proxy as Envoy} from '../proxy.js'

/** What is asked for: a cluster, the endpoints with some labels, or one endpoint. */
export type Target =
  | {kind: 'cluster'; names: ReadonlySet<string>; text: string}
  | {kind: 'subset'; labels: Record<string, string>; text: string}
  | {kind: 'endpoint'; address: SocketAddress; text: string}

/**
 * Reads `IP:PORT`, labels `version=v1,stage=prod`, or a cluster: its whole name, else every cluster whose name has the
 * text in it. An aggregate counts for its members.
 * @param mentioned clusters that routes name, which need not exist.
 * @throws DataError where no cluster has such a name.
 */
export function parseTarget(envoy: Envoy, text: string, mentioned: readonly string[]): Target {
  const address = parseSocketAddress(text)
  if (address) return {kind: 'endpoint', address, text: formatSocketAddress(address)}
  const all = [...new Set([...envoy.dump.clusters.keys(), ...mentioned])]
  const named = all.includes(text) ? [text] : all.filter((name) => name.includes(text))
  if (named.length > 0) return {kind: 'cluster', names: withAggregates(envoy, named), text}
  const labels = parseLabels(text)
  if (labels) return {kind: 'subset', labels, text}
  throw new DataError(
    'is no cluster of this Envoy',
    text,
    'Name a cluster, a part of its name, labels KEY=VALUE, or IP:PORT',
  )
}

function parseLabels(text: string): Record<string, string> | null {
  const pairs = text.split(',').map((pair) => pair.split('='))
  if (!pairs.every(([key, value]) => key && value !== undefined)) return null
  return Object.fromEntries(pairs.map(([key = '', ...value]) => [key, value.join('=')]))
}

function withAggregates(envoy: Envoy, named: readonly string[]): ReadonlySet<string> {
  const names = new Set(named)
  const aggregates = [...envoy.dump.clusters.values()].flatMap((located) => {
    const {name, discovery} = parseCluster(located)
    return discovery.kind === 'aggregate' ? [{name, members: discovery.clusters}] : []
  })
  // An aggregate may be the member of another: until none is added.
  for (let grown = true; grown; ) {
    const next = aggregates.filter(({name, members}) => !names.has(name) && members.some((member) => names.has(member)))
    for (const {name} of next) names.add(name)
    grown = next.length > 0
  }
  return names
}
