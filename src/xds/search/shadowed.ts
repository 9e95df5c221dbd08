import type {CompiledRoute} from '../match/route.js'
import {routesOf} from '../match/route-config.js'
import type {VirtualHostEntry} from '../match/virtual-host.js'
import type {Proxy as Envoy} from '../proxy.js'
import {filterAnswer} from './filter-answer.js'
import type {Finding, Place} from './finding.js'
import {treeRoutes} from './matcher-routes.js'
import {findReach} from './reach.js'
import {type Draft, requestSpace} from './request-space.js'
import {shadowedChains} from './shadowed-chain.js'
import {askedHosts, hostsOf, takersOf, type UsedTable, usedTables} from './tables.js'

/**
 * Filter chains, route configurations, virtual hosts and routes that no request can reach, each with what takes its
 * requests; and routes before which an HTTP filter answers every request.
 */
export function findShadowed(envoy: Envoy): Finding[] {
  return [...shadowedChains(envoy), ...usedTables(envoy).flatMap((used) => shadowedIn(envoy, used))]
}

const tablePlace = ({table}: UsedTable): Place => ({path: [`route config ${table.name || '(unnamed)'}`], at: table.at})

const hostPlace = (used: UsedTable, host: VirtualHostEntry): Place => ({
  path: [...tablePlace(used).path, `virtual host ${host.name}`],
  at: host.at,
})

/** A route by index and, where it has one, name. */
export const routePlace = (used: UsedTable, host: VirtualHostEntry, route: CompiledRoute): Place => ({
  path: [...hostPlace(used, host).path, `route ${route.index}${route.name ? ` (${route.name})` : ''}`],
  at: route.at,
})

function shadowedIn(envoy: Envoy, used: UsedTable): Finding[] {
  if (used.entrances.length === 0)
    return [
      {
        ...tablePlace(used),
        kind: 'route config',
        reachable: 'no',
        reason: 'no listener refers to it',
        takenBy: [],
      },
    ]
  return used.table.domains.hosts.flatMap((host) => shadowedHost(envoy, used, host))
}

function shadowedHost(envoy: Envoy, used: UsedTable, host: VirtualHostEntry): Finding[] {
  const hosts = hostsOf(used, host)
  if (hosts.length > 0) return shadowedRoutes(envoy, used, host, hosts)
  const takers = new Set(askedHosts(host).flatMap((name) => takersOf(used, name)))
  const cut = askedHosts(host).every((name) => name.includes(':')) ? ': ports are cut before' : ''
  return [
    {
      ...hostPlace(used, host),
      kind: 'virtual host',
      reachable: 'no',
      reason: askedHosts(host).length === 0 ? 'has no domains' : `none of its domains is ever looked up${cut}`,
      takenBy: [...takers].map((taker) => hostPlace(used, taker)),
    },
  ]
}

/** A route to which requests would come, were they not all answered by an HTTP filter. */
function answeredBefore(
  envoy: Envoy,
  used: UsedTable,
  host: VirtualHostEntry,
  route: CompiledRoute,
  example: Draft,
): Finding[] {
  const {always, by, details} = filterAnswer(envoy, used.entrances, route, example)
  if (!always) return []
  const reason = `HTTP filter ${by?.name ?? ''} answers every request (${details ?? 'by itself'})`
  return [{...routePlace(used, host, route), kind: 'route', reachable: 'no', reason, takenBy: []}]
}

function shadowedRoutes(envoy: Envoy, used: UsedTable, host: VirtualHostEntry, hosts: readonly string[]): Finding[] {
  const tree = treeRoutes(used.table, host, hosts)
  const routes = tree?.routes ?? routesOf(used.table, host)
  const space = requestSpace(routes, hosts)
  return routes.flatMap((route, index) => {
    const reach = tree ? tree.reach(route) : findReach(route, routes.slice(0, index), space)
    if (reach.reachable === 'yes') return answeredBefore(envoy, used, host, route, reach.example)
    const takenBy = reach.takenBy.map((taker) => routePlace(used, host, taker))
    return [{...routePlace(used, host, route), kind: 'route' as const, ...reach, takenBy}]
  })
}
