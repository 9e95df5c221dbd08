import type {Column, Table} from './column.js'
import {type Json, object, text} from './field.js'
import {goSort} from './go-sort.js'
import {ownerName} from './owner.js'
import {clusterNameLess, type SubsetKey, subsetKey} from './subset-key.js'

/** Which clusters are asked for; every test is for a part of the name, as in istioctl. */
export interface ClusterFilter {
  fqdn: string
  direction: string
  subset: string
  /** 0 for any. */
  port: number
}

export interface ClusterRow {
  name: string
  key: SubsetKey | null
  /** What stands in the column SERVICE FQDN where the name is no subset key. */
  shownName: string
  cluster: Json
}

/** The members of a cluster that the short table reads. */
export const clusterShape = {
  name: true,
  type: true,
  metadata: {filter_metadata: {istio: {config: true}}},
} as const

export const clusterColumns: readonly Column<ClusterRow>[] = [
  {title: 'SERVICE FQDN', cell: ({key, shownName}) => key?.host ?? shownName},
  {title: 'PORT', cell: ({key}) => (key === null ? '-' : String(key.port))},
  {title: 'SUBSET', cell: ({key}) => (key === null || key.subset === '' ? '-' : key.subset)},
  {title: 'DIRECTION', cell: ({key}) => key?.direction ?? '-'},
  {title: 'TYPE', cell: ({cluster}) => text(cluster, 'type') ?? 'STATIC'},
  {title: 'DESTINATION RULE', cell: ({cluster}) => ownerName(cluster)},
]

const prefixed: Column<ClusterRow> = {title: 'NAME', cell: ({name}) => `cluster/${name}`}

export const clusterName = (cluster: Json): string => text(cluster, 'name') ?? ''

/** The clusters that pass the filter, in istioctl's order. */
export function selectClusters(clusters: readonly Json[], filter: ClusterFilter): Json[] {
  const passes = (cluster: Json) => {
    const name = clusterName(cluster)
    return (
      name.includes(filter.fqdn) &&
      name.includes(filter.direction) &&
      name.includes(filter.subset) &&
      (filter.port === 0 || name.includes(`|${filter.port}|`))
    )
  }
  return goSort(clusters.filter(passes), (a, b) => clusterNameLess(clusterName(a), clusterName(b)))
}

/** `inAll` is the form inside `all`, where istioctl puts the name in front and repeats it as FQDN. */
export function clusterTable(clusters: readonly Json[], inAll: boolean): Table<ClusterRow> {
  const rows = clusters.map((cluster) => {
    const name = clusterName(cluster)
    return {name, key: subsetKey(name), shownName: inAll ? `cluster/${name}` : name, cluster}
  })
  return {columns: inAll ? [prefixed, ...clusterColumns] : clusterColumns, rows}
}

/** The extension that stands in for a discovery type (`cluster_type`), or undefined. */
export const clusterExtension = (cluster: Json): string | undefined => text(object(cluster, 'cluster_type'), 'name')
