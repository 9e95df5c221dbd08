import {type Column, stateMark, type Table} from '../column.js'
import {type EdsEndpoint, nameOfAssignment, readAssignment, selectAssignments} from '../eds.js'
import type {EndpointFilter} from '../endpoint.js'
import {type Json, number, object, objects, text} from '../field.js'
import {type Rejection, rejection} from './rejected.js'

export interface WideEdsRow {
  cluster: string
  group: Json
  endpoint: Json
  summary: EdsEndpoint
}

/** The assignment of an item of `dynamic_endpoint_configs` or `static_endpoint_configs`, and an update of it that Envoy did not take. */
export interface StatedAssignment {
  assignment: Json | undefined
  rejected: Rejection | null
}

export function statedAssignment(entry: Json): StatedAssignment {
  const assignment = object(entry, 'endpoint_config')
  return {assignment, rejected: rejection(entry, 'cluster_name', text(assignment, 'cluster_name') ?? '')}
}

export const wideEdsColumns: readonly Column<WideEdsRow>[] = [
  {title: 'NAME', cell: ({summary}) => summary.name},
  {title: 'STATUS', cell: ({summary}) => summary.status, mark: ({summary}) => stateMark(summary.status)},
  {title: 'WEIGHT', cell: ({endpoint}) => String(number(endpoint, 'load_balancing_weight') ?? 1)},
  {title: 'PRIORITY', cell: ({group}) => String(number(group, 'priority') ?? 0)},
  {title: 'LOCALITY', cell: ({summary}) => summary.locality || '-'},
  {title: 'LOCALITY WEIGHT', cell: ({group}) => String(number(group, 'load_balancing_weight') ?? '-')},
  {title: 'TLS', cell: ({endpoint}) => text(metadataOf(endpoint, 'envoy.transport_socket_match'), 'tlsMode') ?? '-'},
  {
    title: 'WORKLOAD',
    cell: ({endpoint}) => (text(metadataOf(endpoint, 'istio'), 'workload') ?? '-').split(';')[0] ?? '-',
  },
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

const metadataOf = (endpoint: Json, name: string): Json | undefined =>
  object(object(object(endpoint, 'metadata'), 'filter_metadata'), name)

/** The endpoints that pass, with weights, priorities and what Istio notes of them; then the updates that were rejected. */
export function wideEdsTable(
  assignments: readonly Json[],
  filter: EndpointFilter,
  rejected: readonly Rejection[] = [],
): Table<WideEdsRow> {
  const rows = selectAssignments(assignments, filter).flatMap(({resource}) =>
    objects(resource, 'endpoints').flatMap((group) =>
      objects(group, 'lb_endpoints').flatMap((endpoint): WideEdsRow[] => {
        const alone = {...resource, endpoints: [{...group, lb_endpoints: [endpoint], lbEndpoints: undefined}]}
        const {name, endpoints} = readAssignment(alone)
        return endpoints.map((summary) => ({cluster: name, group, endpoint, summary}))
      }),
    ),
  )
  const ofCluster = (name: string) => filter.cluster === '' || filter.cluster.toLowerCase() === name.toLowerCase()
  return {
    columns: wideEdsColumns,
    rows: [...rows, ...rejected.map(rejectedRow).filter(({cluster}) => ofCluster(cluster))],
  }
}

function rejectedRow({failed, details}: Rejection): WideEdsRow {
  const cluster = nameOfAssignment(failed).name
  const summary = {cluster, name: '-', address: '', port: 0, status: `REJECTED: ${details}`, locality: ''}
  return {cluster, group: {}, endpoint: {}, summary}
}
