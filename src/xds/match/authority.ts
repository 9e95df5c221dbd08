import type {JsonObject} from '../parse/field.js'
import {boolean} from '../parse/field.js'

/** Where the port begins (its colon); -1 without one. Colons inside brackets belong to an IPv6 address. */
export function portStart(host: string): number {
  const colon = host.lastIndexOf(':')
  const bracket = host.lastIndexOf(']')
  return colon < 0 || bracket > colon ? -1 : colon
}

/** The host with its port: `strip_trailing_host_dot` takes the dot at the end or before the port. */
export function withoutTrailingDot(host: string): string {
  const dot = host.lastIndexOf('.')
  if (dot < 0) return host
  if (dot === host.length - 1) return host.slice(0, -1)
  return host[dot + 1] === ':' ? host.slice(0, dot) + host.slice(dot + 1) : host
}

/**
 * The host without its port, where that is a number.
 * @param only strip this port alone (`strip_matching_host_port`); null: any.
 */
export function withoutPort(host: string, only: number | null): string {
  const start = portStart(host)
  if (start < 0 || !/^[ \t]*[+]?\d+[ \t]*$/.test(host.slice(start + 1))) return host
  const port = Number(host.slice(start + 1))
  return port > 0xffffffff || (only !== null && port !== only) ? host : host.slice(0, start)
}

/** The Host as the connection manager makes it: trailing dot and port stripped as configured. */
export function normalizedHost(manager: JsonObject, host: string, localPort: number): string {
  const undotted = boolean(manager, 'strip_trailing_host_dot') ? withoutTrailingDot(host) : host
  if (boolean(manager, 'strip_any_host_port')) return withoutPort(undotted, null)
  return boolean(manager, 'strip_matching_host_port') ? withoutPort(undotted, localPort) : undotted
}

/** The host that is looked for with `ignore_port_in_host_matching`: whatever follows the last colon is cut. */
export function withoutAnyPort(host: string): string {
  const start = portStart(host)
  return start < 0 ? host : host.slice(0, start)
}

const authorityCharacters = /^[A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]*$/

/** Whether the codec takes this Host or :authority (HeaderUtility::authorityIsValid). */
export const isValidAuthority = (host: string): boolean => authorityCharacters.test(host)
