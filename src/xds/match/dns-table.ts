import type {SocketAddress} from '../../address/socket-address.js'
import type {ConfigDump, ListenerEntry} from '../parse/config-dump.js'
import {type Extension, readExtension} from '../parse/extension.js'
import {at, type JsonObject, number, object, objects, string, strings} from '../parse/field.js'

/** What an Envoy's DNS filter makes of a query for a name's addresses. */
export type DnsAnswer =
  | {kind: 'answers'; addresses: string[]; at: string}
  /** It asks servers of its own. */
  | {kind: 'forwards'; resolvers: string[]; at: string}
  | {kind: 'no such name'; at: string}

const filterType = 'envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig'

/** The DNS filter of the UDP listener at `socket`; null where this Envoy has none there. */
export function dnsFilterAt(dump: ConfigDump, socket: SocketAddress): Extension | null {
  const listener = dump.listeners.find((each) => isUdpAt(each, socket))
  if (listener === undefined) return null
  const filters = objects(listener.raw, 'listener_filters').map((filter, index) =>
    readExtension(dump, filter, at(listener.at, 'listener_filters', index)),
  )
  return filters.find(({type}) => type === filterType) ?? null
}

function isUdpAt({raw}: ListenerEntry, {ip, port}: SocketAddress): boolean {
  const socket = object(object(raw, 'address') ?? {}, 'socket_address')
  if (socket === undefined || string(socket, 'protocol') !== 'UDP' || number(socket, 'port_value') !== port)
    return false
  return [ip, '0.0.0.0', '::'].includes(string(socket, 'address') ?? '')
}

/**
 * What the filter answers. Source: Envoy 1.40, asked: names are compared with their case; a domain `*.x` fits every name below x and not
 * x itself, of several the longest; a name that is a cluster's has the addresses of its hosts; what else there is goes to the resolvers
 * of client_config, and without them does not exist.
 */
export function askDnsFilter(dump: ConfigDump, filter: Extension, name: string): DnsAnswer {
  const table = object(object(filter.raw, 'server_config') ?? {}, 'inline_dns_table') ?? {}
  const domains = objects(table, 'virtual_domains').map((raw, index) => ({
    raw,
    name: string(raw, 'name') ?? '',
    at: at(filter.at, 'server_config', 'inline_dns_table', 'virtual_domains', index),
  }))
  const exact = domains.find((domain) => domain.name === name)
  const below = domains.filter((domain) => domain.name.startsWith('*.') && name.endsWith(domain.name.slice(1)))
  const found = exact ?? below.sort((a, b) => b.name.length - a.name.length)[0]
  if (found !== undefined) return {kind: 'answers', addresses: endpointAddresses(dump, found.raw), at: found.at}
  if (dump.clusters.has(name)) return {kind: 'answers', addresses: hostAddresses(dump, name), at: filter.at}
  const client = object(filter.raw, 'client_config')
  if (client === undefined) return {kind: 'no such name', at: filter.at}
  return {kind: 'forwards', resolvers: resolversOf(client), at: at(filter.at, 'client_config')}
}

function endpointAddresses(dump: ConfigDump, domain: JsonObject): string[] {
  const endpoint = object(domain, 'endpoint') ?? {}
  const cluster = string(endpoint, 'cluster_name')
  return cluster === undefined
    ? strings(object(endpoint, 'address_list') ?? {}, 'address')
    : hostAddresses(dump, cluster)
}

const socketOf = (parent: JsonObject): JsonObject => object(object(parent, 'address') ?? {}, 'socket_address') ?? {}

function hostAddresses(dump: ConfigDump, cluster: string): string[] {
  const assignment =
    dump.endpoints.get(cluster)?.raw ?? object(dump.clusters.get(cluster)?.raw ?? {}, 'load_assignment') ?? {}
  return objects(assignment, 'endpoints')
    .flatMap((locality) => objects(locality, 'lb_endpoints'))
    .flatMap((host) => string(socketOf(object(host, 'endpoint') ?? {}), 'address') ?? [])
}

/** `dns_resolution_config.resolvers`, or the older `upstream_resolvers`. */
function resolversOf(client: JsonObject): string[] {
  const configured = [
    ...objects(object(client, 'dns_resolution_config') ?? {}, 'resolvers'),
    ...objects(client, 'upstream_resolvers'),
  ]
  return configured.flatMap((raw) => string(object(raw, 'socket_address') ?? {}, 'address') ?? [])
}
