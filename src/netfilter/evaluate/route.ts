import {formatIpAddress, type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import {inNetwork} from '../../address/network.js'
import type {RouteEntry} from '../environment/ip-route.js'
import type {PolicyRule} from '../environment/ip-rule.js'
import {readSurroundings, type Surroundings} from '../environment/surroundings.js'
import type {Environment} from '../environment.js'

/** What the routing decision asks of a packet. */
export interface RouteQuestion {
  dst: IpAddress
  src?: IpAddress | null
  mark?: number
  /** The interface it came in on; absent for a packet that this machine sends. */
  iif?: string | null
}

/** Where a packet goes. `unknown`: the capture has no routes for it. */
export interface RouteAnswer {
  kind: 'local' | 'unicast' | 'broadcast' | 'multicast' | 'unreachable' | 'unknown'
  /** The interface it leaves by; `lo` for what is delivered on this machine. */
  dev: string | null
  /** The source address that a socket without one gets. */
  prefsrc: IpAddress | null
  gateway: IpAddress | null
  /** The route's line, or what stood in its way. */
  because: string
}

const answer = (kind: RouteAnswer['kind'], because: string, found: Partial<RouteAnswer> = {}): RouteAnswer => ({
  kind,
  dev: null,
  prefsrc: null,
  gateway: null,
  because,
  ...found,
})

const defaultRules = (version: 4 | 6): PolicyRule[] =>
  ['local', 'main', 'default'].map((table, i) => ({
    version,
    priority: i,
    negated: false,
    from: null,
    to: null,
    mark: null,
    iif: null,
    oif: null,
    table,
    action: 'lookup',
    suppressPrefix: null,
    unmodelled: false,
    line: `from all lookup ${table}`,
  }))

/** The routing decision by policy rules and tables (fib_rules, fib_lookup): the first rule whose table has a route decides. */
export function routeIn(surroundings: Surroundings, question: RouteQuestion): RouteAnswer {
  const {routes, policyRules} = surroundings
  const {version} = question.dst
  if (routes === null || !routes.some((route) => route.network.version === version))
    return withoutRoutes(surroundings, question.dst)
  const own = policyRules?.filter((rule) => rule.version === version) ?? []
  for (const rule of own.length > 0 ? own : defaultRules(version)) {
    const applies = ruleApplies(rule, question)
    if (applies === null) return answer('unknown', `ip rule ${rule.line}`)
    if (!applies) continue
    if (rule.action !== 'lookup') return answer('unreachable', rule.line)
    const route = longestPrefix(routes, rule, question.dst)
    if (route && route.type !== 'throw') return routeAnswer(route)
  }
  return answer('unreachable', `no route to ${formatIpAddress(question.dst)}`)
}

/** Without routes only the addresses of the interfaces, and loopback, are known. */
function withoutRoutes(surroundings: Surroundings, dst: IpAddress): RouteAnswer {
  if (isLoopback(dst)) return answer('local', 'loopback', {dev: 'lo'})
  const own = [...(surroundings.interfaces?.values() ?? [])].flat().some(({address}) => sameAddress(address, dst))
  return own ? answer('local', 'an address of this machine', {dev: 'lo'}) : answer('unknown', 'no routes are known')
}

export const isLoopback = (address: IpAddress): boolean =>
  address.version === 4 ? address.value >> 24n === 127n : address.value === 1n

export const sameAddress = (a: IpAddress, b: IpAddress): boolean => a.version === b.version && a.value === b.value

/** null where the rule asks something that is not modelled, and all else fits. */
function ruleApplies(rule: PolicyRule, {dst, src, mark = 0, iif = null}: RouteQuestion): boolean | null {
  const from = rule.from === null || (src ? inNetwork(rule.from, src) : rule.from.mask === 0n)
  const to = rule.to === null || inNetwork(rule.to, dst)
  const marked = rule.mark === null || (mark & rule.mark.mask) >>> 0 === (rule.mark.value & rule.mark.mask) >>> 0
  // A packet of this machine's own comes "in" through lo, as far as policy rules see it.
  const incoming = rule.iif === null || rule.iif === (iif ?? 'lo')
  const applies = from && to && marked && incoming && rule.oif === null
  if (rule.unmodelled && (applies || rule.negated)) return null
  return applies !== rule.negated
}

function longestPrefix(routes: readonly RouteEntry[], rule: PolicyRule, dst: IpAddress): RouteEntry | null {
  let best: RouteEntry | null = null
  for (const route of routes) {
    if (route.table !== rule.table && tableNames[route.table] !== rule.table) continue
    if (rule.suppressPrefix !== null && route.length <= rule.suppressPrefix) continue
    if (!inNetwork(route.network, dst)) continue
    if (best === null || route.length > best.length || (route.length === best.length && route.metric < best.metric))
      best = route
  }
  return best
}

/** iproute2 prints names unless its table of names is missing. */
const tableNames: Readonly<Record<string, string>> = {
  '255': 'local',
  '254': 'main',
  '253': 'default',
  local: '255',
  main: '254',
  default: '253',
}

function routeAnswer(route: RouteEntry): RouteAnswer {
  const {type, dev, prefsrc, gateway, line} = route
  if (type === 'local' || type === 'anycast') return answer('local', line, {dev: 'lo', prefsrc, gateway})
  if (type === 'unicast' || type === 'broadcast' || type === 'multicast')
    return answer(type, line, {dev, prefsrc, gateway})
  return answer('unreachable', line)
}

/** The routing decision for addresses given as text; a text that is no address is unreachable. */
export function route(
  environment: Environment,
  question: {dst: string; src?: string | null; mark?: number; iif?: string | null},
): Omit<RouteAnswer, 'prefsrc' | 'gateway'> & {prefsrc: string | null; gateway: string | null} {
  const dst = parseIpAddress(question.dst)
  const text = (address: IpAddress | null): string | null => address && formatIpAddress(address)
  if (dst === null) return {...answer('unreachable', `${question.dst} is no address`), prefsrc: null, gateway: null}
  const src = question.src ? parseIpAddress(question.src) : null
  const found = routeIn(readSurroundings(environment), {...question, dst, src})
  return {...found, prefsrc: text(found.prefsrc), gateway: text(found.gateway)}
}

/** The type of an address as addrtype and `fib ... type` see it: by the local table alone (inet_dev_addr_type), on one interface or on any. */
export function addressType(surroundings: Surroundings, address: IpAddress, dev: string | null): string | null {
  const {version, value} = address
  if (version === 4 && (value >> 24n === 0n || value === 0xffffffffn)) return 'BROADCAST'
  if (version === 4 ? value >> 28n === 0xen : value >> 120n === 0xffn) return 'MULTICAST'
  const {routes} = surroundings
  if (routes === null) return typeByInterfaces(surroundings, address, dev)
  const local = defaultRules(version)[0]
  const found = local ? longestPrefix(routes, local, address) : null
  if (found === null || (dev !== null && found.dev !== dev)) return 'UNICAST'
  return found.type.toUpperCase()
}

function typeByInterfaces({interfaces}: Surroundings, address: IpAddress, dev: string | null): string | null {
  if (isLoopback(address)) return dev === null || dev === 'lo' ? 'LOCAL' : 'UNICAST'
  if (interfaces === null) return null
  for (const [name, addresses] of interfaces) {
    if (dev !== null && name !== dev) continue
    for (const own of addresses) {
      if (sameAddress(own.address, address)) return 'LOCAL'
      if (address.version === 4 && inNetwork(own.network, address) && isLastOf(own.network.mask, address))
        return 'BROADCAST'
    }
  }
  return 'UNICAST'
}

const isLastOf = (mask: bigint, address: IpAddress): boolean =>
  mask < 0xfffffffen && address.value === (address.value | (0xffffffffn ^ mask))
