import type {MosnCluster} from '../../../mosn/parse/cluster.js'
import {type ClusterFilter, type ClusterRow, selectClusters} from '../cluster.js'
import type {Column, Table} from '../column.js'
import {clusterName} from '../subset-key.js'

/** A cluster of MOSN under the columns that istioctl has, with the cluster itself. */
export interface MosnClusterRow extends ClusterRow {
  cluster: MosnCluster
}

export const mosnClusterRows = (clusters: readonly MosnCluster[]): MosnClusterRow[] =>
  clusters.map((cluster) => ({...clusterName(cluster.name), type: cluster.type || '-', owner: '', cluster}))

function subsets({subset}: MosnCluster): string {
  if (subset === null) return '-'
  return subset.selectors.map((keys) => keys.join('+')).join(', ')
}

const columns: readonly Column<MosnClusterRow>[] = [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'TYPE', cell: ({type}) => type},
  {title: 'LB TYPE', cell: ({cluster}) => cluster.lbType || '-'},
  {
    title: 'HOSTS',
    cell: ({cluster}) => (cluster.type === 'ORIGINAL_DST' ? 'the original destination' : String(cluster.hosts.length)),
    mark: ({cluster}) => (cluster.hosts.length === 0 && cluster.type !== 'ORIGINAL_DST' ? 'warn' : null),
  },
  {title: 'SUBSETS', cell: ({cluster}) => subsets(cluster)},
  {
    title: 'FALLBACK',
    cell: ({cluster: {subset}}) => {
      if (subset === null) return '-'
      const labels = subset.defaultSubset.map(([key, value]) => `${key}=${value}`).join('+')
      return subset.fallback === 'default subset' ? `default subset ${labels}` : subset.fallback
    },
  },
  {title: 'HEALTH CHECK', cell: ({cluster}) => cluster.healthService ?? '-'},
  {
    title: 'TLS',
    cell: ({cluster: {tls}}) => (tls === null ? 'plaintext' : `TLS${tls.sni === null ? '' : ` SNI ${tls.sni}`}`),
  },
]

export const wideMosnClusterTable = (
  clusters: readonly MosnClusterRow[],
  filter: ClusterFilter,
): Table<MosnClusterRow> => ({columns, rows: selectClusters(clusters, filter)})
