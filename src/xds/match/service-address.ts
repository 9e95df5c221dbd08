import {isAutoAllocated} from '../../address/auto-allocated.js'
import type {ConfigDump} from '../parse/config-dump.js'
import {objects, string, strings} from '../parse/field.js'
import {readAddresses} from '../parse/listener.js'

/** The addresses that Istio made up for a host, as this Envoy's virtual hosts and listeners name them, each with its place. */
export function autoAllocated(dump: ConfigDump, host: string): {address: string; at: string}[] {
  const found = [...fromRoutes(dump, host), ...fromListeners(dump, host)]
  return [...new Map(found.map((each) => [each.address, each])).values()]
}

/** A virtual host has the name and the address of its service among its domains. */
const fromRoutes = (dump: ConfigDump, host: string): {address: string; at: string}[] =>
  [...dump.routeConfigs.values()].flatMap(({raw, at}) =>
    objects(raw, 'virtual_hosts').flatMap((virtualHost, index) => {
      const domains = strings(virtualHost, 'domains')
      if (!domains.some((domain) => domain.toLowerCase() === host)) return []
      return domains
        .map((domain) => domain.replace(/^\[(.*)\]$/, '$1'))
        .filter(isAutoAllocated)
        .map((address) => ({address, at: `${at}.virtual_hosts[${index}]`}))
    }),
  )

/** A service of plain TCP has a listener of its own at its address, whose chains lead to its cluster. */
const fromListeners = (dump: ConfigDump, host: string): {address: string; at: string}[] =>
  dump.listeners.flatMap(({raw, at}) =>
    readAddresses(raw, at)
      .filter(({address}) => isAutoAllocated(address.ip) && leadsTo(raw, host))
      .map(({address}) => ({address: address.ip, at})),
  )

const leadsTo = (listener: Parameters<typeof objects>[0], host: string): boolean =>
  objects(listener, 'filter_chains')
    .flatMap((chain) => objects(chain, 'filters'))
    .map((filter) => objects({typed: [filter['typed_config'] ?? filter['typedConfig']]}, 'typed')[0])
    .some((config) => config !== undefined && string(config, 'cluster')?.split('|')[3]?.toLowerCase() === host)
