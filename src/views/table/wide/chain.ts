import {isTrue, type Json, number, object, objects, text, texts, typeName} from '../field.js'
import {inlineRouteDestination} from '../route-match.js'

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
  if (clusters.length > 0)
    return clusters.map((one) => `${text(one, 'name') ?? ''} ${number(one, 'weight') ?? 0}`).join(', ')
  const cluster = text(config, 'cluster') ?? ''
  return cluster === 'BlackHoleCluster' ? 'BlackHole (closed)' : `Cluster: ${cluster}`
}
