import {DataError} from '../../errors.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import {loadAssignmentShape} from '../../views/table/eds.js'
import {clusterStatusShape} from '../../views/table/endpoint.js'
import {isJson, type Json} from '../../views/table/field.js'
import {gatherSections} from './sections.js'

/** Endpoints as `/clusters` tells them (with their health), or as a config dump does (as they were configured). */
export type Endpoints = {kind: 'statuses'; statuses: Json[]} | {kind: 'assignments'; assignments: Json[]}

const pass = 'Pass the answer of Envoy’s /clusters?format=json, or of /config_dump?include_eds'

/** Reads the endpoints of either document; for a `table` only what its columns need. @throws DataError, SourceError */
export async function readEndpoints(source: ByteSource, detail: 'table' | 'all'): Promise<Endpoints> {
  const gathering = gatherSections({resources: {endpoints: detail === 'table' ? loadAssignmentShape : true}})
  const statuses: Json[] = []
  let isClusters = false
  const clusters = {
    shape: detail === 'table' ? clusterStatusShape : true,
    begin: () => {
      isClusters = true
    },
    take: (items: unknown[]) => {
      for (const item of items) if (isJson(item)) statuses.push(item)
    },
  } as const
  await readDump(source, {lists: {lists: {cluster_statuses: clusters}, configs: gathering.configs}, pass})
  if (isClusters) return {kind: 'statuses', statuses}
  const assignments = gathering.sections().resources.endpoints
  if (assignments === undefined) throw new DataError('is a config dump without endpoints', source.origin, pass)
  return {kind: 'assignments', assignments}
}
