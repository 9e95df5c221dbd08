import {normalizedHost, withoutAnyPort} from '../match/authority.js'
import {type RouteTable, routeTable} from '../match/route-config.js'
import {surroundingsOf} from '../match/surroundings.js'
import {chooseVirtualHost, type VirtualHostEntry} from '../match/virtual-host.js'
import {at, object, objects, string, strings} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {type Entrance, entrancesOf} from './entrance.js'

/** A route configuration, and the connection managers that use it. */
export interface UsedTable {
  table: RouteTable
  /** Empty for a configuration that no listener refers to. */
  entrances: Entrance[]
}

/** Every route configuration of the dump and of connection managers, in that order. */
export function usedTables(envoy: Envoy): UsedTable[] {
  const surroundings = surroundingsOf(envoy)
  const used = new Map<string, UsedTable>()
  const add = (table: RouteTable, entrances: Entrance[]) => {
    const known = used.get(table.at)
    if (known) known.entrances.push(...entrances)
    else used.set(table.at, {table, entrances})
  }
  for (const located of envoy.dump.routeConfigs.values()) add(routeTable(located, surroundings), [])
  for (const entrance of entrancesOf(envoy).filter(({kind}) => kind === 'http')) {
    const inline = object(entrance.filter.raw, 'route_config')
    if (inline) add(routeTable({raw: inline, at: at(entrance.filter.at, 'route_config')}, surroundings), [entrance])
    for (const name of configNames(envoy, entrance)) {
      const located = envoy.dump.routeConfigs.get(name)
      if (located) add(routeTable(located, surroundings), [entrance])
    }
  }
  // Envoy lists inline configurations among the static ones too, by name.
  const inlineNames = new Set(
    [...used.values()].filter(({entrances}) => entrances.length > 0).map(({table}) => table.name),
  )
  return [...used.values()].filter(({table, entrances}) => entrances.length > 0 || !inlineNames.has(table.name))
}

/** Names of the route configurations that a connection manager asks for: one of RDS, or those of its scopes. */
function configNames({dump}: Envoy, {filter}: Entrance): string[] {
  const name = string(object(filter.raw, 'rds') ?? {}, 'route_config_name')
  if (name !== undefined) return [name]
  const scoped = object(filter.raw, 'scoped_routes')
  if (!scoped) return []
  const inline = objects(object(scoped, 'scoped_route_configurations_list') ?? {}, 'scoped_route_configurations')
  return [...inline, ...dump.scopedRoutes.map(({scope}) => scope.raw)].flatMap(
    (scope) => string(scope, 'route_configuration_name') ?? [],
  )
}

const filler = 'zz'

/** A host for each domain that leads to this virtual host. Ports are cut where all of its connection managers cut them. */
export function hostsOf({table, entrances}: UsedTable, host: VirtualHostEntry): string[] {
  // With a header that names the virtual host, the Host line does not matter.
  if (table.virtualHostHeader !== null) return askedHosts(host)
  return askedHosts(host).filter((candidate) => takersOf({table, entrances}, candidate).includes(host))
}

const hostFor = (domain: string): string => (domain === '*' ? `${filler}.invalid` : domain.replace('*', filler))

/** The virtual hosts that a Host header leads to, through each of the connection managers. */
export function takersOf({table, entrances}: UsedTable, host: string): VirtualHostEntry[] {
  const managers = entrances.length > 0 ? entrances.map(({filter}) => filter.raw) : [{}]
  return managers.flatMap((manager) => {
    const normalized = normalizedHost(manager, host, 0)
    const name = table.ignoresPort ? withoutAnyPort(normalized) : normalized
    return chooseVirtualHost(table.domains, name, false).decided ?? []
  })
}

/** The hosts that a virtual host's domains stand for, whoever gets them. */
export const askedHosts = (host: VirtualHostEntry): string[] => strings(host.raw, 'domains').map(hostFor)
