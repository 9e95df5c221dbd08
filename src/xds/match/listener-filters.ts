import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {type Check, check} from '../../decision/check.js'
import {boolean, number, string} from '../parse/field.js'
import type {ListenerFilter} from '../parse/listener.js'
import {ipOf, isInternal, sameAddress} from './addresses.js'
import type {FilterEffect, InspectedSocket} from './inspect.js'
import {emptyState, type StreamState} from './stream-state.js'

type RunFilter = (socket: InspectedSocket, filter: ListenerFilter) => FilterEffect

const passes: RunFilter = (socket) => ({kind: 'goes on', socket, because: []})

const filter = 'envoy.extensions.filters.listener.'

/** Listener filters by their message's full name. */
export const listenerFilters: Record<string, RunFilter> = {
  [`${filter}original_dst.v3.OriginalDst`]: originalDst,
  [`${filter}original_src.v3.OriginalSrc`]: (socket, {raw}) => ({
    kind: 'goes on',
    socket: {...socket, originalSource: {mark: number(raw, 'mark') ?? null}},
    because: [],
  }),
  [`${filter}proxy_protocol.v3.ProxyProtocol`]: proxyProtocol,
  [`${filter}tls_inspector.v3.TlsInspector`]: tlsInspector,
  [`${filter}http_inspector.v3.HttpInspector`]: httpInspector,
  // Limits connections by rate, which a single connection does not meet.
  [`${filter}local_ratelimit.v3.LocalRateLimit`]: passes,
}

/** Where metadata and filter state name the addresses of a connection inside an Envoy. */
const original = 'envoy.filters.listener.original_dst'

function restored(socket: InspectedSocket, local: SocketAddress): InspectedSocket {
  return sameAddress(local, socket.local) ? socket : {...socket, local, originalDestination: local}
}

/**
 * Inside an Envoy: the destination that metadata names, else filter state; and filter state's source. What is no address
 * is passed by.
 */
function internalOriginalDst(socket: InspectedSocket, {metadata, filterState}: StreamState): FilterEffect {
  const inMetadata = string(metadata[original] ?? {}, 'local')
  const text = inMetadata ?? filterState[`${original}.local_ip`]?.value ?? null
  const local = text === null ? null : parseSocketAddress(text)
  const remote = parseSocketAddress(filterState[`${original}.remote_ip`]?.value ?? '')
  const from = `${inMetadata === undefined ? 'filter state' : 'metadata'} ${original}`
  const changed = {...socket, ...(local ? {local, originalDestination: local} : {}), ...(remote ? {remote} : {})}
  return {kind: 'goes on', socket: changed, because: [check(from, 'an address', text ?? '(absent)', local !== null)]}
}

function originalDst(socket: InspectedSocket): FilterEffect {
  if (isInternal(socket.local.ip)) return internalOriginalDst(socket, socket.state ?? emptyState)
  const {redirectedFrom} = socket
  const got = redirectedFrom ? formatSocketAddress(redirectedFrom) : '(not redirected)'
  return {
    kind: 'goes on',
    socket: redirectedFrom ? {...restored(socket, redirectedFrom), originalDestination: redirectedFrom} : socket,
    because: [check('original destination', redirectedFrom ? 'restored' : got, got, true)],
  }
}

/** A client that opens TLS has sent its ClientHello, whether or not anything is spoken under it. */
const hasBytes = ({tls, protocol, pendingProxyHeader}: InspectedSocket): boolean =>
  tls !== null || protocol !== 'silent' || pendingProxyHeader !== null

const waits: FilterEffect = {kind: 'waits', because: [check('first bytes', 'none', 'none', true)]}

/** The header's addresses take the place of the socket's; without one the filter closes, unless it is told not to. */
function proxyProtocol(socket: InspectedSocket, {raw}: ListenerFilter): FilterEffect {
  if (!hasBytes(socket)) return waits
  const header = socket.pendingProxyHeader
  if (!header) {
    const optional = boolean(raw, 'allow_requests_without_proxy_protocol') ?? false
    const because = [check('PROXY header', optional ? 'optional' : 'required', 'none', true)]
    return optional ? {kind: 'goes on', socket, because} : {kind: 'closes', because}
  }
  const got = `${formatSocketAddress(header.src)} -> ${formatSocketAddress(header.dst)}`
  const because = [check('PROXY header', 'present', got, true)]
  if (ipOf(header.src)?.version !== ipOf(header.dst)?.version) return {kind: 'closes', because}
  return {
    kind: 'goes on',
    socket: {...restored(socket, header.dst), remote: header.src, pendingProxyHeader: null},
    because,
  }
}

/** Bytes of a PROXY header that no filter took away are no TLS. */
function tlsInspector(socket: InspectedSocket): FilterEffect {
  if (!hasBytes(socket)) return waits
  const {tls} = socket
  if (!tls || socket.pendingProxyHeader) return {kind: 'goes on', socket, because: otherBytes(socket)}
  const inspected = {
    serverName: (tls.sni ?? '').toLowerCase(),
    transportProtocol: 'tls',
    applicationProtocols: tls.alpn.length > 0 ? tls.alpn : socket.inspected.applicationProtocols,
  }
  const got = [tls.sni ? `SNI ${tls.sni}` : 'no SNI', tls.alpn.length > 0 ? `ALPN ${tls.alpn.join(',')}` : 'no ALPN']
  return {
    kind: 'goes on',
    socket: {...socket, inspected},
    because: [check('first bytes', 'TLS', `TLS, ${got.join(', ')}`, true)],
  }
}

/** What an inspector saw that is not what it looks for. */
function otherBytes({pendingProxyHeader, tls, protocol}: InspectedSocket): Check[] {
  const got = pendingProxyHeader ? 'PROXY header' : tls ? 'TLS' : protocol
  return [check('first bytes', got, got, true)]
}

const httpProtocols: Partial<Record<string, string>> = {http1: 'http/1.1', 'http1.0': 'http/1.0', http2: 'h2c'}

/** Looks at plaintext alone: what tls_inspector called TLS keeps the ALPN that was offered. */
function httpInspector(socket: InspectedSocket): FilterEffect {
  if (socket.inspected.transportProtocol === 'tls')
    return {kind: 'goes on', socket, because: [check('transport_protocol', 'tls', 'tls', true)]}
  if (!hasBytes(socket)) return waits
  const found = socket.tls || socket.pendingProxyHeader ? undefined : httpProtocols[socket.protocol]
  if (found === undefined) return {kind: 'goes on', socket, because: otherBytes(socket)}
  return {
    kind: 'goes on',
    socket: {...socket, inspected: {...socket.inspected, applicationProtocols: [found]}},
    because: [check('first bytes', 'HTTP', found, true)],
  }
}
