import {type IpAddress, parseIpAddress, sameIpAddress} from '../../address/ip-address.js'
import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'

const parsed = new WeakMap<SocketAddress, IpAddress | null>()

/** The numbers of an address; null where it is no IP address. */
export function ipOf(address: SocketAddress): IpAddress | null {
  let ip = parsed.get(address)
  if (ip === undefined) {
    ip = parseIpAddress(address.ip)
    parsed.set(address, ip)
  }
  return ip
}

const internalScheme = 'envoy://'

/** Whether an address stands inside an Envoy: `envoy://LISTENER/ENDPOINT`, which has no port. */
export const isInternal = (address: string): boolean => address.startsWith(internalScheme)

/** An address inside this Envoy, as a socket's. */
export const internalAddress = (text: string): SocketAddress => ({ip: text, port: 0})

/** Envoy: what connects from inside is this. */
export const internalClient: SocketAddress = internalAddress('envoy://internal_client_address/')

/** As Envoy writes an address: internal ones without a port. */
export const addressText = (address: SocketAddress): string =>
  isInternal(address.ip) ? address.ip : formatSocketAddress(address)

export const sameAddress = (a: SocketAddress, b: SocketAddress): boolean => a.port === b.port && sameHost(a, b)

export function sameHost(a: SocketAddress, b: SocketAddress): boolean {
  if (a.ip === b.ip) return true
  const [left, right] = [ipOf(a), ipOf(b)]
  return left !== null && right !== null && sameIpAddress(left, right)
}

/** Envoy's loopback is exactly 127.0.0.1 or ::1: 127.0.0.2 comes from outside. */
export const isLoopback = ({version, value}: IpAddress): boolean => value === (version === 4 ? 0x7f000001n : 1n)

/** What SAME_IP_OR_LOOPBACK means: the source is loopback, or the destination itself. */
export function isSameIpOrLoopback(source: SocketAddress, destination: SocketAddress): boolean {
  const ip = ipOf(source)
  return (ip !== null && isLoopback(ip)) || sameHost(source, destination)
}
