import {type Column, stateMark, type Table} from '../column.js'
import {type AssignmentSummary, readAssignment, selectAssignments} from '../eds.js'
import type {EndpointFilter} from '../endpoint.js'
import {type Json, number, object, objects, text} from '../field.js'

export interface WideEdsRow {
  cluster: string
  group: Json
  endpoint: Json
  summary: AssignmentSummary['endpoints'][number]
}

const columns: readonly Column<WideEdsRow>[] = [
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

/** The endpoints that pass, with weights, priorities and what Istio notes of them. */
export function wideEdsTable(assignments: readonly Json[], filter: EndpointFilter): Table<WideEdsRow> {
  const rows = selectAssignments(assignments, filter).flatMap(({resource}) =>
    objects(resource, 'endpoints').flatMap((group) =>
      objects(group, 'lb_endpoints').flatMap((endpoint): WideEdsRow[] => {
        const alone = {...resource, endpoints: [{...group, lb_endpoints: [endpoint], lbEndpoints: undefined}]}
        const {name, endpoints} = readAssignment(alone)
        return endpoints.map((summary) => ({cluster: name, group, endpoint, summary}))
      }),
    ),
  )
  return {columns, rows}
}
