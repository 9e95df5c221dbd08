import {type Json, text} from '../../table/field.js'
import {type StatedCluster, statedCluster, wideClusterColumns} from '../../table/wide/cluster.js'
import type {World} from '../world.js'
import {arranged, columnsOf, type Follow, type Listing, listingOf, nowhere, type Scope} from './resource.js'
import {entriesOf} from './sections.js'

interface ClusterRow {
  stated: StatedCluster
  at: string
}

const lists = {dynamic_active_clusters: 'ACTIVE', dynamic_warming_clusters: 'WARMING', static_clusters: 'STATIC'}

/** The clusters of a proxy in the dump's order. */
function rowsOf(dump: unknown, scope: Scope | null): ClusterRow[] {
  const names = scope?.kind === 'clusters' ? new Set(scope.names) : null
  return Object.entries(lists).flatMap(([list, state]) =>
    entriesOf(dump, 'ClustersConfigDump', [list]).flatMap(({entry, at}) =>
      statedCluster(state)(entry)
        .filter(({name}) => names === null || names.has(name))
        .map((stated) => ({stated, at: stated.error === '' ? `${at}.cluster` : `${at}.error_state`})),
    ),
  )
}

const columns = arranged(
  columnsOf<ClusterRow, StatedCluster>(wideClusterColumns, ({stated}) => stated),
  ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'],
)

/** A cluster's endpoints; an inbound one's is the app behind the rules of its own pod. */
function follow(pod: string, {stated: {name, key, cluster}}: ClusterRow): Follow {
  if (key?.direction === 'inbound' || name === 'InboundPassthroughCluster')
    return {kind: 'table', where: {resource: 'iptables', place: pod, scope: null}}
  if (typeOf(cluster) === 'ORIGINAL_DST')
    return nowhere(`${name} has no endpoints of its own: it goes where the client meant to go`)
  if (name === 'BlackHoleCluster') return nowhere('BlackHoleCluster leads nowhere: what comes here is closed')
  return {
    kind: 'table',
    where: {resource: 'endpoints', place: pod, scope: {kind: 'clusters', names: [name], label: name}},
  }
}

const typeOf = (cluster: Json): string => text(cluster, 'type') ?? 'STATIC'

/** `pc cluster` finds a cluster by what its name tells; one without such a name by a part of it. */
function filterWords({name, key}: StatedCluster): string[] {
  if (key === null) return ['--fqdn', name]
  return [
    ...(key.host === '' ? [] : ['--fqdn', key.host]),
    '--port',
    String(key.port),
    ...(key.subset === '' ? [] : ['--subset', key.subset]),
    '--direction',
    key.direction,
  ]
}

export const clustersOf = (world: World, pod: string, scope: Scope | null): Listing =>
  listingOf({
    columns,
    rows: rowsOf(world.dump(pod), scope),
    name: ({stated}) => stated.name,
    source: ({stated, at}) => ({file: 'config_dump.json', at, document: stated.cluster}),
    follow: (row) => follow(pod, row),
    command: ({stated}) => ['pc', 'cluster', ...world.proxyWords(pod), ...filterWords(stated)],
    target: ({stated}) => ({kind: 'cluster', pod, cluster: stated.name}),
  })
