import {type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import {type Network, parseNetwork} from '../../address/network.js'
import type {Environment, ListeningSocket} from '../environment.js'
import {parseRoutes, type RouteEntry} from './ip-route.js'
import {type PolicyRule, parsePolicyRules} from './ip-rule.js'
import {type IpSets, parseIpSets} from './ipset.js'

/** An address of an interface. */
export interface InterfaceAddress {
  address: IpAddress
  network: Network
  /** A further address of a subnet that an earlier one is in (IFA_F_SECONDARY): never chosen as a source. IPv4 alone has it. */
  secondary: boolean
}

/** An Environment with its texts read, so that packets ask it without reading them again. null: not known. */
export interface Surroundings {
  interfaces: ReadonlyMap<string, InterfaceAddress[]> | null
  policyRules: PolicyRule[] | null
  routes: RouteEntry[] | null
  sysctl: Readonly<Record<string, number>>
  listeners: ListeningSocket[] | null
  ipsets: IpSets
}

export function readSurroundings(environment: Environment): Surroundings {
  const {interfaces, ipRules, ipRoutes, sysctl, listeners, ipsets} = environment
  return {
    interfaces: interfaces ? new Map(interfaces.map(({name, addresses}) => [name, readAddresses(addresses)])) : null,
    policyRules: ipRules ? parsePolicyRules(ipRules) : null,
    routes: ipRoutes ? parseRoutes(ipRoutes) : null,
    sysctl: sysctl ?? {},
    listeners: listeners ?? null,
    ipsets: parseIpSets(ipsets ?? ''),
  }
}

function readAddresses(texts: readonly string[]): InterfaceAddress[] {
  const read: InterfaceAddress[] = []
  for (const text of texts) {
    const address = parseIpAddress(text.replace(/\/.*$/, ''))
    const network = parseNetwork(text)
    if (address === null || network === null) continue
    const secondary = address.version === 4 && read.some((other) => sameNetwork(other.network, network))
    read.push({address, network, secondary})
  }
  return read
}

const sameNetwork = (a: Network, b: Network): boolean =>
  a.version === b.version && a.mask === b.mask && a.value === b.value
