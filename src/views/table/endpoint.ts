import type {Column, Table} from './column.js'
import {hostAddress} from './endpoint-address.js'
import {isTrue, type Json, number, object, objects, text} from './field.js'
import {goSort} from './go-sort.js'

/** Which hosts are asked for; empty texts and port 0 ask for any. */
export interface EndpointFilter {
  address: string
  port: number
  /** The whole name, upper or lower case. */
  cluster: string
  /** A health status, upper or lower case. */
  status: string
}

export interface EndpointRow {
  cluster: string
  address: string
  port: number
  /** Address and port as shown. */
  endpoint: string
  status: string
  host: Json
}

/** The members of a `cluster_statuses` item that the short table reads. */
export const clusterStatusShape = {
  name: true,
  host_statuses: {address: true, health_status: {eds_health_status: true, failed_outlier_check: true}},
} as const

export const endpointColumns: readonly Column<EndpointRow>[] = [
  {title: 'ENDPOINT', cell: ({endpoint}) => endpoint},
  {title: 'STATUS', cell: ({status}) => status},
  {
    title: 'OUTLIER CHECK',
    cell: ({host}) => (isTrue(object(host, 'health_status'), 'failed_outlier_check') ? 'FAILED' : 'OK'),
  },
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

/** The rows of one cluster that pass the filter. */
function endpointRows(status: Json, filter: EndpointFilter): EndpointRow[] {
  const cluster = text(status, 'name') ?? ''
  if (filter.cluster !== '' && cluster.toLowerCase() !== filter.cluster.toLowerCase()) return []
  return objects(status, 'host_statuses')
    .map((host) => endpointRow(cluster, host))
    .filter(
      (row) =>
        (filter.address === '' || row.address.toLowerCase() === filter.address.toLowerCase()) &&
        (filter.port === 0 || row.port === filter.port) &&
        (filter.status === '' || row.status.toLowerCase() === filter.status.toLowerCase()),
    )
}

function endpointRow(cluster: string, host: Json): EndpointRow {
  const address = object(host, 'address')
  const socket = object(address, 'socket_address')
  const endpoint = hostAddress(address)
  return {
    cluster,
    address: socket ? (text(socket, 'address') ?? '') : endpoint,
    port: number(socket, 'port_value') ?? 0,
    endpoint,
    status: text(object(host, 'health_status'), 'eds_health_status') ?? 'UNKNOWN',
    host,
  }
}

/** By address (as text), port and cluster, as istioctl sorts. */
export function endpointTable(statuses: readonly Json[], filter: EndpointFilter): Table<EndpointRow> {
  const rows = statuses.flatMap((status) => endpointRows(status, filter))
  goSort(rows, (a, b) => {
    if (a.address !== b.address) return a.address < b.address
    if (a.port !== b.port) return a.port < b.port
    return a.cluster < b.cluster
  })
  return {columns: endpointColumns, rows}
}

/** The clusters with a host that passes; hosts that do not stay in, as in istioctl. */
export const selectStatuses = (statuses: readonly Json[], filter: EndpointFilter): Json[] =>
  statuses.filter((status) => endpointRows(status, filter).length > 0)
