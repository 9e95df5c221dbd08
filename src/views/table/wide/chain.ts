import {isJson, isTrue, type Json, number, object, objects, text, texts, typeName} from '../field.js'
import {inlineRouteDestination} from '../route-match.js'
import {share} from './share.js'

/** What a connection must be like for a chain: every condition that Envoy knows, in the order in which Envoy looks at them. */
export function wholeMatch(chain: Json): string {
  const match = object(chain, 'filter_chain_match')
  const port = number(match, 'destination_port')
  const parts = [
    ...(port === undefined ? [] : [`port ${port}`]),
    ...listed('to', ranges(match, 'prefix_ranges')),
    ...listed('SNI', texts(match, 'server_names')),
    ...listed(
      'transport',
      [text(match, 'transport_protocol') ?? ''].filter((name) => name !== ''),
    ),
    ...listed('ALPN', texts(match, 'application_protocols')),
    ...listed('directly from', ranges(match, 'direct_source_prefix_ranges')),
    ...sourceType(match),
    ...listed('from', ranges(match, 'source_prefix_ranges')),
    ...listed('from port', sourcePorts(match)),
  ]
  return parts.length === 0 ? 'any' : parts.join('; ')
}

const listed = (what: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`${what} ${values.join(',')}`]

const ranges = (match: Json | undefined, name: string): string[] =>
  objects(match, name).map((range) => `${text(range, 'address_prefix') ?? ''}/${number(range, 'prefix_len') ?? 0}`)

function sourcePorts(match: Json | undefined): string[] {
  const ports = match?.['source_ports'] ?? match?.['sourcePorts']
  return Array.isArray(ports) ? ports.map(String) : []
}

function sourceType(match: Json | undefined): string[] {
  const type = text(match, 'source_type') ?? 'ANY'
  return type === 'ANY' ? [] : [type === 'EXTERNAL' ? 'from elsewhere' : 'from this host']
}

/** The TLS that a chain ends: `mTLS` where it asks for a certificate. */
export function tlsMode(chain: Json): string {
  const socket = object(chain, 'transport_socket')
  if (socket === undefined) return '-'
  const config = object(socket, 'typed_config')
  const type = typeName(config)
  if (type.endsWith('.QuicDownstreamTransport')) return 'QUIC'
  if (!type.endsWith('.DownstreamTlsContext')) return text(socket, 'name') ?? type
  return isTrue(config, 'require_client_certificate') ? 'mTLS' : 'TLS'
}

/** The filters of a chain by their short names, HTTP filters after their connection manager; routers and proxies go without saying. */
export function filterNames(chain: Json): string {
  const names = objects(chain, 'filters').flatMap((filter) => {
    const config = object(filter, 'typed_config')
    if (isManager(config)) return objects(config, 'http_filters').map((inner) => shortName(inner))
    return isTcpProxy(config) ? [] : [shortName(filter)]
  })
  return names.filter((name) => name !== 'router').join(',') || '-'
}

/** The filters of a listener that has no chains, such as one of UDP. */
export const listenerFilterNames = (listener: Json): string =>
  objects(listener, 'listener_filters').map(shortName).join(',') || '-'

const udpProxy = '.UdpProxyConfig'
const udpRoute = '.udp_proxy.v3.Route'

/** Where a listener's UDP proxy sends datagrams: its cluster, or those that its matcher chooses among; null where it has none. */
export function udpDestination(listener: Json): string | null {
  const configs = objects(listener, 'listener_filters').map((filter) => object(filter, 'typed_config'))
  const proxy = configs.find((config) => typeName(config).endsWith(udpProxy))
  if (proxy === undefined) return null
  const cluster = text(proxy, 'cluster')
  const clusters = cluster === undefined ? routedClusters(object(proxy, 'matcher')) : [cluster]
  return clusters.length === 0 ? 'UDP proxy' : [...new Set(clusters)].map((name) => `Cluster: ${name}`).join(' or ')
}

function routedClusters(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(routedClusters)
  if (!isJson(part)) return []
  if (typeName(part).endsWith(udpRoute)) return [text(part, 'cluster') ?? '']
  return Object.values(part).flatMap(routedClusters)
}

const shortName = (filter: Json): string => (text(filter, 'name') ?? '').split('.').at(-1) ?? ''

const isManager = (config: Json | undefined): boolean => typeName(config).endsWith('.HttpConnectionManager')
const isTcpProxy = (config: Json | undefined): boolean => typeName(config).endsWith('.TcpProxy')

/** Where a chain sends what it takes; filters are known by the type of their configuration, as in Envoy. */
export function wholeDestination(chain: Json): string {
  for (const filter of objects(chain, 'filters')) {
    const config = object(filter, 'typed_config')
    if (isManager(config)) return httpDestination(config)
    if (isTcpProxy(config)) return tcpDestination(config)
  }
  const last = objects(chain, 'filters').at(-1)
  return last === undefined ? 'no filter' : shortName(last)
}

function httpDestination(config: Json | undefined): string {
  const inline = object(config, 'route_config')
  if (inline) return inlineRouteDestination(inline)
  const rds = object(config, 'rds')
  if (rds) return `Route: ${text(rds, 'route_config_name') ?? ''}`
  const scoped = object(config, 'scoped_routes')
  return scoped ? `Scoped routes: ${text(scoped, 'name') ?? ''}` : 'HTTP'
}

function tcpDestination(config: Json | undefined): string {
  const clusters = objects(object(config, 'weighted_clusters'), 'clusters')
  const weight = (one: Json) => number(one, 'weight') ?? 0
  const total = clusters.reduce((sum, one) => sum + weight(one), 0)
  if (clusters.length > 0)
    return clusters.map((one) => `${share(weight(one), total)} ${text(one, 'name') ?? ''}`).join(', ')
  const cluster = text(config, 'cluster') ?? ''
  return cluster === 'BlackHoleCluster' ? 'BlackHole (closed)' : `Cluster: ${cluster}`
}
