import {type Json, number, object, objects, text, texts} from './field.js'
import {clusterDestination, inlineRouteDestination} from './route-match.js'

const httpConnectionManager = 'envoy.filters.network.http_connection_manager'
const tcpProxy = 'envoy.filters.network.tcp_proxy'
const blackHole = 'BlackHoleCluster'

/** The chains of a listener, the default one last. */
export const chainsOf = (listener: Json): Json[] => {
  const fallback = object(listener, 'default_filter_chain')
  return [...objects(listener, 'filter_chains'), ...(fallback ? [fallback] : [])]
}

/** A TCP proxy to the black hole is not counted as a destination by istioctl: it looks for the name anywhere in the filter. */
const isTcp = (filter: Json): boolean =>
  text(filter, 'name') === tcpProxy && !containsText(object(filter, 'typed_config'), blackHole)

function containsText(value: unknown, part: string): boolean {
  if (typeof value === 'string') return value.includes(part)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((inner) => containsText(inner, part))
}

const isHttp = (filter: Json): boolean => text(filter, 'name') === httpConnectionManager

/** Istioctl's TYPE of a listener: filters are known by their names. */
export function listenerType(listener: Json): string {
  const filters = chainsOf(listener).flatMap((chain) => objects(chain, 'filters'))
  const http = filters.some(isHttp)
  const tcp = filters.some(isTcp)
  if (http) return tcp ? 'HTTP+TCP' : 'HTTP'
  return tcp ? 'TCP' : 'UNKNOWN'
}

/** Names of Istio's lists of application protocols. A chain must have exactly the list, in this order. */
const protocolSets: Record<string, string> = {
  'http/1.0,http/1.1,h2c': 'HTTP',
  'istio,istio-http/1.0,istio-http/1.1,istio-h2': 'Istio HTTP Plain',
  'http/1.0,http/1.1,h2c,istio-http/1.0,istio-http/1.1,istio-h2': 'HTTP TLS',
  'istio-peer-exchange,istio': 'TCP TLS',
}

/** What a connection must be like for a chain, as istioctl writes it; `ALL` where it asks nothing that is shown. */
export function chainMatch(chain: Json): string {
  const match = object(chain, 'filter_chain_match')
  const names = texts(match, 'server_names')
  const transport = text(match, 'transport_protocol') ?? ''
  const protocols = texts(match, 'application_protocols').join(',')
  const parts = [
    ...(names.length > 0 ? [`SNI: ${names.join(',')}`] : []),
    ...(transport === '' ? [] : [`Trans: ${transport}`]),
    ...(protocols === '' ? [] : [`App: ${protocolSets[protocols] ?? protocols}`]),
    ...destinationAddress(match),
  ]
  return parts.length === 0 ? 'ALL' : parts.join('; ')
}

/** The destination port that a chain matches, or null. */
export const chainPort = (chain: Json): number | null =>
  number(object(chain, 'filter_chain_match'), 'destination_port') ?? null

function destinationAddress(match: Json | undefined): string[] {
  const port = number(match, 'destination_port')
  const prefixes = objects(match, 'prefix_ranges').map(
    (range) => `${text(range, 'address_prefix') ?? ''}/${number(range, 'prefix_len') ?? 0}`,
  )
  const addresses = prefixes.length > 0 ? prefixes.join(',') : port === undefined ? '' : '*'
  return addresses === '' ? [] : [`Addr: ${addresses}${port === undefined ? '' : `:${port}`}`]
}

/** Where a chain sends what it takes, as istioctl writes it: the first filter that decides, known by its name. */
export function chainDestination(chain: Json): string {
  for (const filter of objects(chain, 'filters')) {
    const config = object(filter, 'typed_config')
    if (isHttp(filter)) return httpDestination(config)
    if (isTcp(filter)) return clusterDestination(text(config, 'cluster') ?? '')
  }
  return 'Non-HTTP/Non-TCP'
}

function httpDestination(config: Json | undefined): string {
  const inline = object(config, 'route_config')
  if (inline) return inlineRouteDestination(inline)
  const rds = object(config, 'rds')
  return rds ? `Route: ${text(rds, 'route_config_name') ?? ''}` : 'HTTP'
}
