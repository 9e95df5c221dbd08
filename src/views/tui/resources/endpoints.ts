import {parseSocketAddress} from '../../../address/socket-address.js'
import type {Column} from '../../table/column.js'
import {localityText, readEndpoint} from '../../table/eds.js'
import {endpointText, hostRow} from '../../table/endpoint.js'
import {isJson, type Json, object, objects, text} from '../../table/field.js'
import {type WideEdsRow, wideEdsColumns} from '../../table/wide/eds.js'
import {type WideEndpointRow, wideEndpointColumns} from '../../table/wide/endpoint.js'
import type {World} from '../world.js'
import {arranged, columnsOf, type Follow, type Listing, listingOf, nowhere, type Scope} from './resource.js'
import {entriesOf} from './sections.js'

/** An endpoint wherever it was told of: by `/clusters` with what Envoy knows of it, or by the configuration alone. */
interface EndpointRow {
  cluster: string
  at: string
  json: Json
}

const wanted = (scope: Scope | null): ((cluster: string) => boolean) => {
  if (scope?.kind !== 'clusters') return () => true
  const names = new Set(scope.names)
  return (cluster) => names.has(cluster)
}

function hostsOf(clusters: unknown, isWanted: (cluster: string) => boolean): EndpointRow[] {
  const statuses = isJson(clusters) ? objects(clusters, 'cluster_statuses') : []
  return statuses.flatMap((status, index) => {
    const cluster = text(status, 'name') ?? ''
    if (!isWanted(cluster)) return []
    return objects(status, 'host_statuses').map((json, host) => ({
      cluster,
      at: `$.cluster_statuses[${index}].host_statuses[${host}]`,
      json,
    }))
  })
}

interface ConfiguredRow extends EndpointRow {
  group: Json
}

/** Pushed one by one: a big mesh has some hundred thousand. */
function configuredOf(dump: unknown, isWanted: (cluster: string) => boolean): ConfiguredRow[] {
  const rows: ConfiguredRow[] = []
  const lists = ['dynamic_endpoint_configs', 'static_endpoint_configs']
  for (const {entry, at} of entriesOf(dump, 'EndpointsConfigDump', lists)) {
    const assignment = object(entry, 'endpoint_config')
    const cluster = text(assignment, 'cluster_name') ?? ''
    if (isWanted(cluster)) addAssignment(rows, assignment, cluster, `${at}.endpoint_config`)
  }
  for (const {entry, at} of entriesOf(dump, 'ClustersConfigDump', ['static_clusters', 'dynamic_active_clusters'])) {
    const cluster = object(entry, 'cluster')
    const assignment = object(cluster, 'load_assignment')
    const name = text(cluster, 'name') ?? ''
    if (assignment !== undefined && isWanted(name))
      addAssignment(rows, assignment, name, `${at}.cluster.load_assignment`)
  }
  return rows
}

function addAssignment(rows: ConfiguredRow[], assignment: Json | undefined, cluster: string, at: string): void {
  for (const [index, group] of objects(assignment, 'endpoints').entries())
    for (const [number, json] of objects(group, 'lb_endpoints').entries())
      rows.push({cluster, group, json, at: `${at}.endpoints[${index}].lb_endpoints[${number}]`})
}

const liveColumns: readonly Column<EndpointRow>[] = [
  ...arranged(
    columnsOf<EndpointRow, WideEndpointRow>(wideEndpointColumns, ({cluster, json}) => {
      const {address, port} = hostRow(cluster, json)
      return {cluster, host: json, address, port}
    }),
    ['ENDPOINT', 'HEALTH', 'CLUSTER'],
  ),
]

const configuredColumns: readonly Column<ConfiguredRow>[] = arranged(
  columnsOf<ConfiguredRow, WideEdsRow>(wideEdsColumns, ({cluster, group, json}) => {
    const summary = readEndpoint(cluster, json, localityText(object(group, 'locality')))
    return {cluster, group, endpoint: json, summary}
  }),
  ['NAME', 'STATUS', 'LOCALITY', 'CLUSTER'],
)

/** The inbound side of the pod that has this address. */
function follow(world: World, address: string): Follow {
  const socket = parseSocketAddress(address)
  const pod = world.document.pods.find(({ip}) => ip !== undefined && ip === socket?.ip)
  if (socket === null || pod === undefined) return nowhere(`${address} is no pod of this snapshot`)
  const place = `${pod.namespace}/${pod.name}`
  if (!world.hasProxy(place)) return {kind: 'table', where: {resource: 'iptables', place, scope: null}}
  const {port} = socket
  return {
    kind: 'table',
    where: {resource: 'chains', place, scope: {kind: 'inbound', port, label: `${pod.name} inbound ${port}`}},
  }
}

interface Addressed {
  address: (row: EndpointRow) => string
  file: string
  /** The command that shows such endpoints. */
  words: (row: EndpointRow) => string[]
}

function endpointListing<Row extends EndpointRow>(
  world: World,
  pod: string,
  table: {columns: readonly Column<Row>[]; rows: readonly Row[]},
  {address, file, words}: Addressed,
): Listing {
  return listingOf({
    ...table,
    name: address,
    source: ({at, json}) => ({file, at, document: json}),
    follow: (row) => follow(world, address(row)),
    command: (row) => ['pc', ...words(row)],
    target: (row) => ({kind: 'endpoint', pod, cluster: row.cluster, address: address(row)}),
  })
}

/** With what Envoy has counted where `/clusters` was captured, else as configured. */
export function endpointsOf(world: World, pod: string, scope: Scope | null): Listing {
  const words = world.proxyWords(pod)
  const live = world.clusters(pod)
  const isWanted = wanted(scope)
  if (live !== undefined)
    return endpointListing(
      world,
      pod,
      {columns: liveColumns, rows: hostsOf(live, isWanted)},
      {
        file: 'clusters.json',
        address: ({cluster, json}) => endpointText(hostRow(cluster, json)),
        words: ({cluster}) => ['endpoint', ...words, '--cluster', cluster],
      },
    )
  return endpointListing(
    world,
    pod,
    {columns: configuredColumns, rows: configuredOf(world.dump(pod), isWanted)},
    {
      file: 'config_dump.json',
      address: ({cluster, json}) => readEndpoint(cluster, json, '').address,
      words: ({cluster}) => ['eds', ...words, '--cluster', cluster],
    },
  )
}
