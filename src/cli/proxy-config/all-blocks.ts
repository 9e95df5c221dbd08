import type {ByteSource} from '../../sources/byte-source.js'
import {bootstrapSummary} from '../../views/table/bootstrap.js'
import {type ClusterFilter, clusterShape, clusterTable, selectClusters} from '../../views/table/cluster.js'
import {renderShort} from '../../views/table/column.js'
import {edsTable, loadAssignmentShape, selectAssignments} from '../../views/table/eds.js'
import {type ListenerFilter, listenerShape, listenerTable, selectListeners} from '../../views/table/listener.js'
import {routeShape, routeTable, selectRoutes} from '../../views/table/route.js'
import {noSecrets, secretTable} from '../../views/table/secret.js'
import {required, requiredSection} from './required.js'
import {readSections} from './sections.js'

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
  const sections = await readSections(source, {
    whole: ['bootstrap', 'secrets'],
    resources: {
      clusters: clusterShape,
      listeners: listenerShape,
      routes: routeShape,
      endpoints: loadAssignmentShape,
    },
  })
  const {origin} = source
  const layout = (padding: number) => ({padding, headers: filter.headers})
  const assignments = sections.resources.endpoints
  return [
    {title: 'BOOTSTRAP', text: () => bootstrapSummary(requiredSection(sections, 'bootstrap', origin))},
    {
      title: 'CLUSTER',
      text: () =>
        renderShort(clusterTable(selectClusters(required(sections, 'clusters', origin), filter), true), layout(5)),
    },
    {
      title: 'LISTENER',
      text: () => {
        const listeners = selectListeners(required(sections, 'listeners', origin), filter)
        return renderShort(listenerTable(listeners, filter.verbose, true), layout(1))
      },
    },
    {
      title: 'ROUTE',
      text: () => {
        const routes = selectRoutes(required(sections, 'routes', origin), filter.name)
        return renderShort(routeTable(routes, filter.verbose, true), layout(5))
      },
    },
    {
      title: 'SECRET',
      text: () => {
        const table = secretTable(requiredSection(sections, 'secrets', origin), new Date(), true)
        return table === null ? noSecrets : renderShort(table, layout(5))
      },
    },
    {
      title: 'ENDPOINTS',
      text: () => {
        const shown = {address: filter.address, port: filter.port, cluster: '', status: ''}
        return renderShort(edsTable(selectAssignments(assignments ?? [], shown), true), layout(5))
      },
    },
  ]
}
