import {DataError} from '../../errors.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import {isJson} from '../../views/table/field.js'
import {type ResourceReader, resourceSink, wantedBy} from './sections.js'

/** Endpoints as `/clusters` tells them (with their health), or as a config dump does (as they were configured). */
export type Endpoints<S, A> = {kind: 'statuses'; statuses: S[]} | {kind: 'assignments'; assignments: A[]}

const pass = 'Pass the answer of Envoy’s /clusters?format=json, or of /config_dump?include_eds'

/** Reads the endpoints of either document. @throws DataError, SourceError */
export async function readEndpoints<S, A>(
  source: ByteSource,
  statusReader: ResourceReader<S>,
  assignmentReader: ResourceReader<A>,
): Promise<Endpoints<S, A>> {
  const sink = resourceSink('endpoints', assignmentReader)
  const statuses: S[] = []
  let isClusters = false
  const clusters = {
    shape: statusReader.shape,
    begin: () => {
      isClusters = true
    },
    take: (items: unknown[]) => {
      for (const item of items) if (isJson(item)) statuses.push(statusReader.read(item))
    },
  }
  await readDump(source, {lists: {lists: {cluster_statuses: clusters}, configs: wantedBy([sink])}, pass})
  if (isClusters) return {kind: 'statuses', statuses}
  const assignments = sink.found()
  if (assignments === undefined) throw new DataError('is a config dump without endpoints', source.origin, pass)
  return {kind: 'assignments', assignments}
}
