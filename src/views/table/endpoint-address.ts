import {type Json, number, object, text} from './field.js'

/** `ip:port`, the bare address where the port is 0, `unix://path`, `envoy://listener/endpoint`, or `unknown`. */
export function hostAddress(address: Json | undefined): string {
  const socket = object(address, 'socket_address')
  if (socket) {
    const port = number(socket, 'port_value') ?? 0
    return (text(socket, 'address') ?? '') + (port === 0 ? '' : `:${port}`)
  }
  const pipe = object(address, 'pipe')
  if (pipe) return `unix://${text(pipe, 'path') ?? ''}`
  const internal = object(address, 'envoy_internal_address')
  if (internal) return `envoy://${text(internal, 'server_listener_name') ?? ''}/${text(internal, 'endpoint_id') ?? ''}`
  return 'unknown'
}
