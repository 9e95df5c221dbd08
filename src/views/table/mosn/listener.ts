import type {MosnListener} from '../../../mosn/parse/listener.js'
import type {Column, Table} from '../column.js'
import {type ListenerFilter, type ListenerSummary, selectListeners, sortListeners} from '../listener.js'

/** A listener of MOSN under the columns that istioctl has, with the listener itself. */
export interface MosnListenerRow extends ListenerSummary {
  listener: MosnListener
}

/** MOSN's listeners as the short table shows an Envoy's: one chain each, whose match is never looked at. */
export const mosnListenerRows = (listeners: readonly MosnListener[]): MosnListenerRow[] =>
  listeners.map((listener) => ({
    listener,
    name: listener.name,
    addresses: [ipOf(listener)],
    port: listener.port,
    type: typeOf(listener),
    ports: [listener.port],
    chains: [{match: 'ALL', destination: destinationOf(listener), ports: [listener.port]}],
  }))

const ipOf = ({address, socket}: MosnListener): string => socket?.ip ?? address.replace(/:\d+$/, '')

const httpProtocols = new Set(['http1', 'http2'])

function typeOf({chain}: MosnListener): string {
  if (chain?.proxy) {
    const protocol = chain.proxy.downstreamProtocol
    return httpProtocols.has(protocol.toLowerCase()) ? 'HTTP' : protocol.toUpperCase() || 'AUTO'
  }
  return chain?.tcpProxy ? 'TCP' : 'UNKNOWN'
}

function destinationOf({chain}: MosnListener): string {
  if (chain?.proxy) return `Route: ${chain.proxy.routerConfigName}`
  if (chain?.tcpProxy) return chain.tcpProxy.cluster === null ? 'TCP routes' : `Cluster: ${chain.tcpProxy.cluster}`
  return 'Non-HTTP/Non-TCP'
}

/** `downstream>upstream`, or one of them where they are the same. */
function protocolOf({chain}: MosnListener): string {
  if (!chain?.proxy) return chain?.tcpProxy ? 'TCP' : '-'
  const {downstreamProtocol: down, upstreamProtocol: up} = chain.proxy
  return down === up || up === '' ? down || 'Auto' : `${down}>${up}`
}

function filtersOf({chain, streamFilters, originalDestination}: MosnListener): string {
  const own = [...(chain?.proxy ? ['proxy'] : []), ...(chain?.tcpProxy ? ['tcp_proxy'] : [])]
  const others = [...(chain?.others ?? []), ...streamFilters].map(({type}) => type)
  return [...(originalDestination === null ? [] : ['original_dst']), ...others, ...own].join(', ') || '-'
}

const columns: readonly Column<MosnListenerRow>[] = [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'ADDRESS', cell: ({addresses}) => addresses.join(',')},
  {title: 'PORT', cell: ({port}) => String(port)},
  {title: 'BIND PORT', cell: ({listener}) => String(listener.bindPort)},
  {
    title: 'USE ORIGINAL DST',
    cell: ({listener}) =>
      listener.originalDestination === null
        ? '-'
        : `${listener.originalDestination}${listener.fallbackToLocal ? ', falls back to 127.0.0.1' : ''}`,
  },
  {title: 'PROTOCOL', cell: ({listener}) => protocolOf(listener)},
  {title: 'TLS', cell: ({listener}) => tlsOf(listener)},
  {title: 'FILTERS', cell: ({listener}) => filtersOf(listener)},
  {title: 'ROUTER CONFIG', cell: ({listener}) => listener.chain?.proxy?.routerConfigName || '-'},
  {
    title: 'DESTINATION',
    cell: ({listener, chains}) =>
      listener.chainCount === 1 ? (chains[0]?.destination ?? '') : `REJECTED: ${listener.chainCount} filter chains`,
    mark: ({listener}) => (listener.chainCount === 1 ? null : 'bad'),
  },
]

function tlsOf({chain, inspector}: MosnListener): string {
  if (!chain?.tls) return '-'
  return inspector ? 'TLS or plaintext' : 'TLS'
}

/** The listeners that pass, with what MOSN alone has: own sockets or none, how the original destination is learnt, protocols. */
export function wideMosnListenerTable(
  listeners: readonly MosnListenerRow[],
  filter: ListenerFilter,
): Table<MosnListenerRow> {
  return {columns, rows: sortListeners(selectListeners(listeners, filter))}
}
