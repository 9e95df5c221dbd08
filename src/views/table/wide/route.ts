import type {Column, Table} from '../column.js'
import {type Json, object, objects, text, texts} from '../field.js'
import {ownerName} from '../owner.js'
import {type RouteConfigKey, selectRoutes} from '../route.js'
import {routeAction} from './route-action.js'
import {routeConditions} from './route-conditions.js'

export type WholeRouteConfig = RouteConfigKey & {resource: Json}

export interface WideRouteRow {
  name: string
  virtualHost: Json
  /** Null for a virtual host without routes. */
  route: Json | null
}

const columns: readonly Column<WideRouteRow>[] = [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'VHOST NAME', cell: ({virtualHost}) => text(virtualHost, 'name') ?? ''},
  {title: 'DOMAINS', cell: ({virtualHost}) => texts(virtualHost, 'domains').join(', ')},
  {title: 'ROUTE', cell: ({route}) => text(route ?? undefined, 'name') ?? '-'},
  {title: 'MATCH', cell: ({route}) => (route === null ? '-' : routeConditions(route))},
  {title: 'DESTINATION', cell: ({route, virtualHost}) => (route === null ? noRoute(virtualHost) : routeAction(route))},
  {title: 'VIRTUAL SERVICE', cell: ({route}) => (route === null ? '' : ownerName(route))},
]

/** Every route of every virtual host, those to PassthroughCluster too, with all conditions and where it leads. */
export function wideRouteTable(routeConfigs: readonly WholeRouteConfig[], name: string): Table<WideRouteRow> {
  const rows = selectRoutes(routeConfigs, name).flatMap(({name: own, resource}) =>
    objects(resource, 'virtual_hosts').flatMap((virtualHost): WideRouteRow[] => {
      const routes = objects(virtualHost, 'routes')
      return routes.length === 0
        ? [{name: own, virtualHost, route: null}]
        : routes.map((route) => ({name: own, virtualHost, route}))
    }),
  )
  return {columns, rows}
}

const noRoute = (virtualHost: Json): string =>
  object(virtualHost, 'matcher') ? 'chosen by a matcher tree' : '404: no routes'
