import type {SocketAddress} from '../address/socket-address.js'
import {boundListener, entryListener} from '../xds/match/listener.js'
import type {Direction} from '../xds/match/request.js'
import type {Proxy} from '../xds/proxy.js'
import {entranceOfMosn} from './mosn-proxy.js'
import type {Place} from './place.js'

/** By which way a connection to `socket` enters the proxy; null where none of its listeners holds that socket. */
export function entranceAt({dump}: Proxy, socket: SocketAddress): Direction | null {
  const found = boundListener(dump, socket)
  if (found === null) return null
  if (found.listener === entryListener(dump, 'outbound')) return 'outbound'
  return found.listener === entryListener(dump, 'inbound') ? 'inbound' : 'direct'
}

export const hasProxy = ({proxy, mosn}: Place): boolean => proxy !== null || mosn !== undefined

/** The same for whatever proxy a place has; null without one. */
export function entranceOf({proxy, mosn}: Place, socket: SocketAddress): Direction | null {
  if (mosn !== undefined) return entranceOfMosn(mosn, socket)
  return proxy && entranceAt(proxy, socket)
}
