import type {ByteSource} from '../../sources/byte-source.js'
import type {ClusterFilter} from '../../views/table/cluster.js'
import type {Table} from '../../views/table/column.js'
import {type ListenerFilter, type ListenerKey, listenerKey, selectListeners} from '../../views/table/listener.js'
import {type StatedCluster, statedCluster, wideClusterTable} from '../../views/table/wide/cluster.js'
import {
  dynamicListeners,
  staticListener,
  type WideListenerRow,
  wideListenerTable,
} from '../../views/table/wide/listener.js'
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
