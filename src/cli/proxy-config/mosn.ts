import {DataError} from '../../errors.js'
import {type ClusterFilter, clusterTable, selectClusters} from '../../views/table/cluster.js'
import {renderTable, type Table} from '../../views/table/column.js'
import {type EndpointFilter, endpointTable, passesEndpoint} from '../../views/table/endpoint.js'
import type {Json} from '../../views/table/field.js'
import {type ListenerFilter, listenerTable, selectListeners} from '../../views/table/listener.js'
import {mosnClusterRows, wideMosnClusterTable} from '../../views/table/mosn/cluster.js'
import {mosnEndpointRows, wideMosnEndpointTable} from '../../views/table/mosn/endpoint.js'
import {mosnListenerRows, wideMosnListenerTable} from '../../views/table/mosn/listener.js'
import {mosnRouteConfigs, wideMosnRouteTable} from '../../views/table/mosn/route.js'
import {routeConfigTable, routeTable, selectRoutes} from '../../views/table/route.js'
import type {AllFilter, Block} from './all-blocks.js'
import type {OpenedMosn} from './by-kind.js'
import {type Drawing, shortDrawing, wideDrawing} from './drawing.js'
import type {FoundResources} from './print-document.js'

/** Items as MOSN writes them. @throws DataError in istioctl's words where there are none */
function required<T>(items: readonly T[], what: string, {dump}: OpenedMosn): readonly T[] {
  if (items.length > 0) return items
  throw new DataError(`no ${what} found`, `MOSN’s ${dump.document}`, 'Pass the whole answer of /api/v1/config_dump')
}

const raw = (items: readonly {raw: Json}[]): FoundResources => ({
  resources: items.map((item) => ({resource: item.raw})),
  type: null,
})

/** What a table was chosen from, for a word on why it is empty. */
export interface MosnDrawing<Row> {
  drawing: Drawing
  all: readonly Row[]
}

export async function drawMosnListeners(
  opened: OpenedMosn,
  filter: ListenerFilter & {output: string; verbose: boolean},
): Promise<MosnDrawing<ReturnType<typeof mosnListenerRows>[number]>> {
  const all = mosnListenerRows(required(opened.dump.listeners, 'listeners', opened))
  const drawing =
    filter.output === 'wide'
      ? await wideDrawing(wideMosnListenerTable(all, filter))
      : shortDrawing(listenerTable(selectListeners(all, filter), filter, false), 1)
  return {drawing, all}
}

export const mosnListeners = (opened: OpenedMosn, filter: ListenerFilter): FoundResources =>
  raw(
    selectListeners(mosnListenerRows(required(opened.dump.listeners, 'listeners', opened)), filter).map(
      ({listener}) => listener,
    ),
  )

export async function drawMosnClusters(opened: OpenedMosn, filter: ClusterFilter & {output: string}) {
  const all = mosnClusterRows(required(opened.dump.clusters, 'clusters', opened))
  const drawing =
    filter.output === 'wide'
      ? await wideDrawing(wideMosnClusterTable(all, filter))
      : shortDrawing(clusterTable(selectClusters(all, filter), false), 5)
  return {drawing, all}
}

export const mosnClusters = (opened: OpenedMosn, filter: ClusterFilter): FoundResources =>
  raw(
    selectClusters(mosnClusterRows(required(opened.dump.clusters, 'clusters', opened)), filter).map(
      ({cluster}) => cluster,
    ),
  )

export async function drawMosnRoutes(opened: OpenedMosn, filter: {name: string; output: string; verbose: boolean}) {
  const all = mosnRouteConfigs(required(opened.dump.routers, 'routes', opened))
  const routes = selectRoutes(all, filter.name)
  if (filter.output === 'wide') return {drawing: await wideDrawing(wideMosnRouteTable(all, filter.name)), all}
  const drawing = filter.verbose
    ? shortDrawing(routeTable(routes, false), 5)
    : shortDrawing(routeConfigTable(routes, false), 5)
  return {drawing, all}
}

export const mosnRoutes = (opened: OpenedMosn, name: string): FoundResources =>
  raw(selectRoutes(mosnRouteConfigs(required(opened.dump.routers, 'routes', opened)), name).map(({router}) => router))

export async function drawMosnEndpoints(opened: OpenedMosn, filter: EndpointFilter, isWide: boolean) {
  const clusters = required(opened.dump.clusters, 'clusters', opened)
  const all = mosnEndpointRows(clusters, opened.statistics)
  const drawing = isWide
    ? await wideDrawing(wideMosnEndpointTable(all, filter))
    : shortDrawing(endpointTable(all, filter), 5)
  return {drawing, all}
}

/** The clusters with a host that passes: hosts stand in their cluster. */
export function mosnEndpoints(opened: OpenedMosn, filter: EndpointFilter): FoundResources {
  const {dump, statistics} = opened
  const passing = new Set(
    mosnEndpointRows(dump.clusters, statistics)
      .filter((row) => passesEndpoint(row, filter))
      .map(({cluster}) => cluster),
  )
  return raw(dump.clusters.filter(({name}) => passing.has(name)))
}

/** The tables of `all`: a MOSN's dump has no bootstrap, and no list of secrets. */
export function mosnBlocks(opened: OpenedMosn, filter: AllFilter): Block[] {
  const {dump, statistics} = opened
  const render = <Row>(table: Table<Row>, padding = 5) => renderTable(table, {padding, headers: filter.headers}).text
  return [
    {
      title: 'CLUSTER',
      text: () => {
        const all = mosnClusterRows(required(dump.clusters, 'clusters', opened))
        return render(clusterTable(selectClusters(all, filter), true))
      },
    },
    {
      title: 'LISTENER',
      text: () => {
        const all = mosnListenerRows(required(dump.listeners, 'listeners', opened))
        return render(listenerTable(selectListeners(all, filter), filter, true), 1)
      },
    },
    {
      title: 'ROUTE',
      text: () => {
        const routes = selectRoutes(mosnRouteConfigs(required(dump.routers, 'routes', opened)), filter.name)
        return filter.verbose ? render(routeTable(routes, true)) : render(routeConfigTable(routes, true))
      },
    },
    {
      title: 'ENDPOINTS',
      text: () => {
        const shown = {address: filter.address, port: filter.port, cluster: '', status: ''}
        return render(endpointTable(mosnEndpointRows(dump.clusters, statistics), shown))
      },
    },
  ]
}
