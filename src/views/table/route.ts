import type {Column, Table} from './column.js'
import {type Json, objects, text, texts} from './field.js'
import {goSort} from './go-sort.js'
import {ownerName} from './owner.js'
import {pathCondition, plainCluster} from './route-match.js'
import {atoi} from './subset-key.js'

/** What the short table shows of a route. */
export interface RouteRow {
  virtualHost: string
  domains: string
  match: string
  owner: string
}

/** What route configurations are filtered and sorted by. */
export interface RouteConfigKey {
  name: string
  /** The name where it is a number, which is how istioctl orders them. */
  number: number | null
}

/** What the short table shows of a route configuration. */
export interface RouteConfigSummary extends RouteConfigKey {
  virtualHosts: number
  routes: RouteRow[]
}

/** Reads what the short table shows. */
export const routeReader = {
  shape: {
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
  },
  read: (routeConfig: Json): RouteConfigSummary => {
    const hosts = objects(routeConfig, 'virtual_hosts')
    return {...routeConfigKey(routeConfig), virtualHosts: hosts.length, routes: hosts.flatMap(hostRows)}
  },
} as const

export function routeConfigKey(routeConfig: Json): RouteConfigKey {
  const name = text(routeConfig, 'name') ?? ''
  return {name, number: atoi(name)}
}

function hostRows(host: Json): RouteRow[] {
  const virtualHost = text(host, 'name') ?? ''
  const domains = describeDomains(texts(host, 'domains'))
  const routes = objects(host, 'routes')
  if (routes.length === 0) return [{virtualHost, domains, match: '/*', owner: '404'}]
  return routes
    .filter((route) => plainCluster(route) !== 'PassthroughCluster')
    .map((route) => ({virtualHost, domains, match: pathCondition(route), owner: ownerName(route)}))
}

/** The route configurations of that name (of any, where empty), in istioctl's order: it orders numbers among themselves only. */
export const selectRoutes = <R extends RouteConfigKey>(routeConfigs: readonly R[], name: string): R[] =>
  goSort([...routeConfigs], (a, b) => a.number !== null && b.number !== null && a.number < b.number).filter(
    (routeConfig) => name === '' || routeConfig.name === name,
  )

type NamedRow = RouteRow & {name: string}

const hostColumns: readonly Column<NamedRow>[] = [
  {title: 'VHOST NAME', cell: ({virtualHost}) => virtualHost},
  {title: 'DOMAINS', cell: ({domains}) => domains},
  {title: 'MATCH', cell: ({match}) => match},
  {title: 'VIRTUAL SERVICE', cell: ({owner}) => owner},
]

/** A row for each route; `inAll` marks the names. */
export function routeTable(routeConfigs: readonly RouteConfigSummary[], inAll: boolean): Table<NamedRow> {
  const rows = routeConfigs.flatMap(({name, routes}) => routes.map((route) => ({...route, name})))
  return {columns: [nameColumn(inAll), ...hostColumns], rows}
}

/** A row for each route configuration. */
export const routeConfigTable = (
  routeConfigs: readonly RouteConfigSummary[],
  inAll: boolean,
): Table<RouteConfigSummary> => ({
  columns: [nameColumn(inAll), {title: 'VIRTUAL HOSTS', cell: ({virtualHosts}) => String(virtualHosts)}],
  rows: routeConfigs,
})

const nameColumn = (inAll: boolean): Column<{name: string}> => ({
  title: 'NAME',
  cell: ({name}) => (inAll ? `route/${name}` : name),
})

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
