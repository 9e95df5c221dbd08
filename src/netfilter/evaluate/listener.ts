import {type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import type {Surroundings} from '../environment/surroundings.js'
import {protocol} from '../protocols.js'
import {sameAddress} from './route.js'

/** A socket that accepts at an address and port. `transparent: null`: not known. */
export interface Listener {
  wildcard: boolean
  transparent: boolean | null
}

const wildcards: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::', '[::]'])

/** The listener for an address and port, the exact one before the wildcard; `unknown` where no listeners were captured. */
export function findListener(
  {listeners}: Surroundings,
  number: number,
  address: IpAddress,
  port: number | null,
): Listener | null | 'unknown' {
  if (listeners === null || port === null) return 'unknown'
  const proto = number === protocol.tcp ? 'tcp' : number === protocol.udp ? 'udp' : null
  let wildcard: Listener | null = null
  for (const socket of listeners) {
    if (socket.proto !== proto || socket.port !== port) continue
    const transparent = socket.transparent ?? null
    if (wildcards.has(socket.address)) {
      // `*` and `::` take IPv4 too; `[::]` is how ss shows a socket that is for IPv6 alone.
      if (socket.address === (address.version === 6 ? '0.0.0.0' : '[::]')) continue
      wildcard ??= {wildcard: true, transparent}
      continue
    }
    const own = parseIpAddress(socket.address.replace(/[[\]]|%.*$/g, ''))
    if (own && sameAddress(own, address)) return {wildcard: false, transparent}
  }
  return wildcard
}
