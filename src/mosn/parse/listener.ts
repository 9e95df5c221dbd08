import {parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {at, isTrue, type JsonObject, object, objects, text} from '../json.js'

/** How a listener learns where a connection wanted to go; null: it does not ask. */
export type OriginalDestination = 'redirect' | 'tproxy' | null

/** The filter that speaks a protocol and routes by `router_config_name`. */
export interface ProxyFilter {
  /** `Http1`, `Http2`, `Auto`, `X`, `dubbo`, `bolt`, ... as configured; empty where nothing is. */
  downstreamProtocol: string
  upstreamProtocol: string
  routerConfigName: string
  at: string
}

/** The filter that passes bytes on to a cluster. */
export interface TcpProxyFilter {
  /** Null: chosen by `routes`. */
  cluster: string | null
  routes: JsonObject[]
  at: string
}

/** A network filter that is neither; what it does is not modelled. */
export interface OtherFilter {
  type: string
  at: string
}

/** The one filter chain of a listener. Its `match` is an opaque text that MOSN never looks at. */
export interface MosnChain {
  at: string
  proxy: ProxyFilter | null
  tcpProxy: TcpProxyFilter | null
  others: OtherFilter[]
  /** It terminates TLS. */
  tls: boolean
}

/** A listener of MOSN. */
export interface MosnListener {
  name: string
  at: string
  raw: JsonObject
  /** As configured: `ip:port`. */
  address: string
  /** The address where it is one; null for a name, a path, or nothing. */
  socket: SocketAddress | null
  /** What the look-up by original destination compares: the text before the first colon, so never an IPv6 address. */
  lookupIp: string
  port: number
  /** False: it has no socket of its own and is only looked up. */
  bindPort: boolean
  originalDestination: OriginalDestination
  /** The original_dst filter falls back to 127.0.0.1:port rather than 0.0.0.0:port. */
  fallbackToLocal: boolean
  /** TLS and plaintext are told apart by the first bytes. */
  inspector: boolean
  /** `tcp`, `udp` or `unix`. */
  network: string
  /** MOSN refuses a listener unless this is one. */
  chainCount: number
  chain: MosnChain | null
  streamFilters: OtherFilter[]
}

/** Reads a listener; `name` is its key where the dump has one. */
export function readListener(raw: JsonObject, here: string, name: string): MosnListener {
  const address = text(raw, 'address') ?? ''
  const chains = objects(raw, 'filter_chains')
  const [chain] = chains
  return {
    name: text(raw, 'name') ?? name,
    at: here,
    raw,
    address,
    socket: socketOf(address),
    lookupIp: address.split(':')[0] ?? '',
    port: portOf(address),
    bindPort: isTrue(raw, 'bind_port'),
    originalDestination: originalDestinationOf(raw),
    fallbackToLocal: objects(raw, 'listener_filters').some((filter) =>
      isTrue(object(filter, 'config'), 'fallback_to_local'),
    ),
    inspector: isTrue(raw, 'inspector'),
    network: text(raw, 'network') ?? 'tcp',
    chainCount: chains.length,
    chain: chain === undefined ? null : readChain(chain, at(here, 'filter_chains', 0)),
    streamFilters: others(objects(raw, 'stream_filters'), at(here, 'stream_filters'), []),
  }
}

const portOf = (address: string): number => {
  const port = /:(\d{1,5})$/.exec(address)?.[1]
  return port === undefined ? 0 : Number(port)
}

/** A port alone is any address. */
const socketOf = (address: string): SocketAddress | null =>
  parseSocketAddress(address.startsWith(':') ? `0.0.0.0${address}` : address)

/** Older configurations write a boolean, which means redirect. */
function originalDestinationOf(raw: JsonObject): OriginalDestination {
  const value = raw['use_original_dst']
  if (value === true) return 'redirect'
  return value === 'redirect' || value === 'tproxy' ? value : null
}

function readChain(raw: JsonObject, here: string): MosnChain {
  const filters = objects(raw, 'filters')
  const find = (type: string) => {
    const index = filters.findIndex((filter) => text(filter, 'type') === type)
    return index < 0 ? null : {config: object(filters[index], 'config'), at: at(here, 'filters', index)}
  }
  const [proxy, tcp] = [find('proxy'), find('tcp_proxy')]
  const contexts = [...objects(raw, 'tls_context_set'), ...[object(raw, 'tls_context')].filter(isDefined)]
  return {
    at: here,
    proxy: proxy && {
      downstreamProtocol: text(proxy.config, 'downstream_protocol') ?? '',
      upstreamProtocol: text(proxy.config, 'upstream_protocol') ?? '',
      routerConfigName: text(proxy.config, 'router_config_name') ?? '',
      at: proxy.at,
    },
    tcpProxy: tcp && {cluster: text(tcp.config, 'cluster'), routes: objects(tcp.config, 'routes'), at: tcp.at},
    others: others(filters, at(here, 'filters'), ['proxy', 'tcp_proxy']),
    tls: contexts.some((context) => isTrue(context, 'status')),
  }
}

const isDefined = <T>(value: T | undefined): value is T => value !== undefined

const others = (filters: readonly JsonObject[], here: string, known: readonly string[]): OtherFilter[] =>
  filters.flatMap((filter, index) => {
    const type = text(filter, 'type') ?? ''
    return known.includes(type) ? [] : [{type, at: at(here, index)}]
  })
