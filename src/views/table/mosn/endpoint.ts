import {parseSocketAddress} from '../../../address/socket-address.js'
import type {MosnCluster, MosnHost} from '../../../mosn/parse/cluster.js'
import type {HostStatistics, MosnStatistics} from '../../../mosn/parse/stats.js'
import {type Column, stateMark, type Table} from '../column.js'
import {type EndpointFilter, type EndpointRow, endpointText, passesEndpoint} from '../endpoint.js'

/** A host of a MOSN cluster under the columns that istioctl has, with what the statistics tell. */
export interface MosnEndpointRow extends EndpointRow {
  host: MosnHost
  statistics: HostStatistics | null
}

/** The hosts as they are configured. Without health checks all are healthy; with them the dump does not tell. */
export const mosnEndpointRows = (
  clusters: readonly MosnCluster[],
  statistics: MosnStatistics | null,
): MosnEndpointRow[] =>
  clusters.flatMap((cluster) =>
    cluster.hosts.map((host) => {
      const socket = parseSocketAddress(host.address)
      return {
        cluster: cluster.name,
        address: socket?.ip ?? host.address,
        port: socket?.port ?? 0,
        status: statusOf(host, cluster, statistics),
        outlier: '-',
        host,
        statistics: statistics?.host(cluster.name, host.address) ?? null,
      }
    }),
  )

/** The statistics count the healthy hosts of a cluster: that tells of each where they are all or none. */
function statusOf(
  {isChecked}: MosnHost,
  {healthService, hosts}: MosnCluster,
  statistics: MosnStatistics | null,
): string {
  if (!isChecked) return 'HEALTHY'
  const healthy = healthService === null ? null : (statistics?.healthyHosts(healthService) ?? null)
  if (healthy === 0) return 'UNHEALTHY'
  return healthy === hosts.length ? 'HEALTHY' : 'UNKNOWN'
}

const counter =
  (count: (statistics: HostStatistics) => number) =>
  ({statistics}: MosnEndpointRow) =>
    statistics === null ? '-' : String(count(statistics))

const columns: readonly Column<MosnEndpointRow>[] = [
  {title: 'ENDPOINT', cell: endpointText},
  {title: 'HEALTH', cell: ({status}) => status, mark: ({status}) => stateMark(status)},
  {title: 'WEIGHT', cell: ({host}) => String(host.weight)},
  {
    title: 'METADATA',
    cell: ({host}) => [...host.metadata].map(([key, value]) => `${key}=${value}`).join(', ') || '-',
  },
  {title: 'CONNECTIONS', cell: counter(({activeConnections}) => activeConnections)},
  {title: 'FAILED', cell: counter(({failedConnections}) => failedConnections)},
  {title: 'REQUESTS', cell: counter(({requests}) => requests)},
  {title: 'ERRORS', cell: counter(({failedResponses}) => failedResponses)},
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

export const wideMosnEndpointTable = (
  rows: readonly MosnEndpointRow[],
  filter: EndpointFilter,
): Table<MosnEndpointRow> => ({columns, rows: rows.filter((row) => passesEndpoint(row, filter))})
