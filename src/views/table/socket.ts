import {type Json, number, object, objects, text} from './field.js'

/** The address a listener is known by, with its port; pipes have their path, internal listeners nothing, and both port 0. */
export function primaryAddress(listener: Json): {address: string; port: number} {
  const address = object(listener, 'address')
  const socket = object(address, 'socket_address')
  if (socket) return {address: text(socket, 'address') ?? '', port: number(socket, 'port_value') ?? 0}
  return {address: text(object(address, 'pipe'), 'path') ?? '', port: 0}
}

/** All addresses of a listener that istioctl shows: the primary one, then additional socket addresses. */
export function listenerAddresses(listener: Json): string[] {
  const additional = objects(listener, 'additional_addresses').flatMap(
    (more) => text(object(object(more, 'address'), 'socket_address'), 'address') ?? [],
  )
  return [primaryAddress(listener).address, ...additional]
}
