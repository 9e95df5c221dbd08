import type {ByteSource} from '../../sources/byte-source.js'
import type {ClusterFilter} from '../../views/table/cluster.js'
import type {Table} from '../../views/table/column.js'
import type {Json} from '../../views/table/field.js'
import {type ListenerFilter, type ListenerKey, listenerKey, selectListeners} from '../../views/table/listener.js'
import {type StatedCluster, statedCluster, wideClusterTable} from '../../views/table/wide/cluster.js'
import {statedAssignment} from '../../views/table/wide/eds.js'
import {
  dynamicListeners,
  staticListener,
  type WideListenerRow,
  wideListenerTable,
} from '../../views/table/wide/listener.js'
import type {Rejection} from '../../views/table/wide/rejected.js'
import {type WholeRouteConfig, wholeRouteConfigs} from '../../views/table/wide/route.js'
import {requiredItems} from './required.js'
import {entrySink, readSections} from './sections.js'

/** A table of our own columns, and everything that it was chosen from. */
export interface WideTable<Row, Item> {
  all: Item[]
  table: Table<Row>
}

/** All listeners in all their states, those whose update was rejected too. @throws DataError, SourceError */
export async function readWideListeners(
  source: ByteSource,
  filter: ListenerFilter,
): Promise<WideTable<WideListenerRow, ListenerKey>> {
  const sink = entrySink('listeners', {dynamic_listeners: dynamicListeners, static_listeners: staticListener})
  await readSections(source, sink)
  const all = requiredItems(sink, 'listeners', source).map((stated) => ({...stated, ...listenerKey(stated.listener)}))
  return {all, table: wideListenerTable(selectListeners(all, filter), filter.forPort)}
}

/** All clusters, warming and rejected ones too. @throws DataError, SourceError */
export async function readWideClusters(
  source: ByteSource,
  filter: ClusterFilter,
): Promise<WideTable<StatedCluster, StatedCluster>> {
  const sink = entrySink('clusters', {
    dynamic_active_clusters: statedCluster('ACTIVE'),
    dynamic_warming_clusters: statedCluster('WARMING'),
    static_clusters: statedCluster('STATIC'),
  })
  await readSections(source, sink)
  const all = requiredItems(sink, 'clusters', source)
  return {all, table: wideClusterTable(all, filter)}
}

/** All route configurations, then what was rejected of each. @throws DataError, SourceError */
export async function readWideRoutes(source: ByteSource): Promise<WholeRouteConfig[]> {
  const sink = entrySink('routes', {
    dynamic_route_configs: wholeRouteConfigs,
    static_route_configs: wholeRouteConfigs,
  })
  await readSections(source, sink)
  return requiredItems(sink, 'routes', source)
}

/** All assignments, and what was rejected of them. @throws DataError, SourceError */
export async function readWideAssignments(source: ByteSource): Promise<{assignments: Json[]; rejected: Rejection[]}> {
  const stated = (entry: Json) => [statedAssignment(entry)]
  const sink = entrySink('endpoints', {dynamic_endpoint_configs: stated, static_endpoint_configs: stated})
  await readSections(source, sink)
  const found = sink.found() ?? []
  return {
    assignments: found.flatMap(({assignment}) => (assignment ? [assignment] : [])),
    rejected: found.flatMap(({rejected}) => (rejected ? [rejected] : [])),
  }
}
