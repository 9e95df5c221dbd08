import type {World} from '../world.js'
import {chainsOf} from './chains.js'
import {clustersOf} from './clusters.js'
import {endpointsOf} from './endpoints.js'
import {listenersOf} from './listeners.js'
import {podsOf, servicesOf} from './mesh.js'
import {isMosnTable, mosnTable} from './mosn.js'
import type {Listing, ResourceName, Where} from './resource.js'
import {routesOf} from './routes.js'
import {checksOf, rulesOf} from './rules.js'
import {secretsOf} from './secrets.js'

/** Whether a table is one of a pod: of those without, the whole mesh is shown. */
export const hasPlace = (resource: ResourceName): boolean => resource !== 'pods' && resource !== 'services'

/** Whether it is made from the proxy's dump. */
export const needsProxy = (resource: ResourceName): boolean =>
  hasPlace(resource) && resource !== 'iptables' && resource !== 'checks'

const made = new WeakMap<World, Map<string, Listing>>()

/** The rows of a table; made once for each state of the mesh. @throws DataError from a file that is malformed */
export function listing(world: World, where: Where, now: Date): Listing {
  const known = made.get(world) ?? new Map<string, Listing>()
  made.set(world, known)
  const key = JSON.stringify(where)
  const found = known.get(key) ?? make(world, where, now)
  known.set(key, found)
  return found
}

/** Whether the rows of a table were made before. */
export const isMade = (world: World, where: Where): boolean => made.get(world)?.has(JSON.stringify(where)) ?? false

function make(world: World, {resource, place, scope}: Where, now: Date): Listing {
  const of = place ?? ''
  if (isMosnTable(resource) && !world.hasProxy(of) && world.hasMosn(of)) return mosnTable(world, resource, of, scope)
  switch (resource) {
    case 'pods':
      return podsOf(world, scope)
    case 'services':
      return servicesOf(world)
    case 'listeners':
      return listenersOf(world, of)
    case 'chains':
      return chainsOf(world, of, scope)
    case 'routes':
      return routesOf(world, of, scope)
    case 'clusters':
      return clustersOf(world, of, scope)
    case 'endpoints':
      return endpointsOf(world, of, scope)
    case 'iptables':
      return rulesOf(world, of, scope)
    case 'secrets':
      return secretsOf(world, of, now)
    case 'checks':
      return checksOf(world, of)
  }
}
