import {parseIpAddress} from '../../../address/ip-address.js'
import {type Column, stateMark, type Table} from '../column.js'
import {type EndpointFilter, endpointText, hostRow, passesEndpoint} from '../endpoint.js'
import {isTrue, type Json, number, object, objects, text} from '../field.js'

/** A host of a cluster as `/clusters` tells it, with its cluster. */
export interface WideEndpointRow {
  cluster: string
  host: Json
  address: string
  port: number
}

export const wideEndpointColumns: readonly Column<WideEndpointRow>[] = [
  {title: 'ENDPOINT', cell: endpointText},
  {title: 'HEALTH', cell: ({host}) => health(host), mark: ({host}) => stateMark(health(host))},
  {title: 'WEIGHT', cell: ({host}) => String(number(host, 'weight') ?? 1)},
  {title: 'PRIORITY', cell: ({host}) => String(number(host, 'priority') ?? 0)},
  {title: 'LOCALITY', cell: ({host}) => locality(host)},
  {title: 'CONNECTIONS', cell: ({host}) => statistic(host, 'cx_active')},
  {title: 'REQUESTS', cell: ({host}) => statistic(host, 'rq_total')},
  {title: 'ERRORS', cell: ({host}) => statistic(host, 'rq_error')},
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

const flags: readonly (readonly [string, string])[] = [
  ['failed_active_health_check', 'FAILED health check'],
  ['failed_outlier_check', 'FAILED outlier check'],
  ['failed_active_degraded_check', 'DEGRADED'],
  ['pending_dynamic_removal', 'to be removed'],
  ['pending_active_hc', 'not checked yet'],
  ['excluded_via_immediate_hc_fail', 'excluded'],
  ['active_hc_timeout', 'health check TIMEOUT'],
]

/** What the control plane says, and every flag that Envoy has set by itself. */
function health(host: Json): string {
  const status = object(host, 'health_status')
  const own = flags.flatMap(([field, words]) => (isTrue(status, field) ? [words] : []))
  return [text(status, 'eds_health_status') ?? 'UNKNOWN', ...own].join(', ')
}

const locality = (host: Json): string =>
  ['region', 'zone', 'sub_zone'].flatMap((part) => text(object(host, 'locality'), part) ?? []).join('/') || '-'

const statistic = (host: Json, name: string): string =>
  String(
    number(
      objects(host, 'stats').find((stat) => text(stat, 'name') === name),
      'value',
    ) ?? 0,
  )

/** The hosts that pass, in the order of their addresses as numbers. */
export function wideEndpointTable(statuses: readonly Json[], filter: EndpointFilter): Table<WideEndpointRow> {
  const rows = statuses.flatMap((status) => {
    const cluster = text(status, 'name') ?? ''
    return objects(status, 'host_statuses').flatMap((host) => {
      const row = hostRow(cluster, host)
      return passesEndpoint(row, filter) ? [{cluster, host, address: row.address, port: row.port}] : []
    })
  })
  const keyed = rows.map((row) => ({row, key: addressKey(row.address)}))
  keyed.sort((a, b) => compare(a.key, b.key) || a.row.port - b.row.port || compare(a.row.cluster, b.row.cluster))
  return {columns: wideEndpointColumns, rows: keyed.map(({row}) => row)}
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A text whose order is that of the addresses: IPv4, then IPv6, each as one number, then others as they are. */
function addressKey(address: string): string {
  const ip = parseIpAddress(address)
  return ip === null ? `~${address}` : `${ip.version}${ip.value.toString(16).padStart(32, '0')}`
}
