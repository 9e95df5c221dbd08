import type {Column, Table} from './column.js'
import {type Json, text} from './field.js'
import {ownerName} from './owner.js'
import {type ClusterName, clusterName, sortByName} from './subset-key.js'

/** Which clusters are asked for; every test is for a part of the name, as in istioctl. */
export interface ClusterFilter {
  fqdn: string
  direction: string
  subset: string
  /** 0 for any. */
  port: number
}

/** What the short table shows of a cluster. */
export interface ClusterRow extends ClusterName {
  type: string
  owner: string
}

/** Reads what the short table shows. */
export const clusterReader = {
  shape: {name: true, type: true, metadata: {filter_metadata: {istio: {config: true}}}},
  read: (cluster: Json): ClusterRow => ({
    ...nameOfCluster(cluster),
    type: text(cluster, 'type') ?? 'STATIC',
    owner: ownerName(cluster),
  }),
} as const

export const nameOfCluster = (cluster: Json): ClusterName => clusterName(text(cluster, 'name') ?? '')

const columns = (prefix: string): Column<ClusterRow>[] => [
  {title: 'SERVICE FQDN', cell: ({key, name}) => key?.host ?? prefix + name},
  {title: 'PORT', cell: ({key}) => (key === null ? '-' : String(key.port))},
  {title: 'SUBSET', cell: ({key}) => (key === null || key.subset === '' ? '-' : key.subset)},
  {title: 'DIRECTION', cell: ({key}) => key?.direction ?? '-'},
  {title: 'TYPE', cell: ({type}) => type},
  {title: 'DESTINATION RULE', cell: ({owner}) => owner},
]

/** The clusters that pass the filter, in istioctl's order. */
export function selectClusters<C extends ClusterName>(clusters: readonly C[], filter: ClusterFilter): C[] {
  const passes = ({name}: C) =>
    name.includes(filter.fqdn) &&
    name.includes(filter.direction) &&
    name.includes(filter.subset) &&
    (filter.port === 0 || name.includes(`|${filter.port}|`))
  return sortByName(clusters.filter(passes))
}

/** `inAll` is the form inside `all`, where istioctl puts the name in front, and before names that are no subset keys once more. */
export function clusterTable(rows: readonly ClusterRow[], inAll: boolean): Table<ClusterRow> {
  if (!inAll) return {columns: columns(''), rows}
  return {columns: [{title: 'NAME', cell: ({name}) => `cluster/${name}`}, ...columns('cluster/')], rows}
}
