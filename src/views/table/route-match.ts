import {type Json, list, object, objects, text, texts} from './field.js'

/** The path condition of a route as istioctl writes it; empty for the kinds it does not know. */
export function pathCondition(route: Json): string {
  const match = object(route, 'match')
  const prefix = text(match, 'prefix')
  if (prefix !== undefined) return `${prefix}*`
  const separated = text(match, 'path_separated_prefix')
  if (separated !== undefined) return `PathPrefix:${separated}`
  const path = text(match, 'path')
  if (path !== undefined) return path
  const regex = object(match, 'safe_regex')
  return regex === undefined ? '' : `regex ${text(regex, 'regex') ?? ''}`
}

/** The one cluster of a route's action, where it has just that. */
export const plainCluster = (route: Json | undefined): string | undefined => text(object(route, 'route'), 'cluster')

/** Istioctl leaves `Cluster: ` out before names that say it themselves. */
export const clusterDestination = (cluster: string): string =>
  cluster.includes('Cluster') ? cluster : `Cluster: ${cluster}`

/** What an inline route configuration does, in one line. */
export function inlineRouteDestination(routeConfig: Json): string {
  const hosts = objects(routeConfig, 'virtual_hosts')
  const only = matchAllCluster(hosts)
  if (only !== undefined) return clusterDestination(only)
  return `Inline Route: ${hosts.map(describeHost).join('; ')}`
}

function matchAllCluster(hosts: Json[]): string | undefined {
  const [host, ...more] = hosts
  if (host === undefined || more.length > 0 || !matchesAnyHost(host)) return undefined
  const routes = objects(host, 'routes')
  if (routes.length !== 1 || text(object(routes[0], 'match'), 'prefix') !== '/') return undefined
  return plainCluster(routes[0])
}

const matchesAnyHost = (host: Json): boolean => list(host, 'domains').length === 1 && texts(host, 'domains')[0] === '*'

function describeHost(host: Json): string {
  const routes = objects(host, 'routes').map(pathCondition).join(', ')
  return matchesAnyHost(host) ? routes : `${texts(host, 'domains').join('/')} ${routes}`
}
