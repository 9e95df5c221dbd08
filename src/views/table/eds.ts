import type {Column, Table} from './column.js'
import type {EndpointFilter} from './endpoint.js'
import {type Json, member, number, object, objects, text} from './field.js'
import {goSort} from './go-sort.js'
import {clusterNameLess} from './subset-key.js'

export interface EdsRow {
  name: string
  status: string
  locality: string
  cluster: string
}

/** The members of a ClusterLoadAssignment that the short table reads. */
export const loadAssignmentShape = {
  cluster_name: true,
  endpoints: {
    locality: true,
    lb_endpoints: {health_status: true, endpoint: {address: true, additional_addresses: true}},
  },
} as const

const columns = (prefix: string): Column<EdsRow>[] => [
  {title: 'NAME', cell: ({name}) => prefix + name},
  {title: 'STATUS', cell: ({status}) => status},
  {title: 'LOCALITY', cell: ({locality}) => locality},
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

export const assignmentName = (assignment: Json): string => text(assignment, 'cluster_name') ?? ''

/** An address of an endpoint as `eds` shows it: a pipe is its bare path. */
function addressText(address: Json | undefined): string {
  const socket = object(address, 'socket_address')
  if (socket) return `${text(socket, 'address') ?? ''}:${number(socket, 'port_value') ?? 0}`
  const pipe = object(address, 'pipe')
  if (pipe) return text(pipe, 'path') ?? ''
  const internal = object(address, 'envoy_internal_address')
  return internal
    ? `envoy://${text(internal, 'server_listener_name') ?? ''}/${text(internal, 'endpoint_id') ?? ''}`
    : ''
}

const statusOf = (endpoint: Json): string => text(endpoint, 'health_status') ?? 'UNKNOWN'
const addressOf = (endpoint: Json): string => addressText(object(object(endpoint, 'endpoint'), 'address'))
const portOf = (endpoint: Json): number =>
  number(object(object(object(endpoint, 'endpoint'), 'address'), 'socket_address'), 'port_value') ?? 0

/** Does an endpoint of this cluster pass? The address is asked for with its port here, as in istioctl. */
function passes(endpoint: Json, cluster: string, filter: EndpointFilter): boolean {
  const same = (asked: string, own: string) => asked === '' || asked.toLowerCase() === own.toLowerCase()
  return (
    same(filter.address, addressOf(endpoint)) &&
    (filter.port === 0 || portOf(endpoint) === filter.port) &&
    same(filter.cluster, cluster) &&
    same(filter.status, statusOf(endpoint))
  )
}

/** The assignments that have an endpoint that passes, in istioctl's order, without the endpoints that do not. */
export function selectAssignments(assignments: readonly Json[], filter: EndpointFilter): Json[] {
  const kept = assignments.flatMap((assignment) => {
    const cluster = assignmentName(assignment)
    const localities = objects(assignment, 'endpoints').map((locality) => ({
      locality,
      endpoints: objects(locality, 'lb_endpoints').filter((endpoint) => passes(endpoint, cluster, filter)),
    }))
    const withEndpoints = localities.filter(({endpoints}) => endpoints.length > 0)
    if (withEndpoints.length === 0) return []
    const key = member(withEndpoints[0]?.locality, 'lbEndpoints') === undefined ? 'lb_endpoints' : 'lbEndpoints'
    return [{...assignment, endpoints: withEndpoints.map(({locality, endpoints}) => ({...locality, [key]: endpoints}))}]
  })
  return goSort(kept, (a: Json, b: Json) => clusterNameLess(assignmentName(a), assignmentName(b)))
}

export function edsTable(assignments: readonly Json[], inAll: boolean): Table<EdsRow> {
  const rows = assignments.flatMap((assignment) =>
    objects(assignment, 'endpoints').flatMap((locality) => localityRows(locality, assignmentName(assignment))),
  )
  return {columns: columns(inAll ? 'endpoint/' : ''), rows}
}

function localityRows(locality: Json, cluster: string): EdsRow[] {
  return objects(locality, 'lb_endpoints').map((endpoint) => {
    const additional = objects(object(endpoint, 'endpoint'), 'additional_addresses').map((more) =>
      addressText(object(more, 'address')),
    )
    return {
      name: [addressOf(endpoint), ...additional].join(','),
      status: statusOf(endpoint),
      locality: localityText(object(locality, 'locality')),
      cluster,
    }
  })
}

/** `region/zone/subzone`, cut at the first part that is empty. */
function localityText(locality: Json | undefined): string {
  const parts = ['region', 'zone', 'sub_zone'].map((part) => text(locality, part) ?? '')
  const end = parts.indexOf('')
  return (end < 0 ? parts : parts.slice(0, end)).join('/')
}
