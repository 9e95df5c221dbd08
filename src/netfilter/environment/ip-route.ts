import {type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import {type Network, networkOf, parseNetwork} from '../../address/network.js'

/** What the kernel does with a packet that takes a route. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'multicast'
  | 'anycast'
  | 'unreachable'
  | 'prohibit'
  | 'blackhole'
  | 'throw'

/** One line of `ip route show table all`. */
export interface RouteEntry {
  type: RouteType
  network: Network
  /** Length of the prefix: the longest that fits wins. */
  length: number
  table: string
  dev: string | null
  gateway: IpAddress | null
  prefsrc: IpAddress | null
  metric: number
  line: string
}

const types: ReadonlySet<string> = new Set(
  'unicast local broadcast multicast anycast unreachable prohibit blackhole throw'.split(' '),
)

const isRouteType = (word: string): word is RouteType => types.has(word)

/** Reads the lines of `ip route`, IPv4 before IPv6; lines that are no route (`nexthop` continuations) are left out. */
export function parseRoutes(lines: readonly string[]): RouteEntry[] {
  const routes: RouteEntry[] = []
  let version: 4 | 6 = 4
  for (const line of lines) {
    const route = parseRoute(line.trim(), version)
    if (route === null) continue
    version = route.network.version
    routes.push(route)
  }
  return routes
}

/** `default` says its family only through its other words, or through where it stands. */
function parseRoute(line: string, before: 4 | 6): RouteEntry | null {
  const words = line.split(/\s+/)
  const type = isRouteType(words[0] ?? '') ? (words.shift() as RouteType) : 'unicast'
  const destination = words.shift() ?? ''
  const value = (name: string): string | null => {
    const at = words.indexOf(name)
    return at < 0 ? null : (words[at + 1] ?? null)
  }
  const gateway = parseIpAddress(value('via') ?? '')
  const prefsrc = parseIpAddress(value('src') ?? '')
  const version = gateway?.version ?? prefsrc?.version ?? (words.includes('pref') ? 6 : before)
  const network = destination === 'default' ? networkOf({version, value: 0n}, 0) : parseNetwork(destination)
  if (network === null) return null
  const length = network.mask === 0n ? 0 : network.mask.toString(2).replace(/0+$/, '').length
  const metric = Number(value('metric') ?? 0)
  return {type, network, length, table: value('table') ?? 'main', dev: value('dev'), gateway, prefsrc, metric, line}
}
