import type {ByteSource} from '../../sources/byte-source.js'
import {bootstrapSummary} from '../../views/table/bootstrap.js'
import {type ClusterFilter, clusterReader, clusterTable, selectClusters} from '../../views/table/cluster.js'
import {renderTable, type Table} from '../../views/table/column.js'
import {edsTable} from '../../views/table/eds.js'
import {type ListenerFilter, listenerReader, listenerTable, selectListeners} from '../../views/table/listener.js'
import {routeConfigTable, routeReader, routeTable, selectRoutes} from '../../views/table/route.js'
import {noSecrets, secretTable} from '../../views/table/secret.js'
import {requiredItems, requiredSection} from './required.js'
import {readSections, resourceSink, wholeSink} from './sections.js'
import {visitAssignment} from './visit-assignments.js'

export interface AllFilter extends ClusterFilter, ListenerFilter {
  name: string
  verbose: boolean
  headers: boolean
}

/** One table of `all`. Its text is made when it is asked for, and throws DataError where its section is missing or empty. */
export interface Block {
  title: string
  text(): string
}

/** The tables of `all` in istioctl's order; the first that cannot be made ends it. Reads the dump in one pass. */
export async function blocksOfAll(source: ByteSource, filter: AllFilter): Promise<Block[]> {
  const sinks = {
    bootstrap: wholeSink('bootstrap'),
    clusters: resourceSink('clusters', clusterReader),
    listeners: resourceSink('listeners', listenerReader),
    routes: resourceSink('routes', routeReader),
    secrets: wholeSink('secrets'),
    endpoints: resourceSink('endpoints', {visit: visitAssignment}),
  }
  await readSections(source, ...Object.values(sinks))
  const render = <Row>(table: Table<Row>, padding = 5) => renderTable(table, {padding, headers: filter.headers}).text
  return [
    {title: 'BOOTSTRAP', text: () => bootstrapSummary(requiredSection(sinks.bootstrap, source).at(-1) ?? {})},
    {
      title: 'CLUSTER',
      text: () => render(clusterTable(selectClusters(requiredItems(sinks.clusters, 'clusters', source), filter), true)),
    },
    {
      title: 'LISTENER',
      text: () => {
        const listeners = selectListeners(requiredItems(sinks.listeners, 'listeners', source), filter)
        return render(listenerTable(listeners, filter, true), 1)
      },
    },
    {
      title: 'ROUTE',
      text: () => {
        const routes = selectRoutes(requiredItems(sinks.routes, 'routes', source), filter.name)
        return filter.verbose ? render(routeTable(routes, true)) : render(routeConfigTable(routes, true))
      },
    },
    {
      title: 'SECRET',
      text: () => {
        const table = secretTable(requiredSection(sinks.secrets, source).at(-1) ?? {}, new Date(), true)
        return table === null ? noSecrets : render(table)
      },
    },
    {
      title: 'ENDPOINTS',
      text: () => {
        const shown = {address: filter.address, port: filter.port, cluster: '', status: ''}
        return render(edsTable(sinks.endpoints.found() ?? [], shown, true))
      },
    },
  ]
}
