import type {MatchBranch} from '../match/result.js'
import {matcherOf, routesOf} from '../match/route-config.js'
import type {Proxy as Envoy} from '../proxy.js'
import {type UsedTable, usedTables} from '../search/tables.js'

/** How many of all were reached. */
export interface Reached {
  reached: number
  total: number
}

/** A virtual host or route that no test reaches; the routes of such a virtual host are not listed one by one. */
export interface Uncovered {
  kind: 'virtual host' | 'route'
  /** From the outside in: route configuration, virtual host, route. */
  path: string[]
  at: string
  /** Routes that it stands for. */
  routes: number
}

/**
 * What of the route configurations that listeners use was reached. Routes of matcher trees are not counted: their
 * virtual host alone is.
 */
export interface Coverage {
  virtualHosts: Reached
  routes: Reached
  /** Of the routes, 0 to 100; 100 where there are none. */
  percent: number
  uncovered: Uncovered[]
}

/** The places of the virtual hosts and routes that these ways took, as JSONPaths. */
export const placesOf = (branches: readonly MatchBranch[]): string[] =>
  branches
    .filter(({probability}) => probability > 0)
    .flatMap(({steps}) =>
      steps
        .filter(({level, decided}) => (level === 'virtual host' || level === 'route') && decided !== null)
        .map(({at}) => at),
    )

/** The route configurations that listeners use. */
export const coverable = (envoy: Envoy): UsedTable[] => usedTables(envoy).filter(({entrances}) => entrances.length > 0)

/**
 * @param places of the virtual hosts and routes that were reached
 * @param only names of the route configurations that count; null for all
 */
export function coverageOf(envoy: Envoy, places: ReadonlySet<string>, only: readonly string[] | null): Coverage {
  const hosts = coverable(envoy)
    .filter(({table}) => only === null || only.includes(table.name))
    .flatMap((used) => used.table.domains.hosts.map((host) => hostCoverage(used, host, places)))
  const routes = sum(hosts.map((host) => host.routes))
  return {
    virtualHosts: {reached: hosts.filter(({reached}) => reached).length, total: hosts.length},
    routes,
    percent: routes.total === 0 ? 100 : (100 * routes.reached) / routes.total,
    uncovered: hosts.flatMap(({uncovered}) => uncovered),
  }
}

interface HostCoverage {
  reached: boolean
  routes: Reached
  uncovered: Uncovered[]
}

type Host = UsedTable['table']['domains']['hosts'][number]

function hostCoverage({table}: UsedTable, host: Host, places: ReadonlySet<string>): HostCoverage {
  const path = [`route config ${table.name || '(unnamed)'}`, `virtual host ${host.name}`]
  const routes = matcherOf(host) ? [] : routesOf(table, host)
  const missed = routes.filter(({at}) => !places.has(at))
  const reached = places.has(host.at)
  const count = {reached: routes.length - missed.length, total: routes.length}
  if (!reached)
    return {reached, routes: count, uncovered: [{kind: 'virtual host', path, at: host.at, routes: routes.length}]}
  const uncovered = missed.map(
    ({index, name, at}): Uncovered => ({
      kind: 'route',
      path: [...path, `route ${index}${name ? ` (${name})` : ''}`],
      at,
      routes: 1,
    }),
  )
  return {reached, routes: count, uncovered}
}

const sum = (all: readonly Reached[]): Reached => ({
  reached: all.reduce((total, each) => total + each.reached, 0),
  total: all.reduce((total, each) => total + each.total, 0),
})
