import {type Column, stateMark, type Table} from './column.js'
import {hostAddress} from './endpoint-address.js'
import {isTrue, type Json, number, object, objects, text} from './field.js'
import {goSort} from './go-sort.js'

/** Which endpoints are asked for; empty texts and port 0 ask for any. */
export interface EndpointFilter {
  address: string
  port: number
  /** The whole name, upper or lower case. */
  cluster: string
  /** A health status, upper or lower case. */
  status: string
}

/** What the short table shows of a host of `/clusters`. */
export interface EndpointRow {
  cluster: string
  address: string
  port: number
  status: string
  outlier: string
}

/** Address and port as shown; an address without a port stands alone. */
export const endpointText = ({address, port}: {address: string; port: number}): string =>
  port === 0 ? address : `${address}:${port}`

/** The hosts of one `cluster_statuses` item as the short table shows them. */
export function hostRows(status: Json): EndpointRow[] {
  const cluster = text(status, 'name') ?? ''
  return objects(status, 'host_statuses').map((host) => hostRow(cluster, host))
}

export const endpointColumns: readonly Column<EndpointRow>[] = [
  {title: 'ENDPOINT', cell: endpointText},
  {title: 'STATUS', cell: ({status}) => status, mark: ({status}) => stateMark(status)},
  {title: 'OUTLIER CHECK', cell: ({outlier}) => outlier, mark: ({outlier}) => stateMark(outlier)},
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

/** One host as the short table shows it. */
export function hostRow(cluster: string, host: Json): EndpointRow {
  const address = object(host, 'address')
  const socket = object(address, 'socket_address')
  const health = object(host, 'health_status')
  return {
    cluster,
    address: socket ? (text(socket, 'address') ?? '') : hostAddress(address),
    port: number(socket, 'port_value') ?? 0,
    status: text(health, 'eds_health_status') ?? 'UNKNOWN',
    outlier: isTrue(health, 'failed_outlier_check') ? 'FAILED' : 'OK',
  }
}

const same = (asked: string, own: string): boolean => asked === '' || asked.toLowerCase() === own.toLowerCase()

/** Does a host pass? */
export const passesEndpoint = (row: EndpointRow, filter: EndpointFilter): boolean =>
  same(filter.address, row.address) &&
  (filter.port === 0 || row.port === filter.port) &&
  same(filter.cluster, row.cluster) &&
  same(filter.status, row.status)

/** The hosts that pass by address (as text), port and cluster, as istioctl sorts. */
export function endpointTable(hosts: readonly EndpointRow[], filter: EndpointFilter): Table<EndpointRow> {
  const rows = hosts.filter((row) => passesEndpoint(row, filter))
  goSort(rows, (a, b) => {
    if (a.address !== b.address) return a.address < b.address
    if (a.port !== b.port) return a.port < b.port
    return a.cluster < b.cluster
  })
  return {columns: endpointColumns, rows}
}

/** The clusters with a host that passes; hosts that do not stay in, as in istioctl. */
export const selectStatuses = (statuses: readonly Json[], filter: EndpointFilter): {resource: Json}[] =>
  statuses
    .filter((status) => hostRows(status).some((row) => passesEndpoint(row, filter)))
    .map((resource) => ({resource}))
