import {parseIpAddress} from './ip-address.js'
import {inNetwork, parseNetwork} from './network.js'

/** Where Istio takes addresses from for ServiceEntries that have none (istio.io, "DNS proxying": address auto allocation). */
const ranges = ['240.240.0.0/16', '2001:2::/48'].map(parseNetwork).filter((network) => network !== null)

/** Whether an address, in brackets or not, is one of those that Istio makes up. */
export function isAutoAllocated(text: string): boolean {
  const address = parseIpAddress(text.replace(/^\[(.*)\]$/, '$1'))
  return address !== null && ranges.some((range) => inNetwork(range, address))
}
