import type {Column, Table} from './column.js'
import {type Json, objects, text, texts} from './field.js'
import {goSort} from './go-sort.js'
import {ownerName} from './owner.js'
import {pathCondition, plainCluster} from './route-match.js'
import {atoi} from './subset-key.js'

export interface RouteRow {
  routeConfig: Json
  virtualHost: Json | null
  /** Null for a virtual host without routes. */
  route: Json | null
}

/** The members of a route configuration that the short table reads. */
export const routeShape = {
  name: true,
  virtual_hosts: {
    name: true,
    domains: true,
    routes: {
      match: {prefix: true, path: true, path_separated_prefix: true, safe_regex: {regex: true}},
      route: {cluster: true},
      metadata: {filter_metadata: {istio: {config: true}}},
    },
  },
} as const

export const routeConfigName = (routeConfig: Json): string => text(routeConfig, 'name') ?? ''

const nameColumn = (prefix: string): Column<RouteRow> => ({
  title: 'NAME',
  cell: ({routeConfig}) => prefix + routeConfigName(routeConfig),
})
const hostColumns: readonly Column<RouteRow>[] = [
  {title: 'VHOST NAME', cell: ({virtualHost}) => text(virtualHost ?? undefined, 'name') ?? ''},
  {title: 'DOMAINS', cell: ({virtualHost}) => describeDomains(texts(virtualHost ?? undefined, 'domains'))},
  {title: 'MATCH', cell: ({route}) => (route === null ? '/*' : pathCondition(route))},
  {title: 'VIRTUAL SERVICE', cell: ({route}) => (route === null ? '404' : ownerName(route))},
]
const countColumn: Column<RouteRow> = {
  title: 'VIRTUAL HOSTS',
  cell: ({routeConfig}) => String(objects(routeConfig, 'virtual_hosts').length),
}

/** The route configurations of that name (of any, where empty), in istioctl's order: it orders numbers among themselves only. */
export function selectRoutes(routeConfigs: readonly Json[], name: string): Json[] {
  const keyed = routeConfigs.map((routeConfig) => ({routeConfig, port: atoi(routeConfigName(routeConfig))}))
  goSort(keyed, (a, b) => a.port !== null && b.port !== null && a.port < b.port)
  return keyed
    .map(({routeConfig}) => routeConfig)
    .filter((routeConfig) => name === '' || routeConfigName(routeConfig) === name)
}

/** A row for each route (`verbose`) or for each route configuration; `inAll` marks the names. */
export function routeTable(routeConfigs: readonly Json[], verbose: boolean, inAll: boolean): Table<RouteRow> {
  const name = nameColumn(inAll ? 'route/' : '')
  if (!verbose)
    return {
      columns: [name, countColumn],
      rows: routeConfigs.map((routeConfig) => ({routeConfig, virtualHost: null, route: null})),
    }
  return {columns: [name, ...hostColumns], rows: routeConfigs.flatMap(routeRows)}
}

function routeRows(routeConfig: Json): RouteRow[] {
  return objects(routeConfig, 'virtual_hosts').flatMap((virtualHost): RouteRow[] => {
    const routes = objects(virtualHost, 'routes')
    if (routes.length === 0) return [{routeConfig, virtualHost, route: null}]
    return routes
      .filter((route) => plainCluster(route) !== 'PassthroughCluster')
      .map((route) => ({routeConfig, virtualHost, route}))
  })
}

const shownDomains = 2

/** The domains of a virtual host as istioctl shortens them: without ports, without forms of a name that is listed shorter, two at most. */
function describeDomains(domains: string[]): string {
  if (domains.length <= 1) return domains[0] ?? ''
  const withoutPort = domains.filter(
    (domain) => !domain.includes(':') || (domain.split(':').length > 3 && domain.endsWith(']')),
  )
  const all = new Set(withoutPort)
  const isLongForm = (domain: string) =>
    ['.svc.cluster.local', '.svc'].some((suffix) => domain.endsWith(suffix) && all.has(domain.slice(0, -suffix.length)))
  const kept = withoutPort.filter((domain) => !isLongForm(domain))
  const rest = kept.length - shownDomains
  return kept.slice(0, shownDomains).join(', ') + (rest > 0 ? ` + ${rest} more...` : '')
}
