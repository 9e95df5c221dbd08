import type {Column, Table} from '../column.js'
import {type Json, object, objects, text, texts} from '../field.js'
import {ownerName} from '../owner.js'
import {type RouteConfigKey, routeConfigKey, selectRoutes} from '../route.js'
import {rejection} from './rejected.js'
import {routeAction} from './route-action.js'
import {routeConditions} from './route-conditions.js'

/** A route configuration, or an update of it that Envoy did not take. */
export type WholeRouteConfig = RouteConfigKey & {
  resource: Json
  /** Why it was rejected; empty for what Envoy has. */
  error: string
}

export interface WideRouteRow {
  routeConfig: WholeRouteConfig
  /** Null for a rejected update. */
  virtualHost: Json | null
  /** Null for a virtual host without routes. */
  route: Json | null
}

/** The route configurations of an item of `dynamic_route_configs` or `static_route_configs`: what Envoy has, then what it rejected. */
export function wholeRouteConfigs(entry: Json): WholeRouteConfig[] {
  const resource = object(entry, 'route_config')
  const taken = resource ? [{...routeConfigKey(resource), resource, error: ''}] : []
  const rejected = rejection(entry, 'name', text(resource, 'name') ?? '')
  if (rejected === null) return taken
  return [...taken, {...routeConfigKey(rejected.failed), resource: rejected.failed, error: rejected.details}]
}

export const wideRouteColumns: readonly Column<WideRouteRow>[] = [
  {title: 'NAME', cell: ({routeConfig}) => routeConfig.name},
  {title: 'VHOST NAME', cell: ({virtualHost}) => text(virtualHost ?? undefined, 'name') ?? '-'},
  {title: 'DOMAINS', cell: ({virtualHost}) => texts(virtualHost ?? undefined, 'domains').join(', ') || '-'},
  {title: 'ROUTE', cell: ({route}) => text(route ?? undefined, 'name') ?? '-'},
  {title: 'MATCH', cell: ({route}) => (route === null ? '-' : routeConditions(route))},
  {
    title: 'DESTINATION',
    cell: destination,
    mark: ({routeConfig}) => (routeConfig.error === '' ? null : 'bad'),
  },
  {title: 'VIRTUAL SERVICE', cell: ({route}) => (route === null ? '' : ownerName(route))},
]

function destination({routeConfig, virtualHost, route}: WideRouteRow): string {
  if (virtualHost === null) return `REJECTED: ${routeConfig.error}`
  return route === null ? noRoute(virtualHost) : routeAction(route, [virtualHost, routeConfig.resource])
}

/** Every route of every virtual host, those to PassthroughCluster too, with all conditions and where it leads. */
export function wideRouteTable(routeConfigs: readonly WholeRouteConfig[], name: string): Table<WideRouteRow> {
  return {columns: wideRouteColumns, rows: selectRoutes(routeConfigs, name).flatMap(wideRouteRows)}
}

export function wideRouteRows(routeConfig: WholeRouteConfig): WideRouteRow[] {
  if (routeConfig.error !== '') return [{routeConfig, virtualHost: null, route: null}]
  return objects(routeConfig.resource, 'virtual_hosts').flatMap((virtualHost): WideRouteRow[] => {
    const routes = objects(virtualHost, 'routes')
    return routes.length === 0
      ? [{routeConfig, virtualHost, route: null}]
      : routes.map((route) => ({routeConfig, virtualHost, route}))
  })
}

const noRoute = (virtualHost: Json): string =>
  object(virtualHost, 'matcher') ? 'chosen by a matcher tree' : '404: no routes'
