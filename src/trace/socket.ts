import type {ListeningSocket} from '../netfilter/environment.js'
import {entranceOf, hasProxy} from './entrance.js'
import {isProxyProcess, type Place} from './place.js'

/** What accepts a connection at an address of a place. */
export type Acceptor =
  | {kind: 'proxy'}
  /** A process that is not the proxy; `process` where `ss` names it. */
  | {kind: 'app'; process: string | null; known: boolean}
  /** The proxy's socket, but its configuration was not captured. */
  | {kind: 'undumped-proxy'}
  /** Nothing listens: the sockets were captured, and none fits. */
  | {kind: 'nothing'; sockets: ListeningSocket[]}

/** How `ss` writes any address. */
export const wildcards: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::'])

/** Whether a listening socket takes a connection to `ip:port`. A dual-stack `*` takes both families, `0.0.0.0` IPv4 alone. */
function takes(socket: ListeningSocket, ip: string, port: number): boolean {
  if (socket.proto !== 'tcp' || socket.port !== port) return false
  if (!wildcards.has(socket.address)) return socket.address === ip
  return socket.address !== '0.0.0.0' || !ip.includes(':')
}

/** Who accepts a connection to `ip:port` in this namespace: by the captured sockets, and by what the proxy's listeners bind. */
export function acceptorAt(place: Place, ip: string, port: number): Acceptor {
  const {listeners} = place.environment
  const socket = listeners?.find((candidate) => takes(candidate, ip, port))
  if (listeners !== undefined && socket === undefined) return {kind: 'nothing', sockets: listeners}
  if (entranceOf(place, {ip, port}) !== null) return {kind: 'proxy'}
  if (!hasProxy(place) && isProxyProcess(socket?.process)) return {kind: 'undumped-proxy'}
  return {kind: 'app', process: socket?.process ?? null, known: socket !== undefined}
}
