import {DataError} from '../../errors.js'
import type {ListWanted} from '../../scan/document-plan.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import type {AssignmentSummary} from '../../views/table/eds.js'
import type {EndpointRow} from '../../views/table/endpoint.js'
import {isJson, type Json} from '../../views/table/field.js'
import {asItStands, type ResourceReader, resourceSink, wantedBy} from './sections.js'
import {visitAssignment} from './visit-assignments.js'
import {visitHosts} from './visit-hosts.js'

/** Endpoints as `/clusters` tells them (with their health), or as a config dump does (as they were configured). */
export type Endpoints<S, A> = {kind: 'statuses'; statuses: S[]} | {kind: 'assignments'; assignments: A[]}

const pass =
  'Pass the answer of Envoy’s /clusters?format=json, or of /config_dump?include_eds; of a MOSN that of /api/v1/config_dump'

/** Reads the endpoints of either document as they stand. @throws DataError, SourceError */
export function readWholeEndpoints(source: ByteSource): Promise<Endpoints<Json, Json>> {
  const statuses: Json[] = []
  const take = (items: unknown[]) => {
    for (const item of items) if (isJson(item)) statuses.push(item)
  }
  return readEndpoints(source, {shape: true, take}, statuses, asItStands)
}

/** Reads what the short tables show of either document. @throws DataError, SourceError */
export function readShortEndpoints(source: ByteSource): Promise<Endpoints<EndpointRow, AssignmentSummary>> {
  const rows: EndpointRow[] = []
  return readEndpoints(source, {item: visitHosts(rows)}, rows, {visit: visitAssignment})
}

/** `wanted` puts what it makes of `cluster_statuses` into `statuses`. */
async function readEndpoints<S, A>(
  source: ByteSource,
  wanted: ListWanted,
  statuses: S[],
  reader: ResourceReader<A>,
): Promise<Endpoints<S, A>> {
  const sink = resourceSink('endpoints', reader)
  let isClusters = false
  const begin = () => {
    isClusters = true
  }
  const lists = {lists: {cluster_statuses: {...wanted, begin}}, configs: wantedBy([sink])}
  await readDump(source, {lists, pass})
  if (isClusters) return {kind: 'statuses', statuses}
  const assignments = sink.found()
  if (assignments === undefined) throw new DataError('is a config dump without endpoints', source.origin, pass)
  return {kind: 'assignments', assignments}
}
