import {type Column, stateMark, type Table} from './column.js'
import type {EndpointFilter} from './endpoint.js'
import {type Json, list, number, object, objects, text} from './field.js'
import {type ClusterName, clusterName, sortByName} from './subset-key.js'

/** What the table shows of an endpoint, and what it is filtered by. */
export interface EdsEndpoint {
  cluster: string
  /** Its addresses, joined by commas. */
  name: string
  /** The first address, with its port. */
  address: string
  port: number
  status: string
  locality: string
}

/** What the table shows of a ClusterLoadAssignment. */
export interface AssignmentSummary extends ClusterName {
  endpoints: EdsEndpoint[]
}

/** What the table shows of an assignment. */
export function readAssignment(assignment: Json): AssignmentSummary {
  const name = nameOfAssignment(assignment)
  const endpoints = objects(assignment, 'endpoints').flatMap((group) => {
    const locality = localityText(object(group, 'locality'))
    return objects(group, 'lb_endpoints').map((endpoint) => readEndpoint(name.name, endpoint, locality))
  })
  return {...name, endpoints}
}

export const nameOfAssignment = (assignment: Json): ClusterName => clusterName(text(assignment, 'cluster_name') ?? '')

const columns = (prefix: string): Column<EdsEndpoint>[] => [
  {title: 'NAME', cell: ({name}) => prefix + name},
  {title: 'STATUS', cell: ({status}) => status, mark: ({status}) => stateMark(status)},
  {title: 'LOCALITY', cell: ({locality}) => locality},
  {title: 'CLUSTER', cell: ({cluster}) => cluster},
]

/** An address of an endpoint as `eds` shows it: a pipe is its bare path. */
export function addressText(address: Json | undefined): string {
  const socket = object(address, 'socket_address')
  if (socket) return `${text(socket, 'address') ?? ''}:${number(socket, 'port_value') ?? 0}`
  const pipe = object(address, 'pipe')
  if (pipe) return text(pipe, 'path') ?? ''
  const internal = object(address, 'envoy_internal_address')
  return internal
    ? `envoy://${text(internal, 'server_listener_name') ?? ''}/${text(internal, 'endpoint_id') ?? ''}`
    : ''
}

export function readEndpoint(cluster: string, lbEndpoint: Json, locality: string): EdsEndpoint {
  const endpoint = object(lbEndpoint, 'endpoint')
  const own = object(endpoint, 'address')
  const address = addressText(own)
  const more = objects(endpoint, 'additional_addresses').map((other) => addressText(object(other, 'address')))
  return {
    cluster,
    name: more.length === 0 ? address : [address, ...more].join(','),
    address,
    port: number(object(own, 'socket_address'), 'port_value') ?? 0,
    status: text(lbEndpoint, 'health_status') ?? 'UNKNOWN',
    locality,
  }
}

export const localityText = (locality: Json | undefined): string =>
  localityOf(text(locality, 'region'), text(locality, 'zone'), text(locality, 'sub_zone'))

/** `region/zone/subzone`, cut at the first part that is empty. */
export function localityOf(region = '', zone = '', subZone = ''): string {
  if (region === '' || zone === '') return region
  return subZone === '' ? `${region}/${zone}` : `${region}/${zone}/${subZone}`
}

const same = (asked: string, own: string): boolean => asked === '' || asked.toLowerCase() === own.toLowerCase()

/** Does an endpoint pass? The address is asked for with its port here, as in istioctl. */
const passes = (endpoint: EdsEndpoint, filter: EndpointFilter): boolean =>
  same(filter.address, endpoint.address) &&
  (filter.port === 0 || endpoint.port === filter.port) &&
  same(filter.status, endpoint.status)

/** The endpoints that pass, by cluster in istioctl's order; `inAll` marks the names. */
export function edsTable(
  assignments: readonly AssignmentSummary[],
  filter: EndpointFilter,
  inAll: boolean,
): Table<EdsEndpoint> {
  const shown = assignments.filter(
    ({name, endpoints}) => same(filter.cluster, name) && endpoints.some((endpoint) => passes(endpoint, filter)),
  )
  const rows = sortByName(shown).flatMap(({endpoints}) => endpoints.filter((endpoint) => passes(endpoint, filter)))
  return {columns: columns(inAll ? 'endpoint/' : ''), rows}
}

/** The assignments that have an endpoint that passes, in istioctl's order, without the endpoints that do not. */
export function selectAssignments(assignments: readonly Json[], filter: EndpointFilter): {resource: Json}[] {
  const kept = assignments.flatMap((assignment) => {
    const name = nameOfAssignment(assignment)
    const endpoints = objects(assignment, 'endpoints').map((group) => withPassing(group, filter))
    const some = endpoints.some((group) => list(group, 'lb_endpoints').length > 0)
    return same(filter.cluster, name.name) && some ? [{...name, resource: {...assignment, endpoints}}] : []
  })
  return sortByName(kept)
}

function withPassing(group: Json, filter: EndpointFilter): Json {
  const member = 'lbEndpoints' in group ? 'lbEndpoints' : 'lb_endpoints'
  const endpoints = objects(group, member).filter((endpoint) => passes(readEndpoint('', endpoint, ''), filter))
  const {[member]: _, ...rest} = group
  return endpoints.length === 0 ? rest : {...group, [member]: endpoints}
}
