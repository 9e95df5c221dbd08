import type {Located} from '../parse/config-dump.js'
import {at, boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import {type CompiledRoute, compileRoute} from './route.js'
import type {Surroundings} from './surroundings.js'
import {type DomainIndex, indexDomains, type VirtualHostEntry} from './virtual-host.js'

/** A route configuration with its indexes. */
export interface RouteTable extends Located {
  name: string
  domains: DomainIndex
  /** The header that names the virtual host instead of Host, in lower case, or null. */
  virtualHostHeader: string | null
  ignoresPort: boolean
  ignoresParameters: boolean
  surroundings: Surroundings
}

const tables = new WeakMap<JsonObject, RouteTable>()

/** Builds the indexes of a route configuration once. */
export function routeTable(located: Located, surroundings: Surroundings): RouteTable {
  let table = tables.get(located.raw)
  if (!table || table.surroundings !== surroundings) {
    const {raw} = located
    table = {
      ...located,
      name: string(raw, 'name') ?? '',
      domains: indexDomains(located),
      virtualHostHeader: string(raw, 'vhost_header')?.toLowerCase() || null,
      ignoresPort: boolean(raw, 'ignore_port_in_host_matching') ?? false,
      ignoresParameters: boolean(raw, 'ignore_path_parameters_in_path_matching') ?? false,
      surroundings,
    }
    tables.set(raw, table)
  }
  return table
}

const compiledRoutes = new WeakMap<VirtualHostEntry, CompiledRoute[]>()

/** The routes of a virtual host's list. */
export function routesOf(table: RouteTable, host: VirtualHostEntry): CompiledRoute[] {
  let routes = compiledRoutes.get(host)
  if (!routes) {
    routes = objects(host.raw, 'routes').map((raw, index) =>
      compileRoute({raw, at: at(host.at, 'routes', index)}, index, table.surroundings, table.ignoresParameters),
    )
    compiledRoutes.set(host, routes)
  }
  return routes
}

const actionRoutes = new WeakMap<JsonObject, CompiledRoute[]>()

/** The routes that a matcher's action carries: one Route, or a RouteList of which the first fitting one is taken. */
export function routesOfAction(table: RouteTable, type: string, action: Located): CompiledRoute[] {
  let routes = actionRoutes.get(action.raw)
  if (!routes) {
    const listed: Located[] = type.endsWith('.RouteList')
      ? objects(action.raw, 'routes').map((raw, index) => ({raw, at: at(action.at, 'routes', index)}))
      : [action]
    routes = listed.map((route, index) => compileRoute(route, index, table.surroundings, table.ignoresParameters))
    actionRoutes.set(action.raw, routes)
  }
  return routes
}

/** A virtual host's matcher tree, which then stands for its list of routes; null without one. */
export function matcherOf(host: VirtualHostEntry): Located | null {
  const raw = object(host.raw, 'matcher')
  return raw ? {raw, at: at(host.at, 'matcher')} : null
}
