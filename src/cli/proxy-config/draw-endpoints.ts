import type {ByteSource} from '../../sources/byte-source.js'
import {type AssignmentSummary, edsTable, readAssignment, selectAssignments} from '../../views/table/eds.js'
import {type EndpointFilter, endpointTable, hostRows, selectStatuses} from '../../views/table/endpoint.js'
import type {Json} from '../../views/table/field.js'
import type {Rejection} from '../../views/table/wide/rejected.js'
import {type Drawing, shortDrawing, wideDrawing} from './drawing.js'
import {readShortEndpoints, readWholeEndpoints} from './endpoints.js'
import type {Filter} from './no-match.js'

/** What an endpoint can be asked for by. */
interface Known {
  address: string
  port: number
  cluster: string
  status: string
}

/** A drawing, and what its filters were tried on. */
interface Drawn {
  drawing: Drawing
  known(): Known[]
}

/** The endpoints of `/clusters` or of a config dump as a table. @throws DataError, SourceError */
export async function drawEndpoints(source: ByteSource, filter: EndpointFilter, isWide: boolean): Promise<Drawn> {
  if (isWide) {
    const found = await readWholeEndpoints(source)
    if (found.kind === 'assignments') return drawAssignments({kind: 'whole', assignments: found.assignments}, filter)
    const {wideEndpointTable} = await import('../../views/table/wide/endpoint.js')
    const known = () => found.statuses.flatMap(hostRows)
    return {drawing: await wideDrawing(wideEndpointTable(found.statuses, filter)), known}
  }
  const found = await readShortEndpoints(source)
  if (found.kind === 'assignments') return drawAssignments({kind: 'short', assignments: found.assignments}, filter)
  return {drawing: shortDrawing(endpointTable(found.statuses, filter), 5), known: () => found.statuses}
}

/** Assignments as they stand, for all columns, or what istioctl's columns show of them. */
export type FoundAssignments =
  | {kind: 'whole'; assignments: Json[]; rejected?: readonly Rejection[]}
  | {kind: 'short'; assignments: AssignmentSummary[]}

export async function drawAssignments(found: FoundAssignments, filter: EndpointFilter): Promise<Drawn> {
  if (found.kind === 'short')
    return {
      drawing: shortDrawing(edsTable(found.assignments, filter, false), 5),
      known: () => knownOf(found.assignments),
    }
  const {wideEdsTable} = await import('../../views/table/wide/eds.js')
  const known = () => knownOf(found.assignments.map(readAssignment))
  return {drawing: await wideDrawing(wideEdsTable(found.assignments, filter, found.rejected)), known}
}

const knownOf = (assignments: readonly AssignmentSummary[]): Known[] => assignments.flatMap(({endpoints}) => endpoints)

/** The resources behind the endpoints that pass, and their protobuf type. @throws DataError, SourceError */
export async function selectEndpoints(
  source: ByteSource,
  filter: EndpointFilter,
): Promise<{resources: {resource: Json}[]; type: string}> {
  const found = await readWholeEndpoints(source)
  return found.kind === 'statuses'
    ? {resources: selectStatuses(found.statuses, filter), type: 'envoy.admin.v3.ClusterStatus'}
    : {
        resources: selectAssignments(found.assignments, filter),
        type: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
      }
}

export function endpointFilters(known: readonly Known[], {address, port, cluster, status}: EndpointFilter): Filter[] {
  const same = (asked: string) => (own: string | number) => String(own).toLowerCase() === asked.toLowerCase()
  return [
    {flag: '--address', value: address, known: known.map((own) => own.address), passes: same(address)},
    {flag: '--port', value: port, known: known.map((own) => own.port)},
    {flag: '--cluster', value: cluster, known: known.map((own) => own.cluster), passes: same(cluster)},
    {flag: '--status', value: status, known: known.map((own) => own.status), passes: same(status)},
  ]
}
