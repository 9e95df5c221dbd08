import {isJson, type Json, object, objects, text} from '../../table/field.js'
import {routeConfigKey} from '../../table/route.js'
import {
  type WholeRouteConfig,
  type WideRouteRow,
  wholeRouteConfigs,
  wideRouteColumns,
  wideRouteRows,
} from '../../table/wide/route.js'
import type {World} from '../world.js'
import {chainsWithRoutes} from './inline-routes.js'
import {arranged, columnsOf, type Follow, type Listing, listingOf, nowhere, type Scope} from './resource.js'
import {entriesOf} from './sections.js'

interface RouteRow {
  wide: WideRouteRow
  /** Whether the route configuration stands in a filter chain. */
  inline: boolean
  /** Its place in the virtual host. */
  index: number
  at: string
}

interface PlacedConfig {
  config: WholeRouteConfig
  at: string
  inline: boolean
}

/** Those that the control plane sends and static ones; with a scope, the one that a chain asks. */
function configsOf(dump: unknown, scope: Scope | null): PlacedConfig[] {
  if (scope?.kind === 'inline')
    return chainsWithRoutes(dump)
      .filter(({at}) => at === scope.at)
      .map(({json, at}) => ({config: {...routeConfigKey(json), resource: json, error: ''}, at, inline: true}))
  const lists = ['dynamic_route_configs', 'static_route_configs']
  return entriesOf(dump, 'RoutesConfigDump', lists).flatMap(({entry, at}) =>
    wholeRouteConfigs(entry)
      .filter(({name}) => scope?.kind !== 'route-config' || scope.name === name)
      .map((config) => ({
        config,
        at: config.error === '' ? `${at}.route_config` : `${at}.error_state`,
        inline: false,
      })),
  )
}

/** The rows of a route configuration, each with its place: they come virtual host by virtual host. */
function rowsOf({config, at, inline}: PlacedConfig): RouteRow[] {
  const hosts = new Map(objects(config.resource, 'virtual_hosts').map((host, index) => [host, index]))
  let [last, index]: [Json | null, number] = [null, 0]
  return wideRouteRows(config).map((wide) => {
    const {virtualHost, route} = wide
    index = virtualHost === last ? index + 1 : 0
    last = virtualHost
    const host = virtualHost === null ? at : `${at}.virtual_hosts[${hosts.get(virtualHost) ?? 0}]`
    return {wide, inline, index, at: route === null ? host : `${host}.routes[${index}]`}
  })
}

const shownRoutes = new WeakMap<Json, Json>()

/** What a route compares headers with may be a secret. */
function shown(world: World, wide: WideRouteRow): WideRouteRow {
  const {route} = wide
  if (route === null) return wide
  const known = shownRoutes.get(route)
  if (known !== undefined) return {...wide, route: known}
  const redacted = world.redact(route)
  const made = isJson(redacted) ? redacted : route
  shownRoutes.set(route, made)
  return {...wide, route: made}
}

const first = ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE', 'DESTINATION']

/** Where a route sends requests; one that answers itself says so. */
function follow(pod: string, {wide: {route}}: RouteRow): Follow {
  const action = object(route ?? undefined, 'route')
  if (route === null) return nowhere('this virtual host has no routes: Envoy answers with 404')
  if (action === undefined) return nowhere('this route leads nowhere: Envoy answers itself (y shows how)')
  const header = text(action, 'cluster_header')
  if (header !== undefined) return nowhere(`the request names the cluster itself, in its header ${header}`)
  const weighted = objects(object(action, 'weighted_clusters'), 'clusters').map((one) => text(one, 'name') ?? '')
  const names = weighted.length > 0 ? weighted : [text(action, 'cluster') ?? '']
  if (names.every((name) => name === '')) return nowhere('an extension chooses the cluster')
  return {
    kind: 'table',
    where: {resource: 'clusters', place: pod, scope: {kind: 'clusters', names, label: names.join(', ')}},
  }
}

const hostName = ({wide: {virtualHost}}: RouteRow): string => text(virtualHost ?? undefined, 'name') ?? ''

const rowName = (row: RouteRow): string =>
  `${hostName(row)} ${text(row.wide.route ?? undefined, 'name') ?? `#${row.index}`}`

export const routesOf = (world: World, pod: string, scope: Scope | null): Listing =>
  listingOf({
    columns: arranged(
      columnsOf<RouteRow, WideRouteRow>(wideRouteColumns, ({wide}) => shown(world, wide)),
      first,
    ),
    rows: configsOf(world.dump(pod), scope).flatMap(rowsOf),
    name: rowName,
    source: ({wide, at}) => ({
      file: 'config_dump.json',
      at,
      document: wide.route ?? wide.virtualHost ?? wide.routeConfig.resource,
    }),
    follow: (row) => follow(pod, row),
    command: ({wide, inline}) =>
      inline
        ? ['pc', 'listener', ...world.proxyWords(pod), '-o', 'json']
        : ['pc', 'route', ...world.proxyWords(pod), '--name', wide.routeConfig.name],
    target: (row) =>
      row.inline || row.wide.route === null
        ? null
        : {
            kind: 'route',
            pod,
            routeConfig: row.wide.routeConfig.name,
            virtualHost: hostName(row),
            index: row.index,
          },
  })
