import {addressBits, formatIpAddress, type IpAddress, parseIpAddress} from './ip-address.js'

/** Addresses that agree with `value` in the bits of `mask`. The mask need not be contiguous: netfilter takes `255.0.255.0`. */
export interface Network {
  readonly version: 4 | 6
  /** Host bits are cleared, as the kernel does on load. */
  readonly value: bigint
  readonly mask: bigint
}

const allOnes = {4: 0xffffffffn, 6: (1n << 128n) - 1n} as const

export const prefixMask = (version: 4 | 6, length: number): bigint =>
  allOnes[version] ^ ((1n << BigInt(addressBits[version] - length)) - 1n)

export const networkOf = (address: IpAddress, length: number = addressBits[address.version]): Network => {
  const mask = prefixMask(address.version, length)
  return {version: address.version, value: address.value & mask, mask}
}

/** Reads `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.255.0` and their IPv6 likes; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null || slash < 0) return address && networkOf(address)
  const suffix = text.slice(slash + 1)
  if (/^\d{1,3}$/.test(suffix)) {
    const length = Number(suffix)
    return length > addressBits[address.version] ? null : networkOf(address, length)
  }
  const mask = parseIpAddress(suffix)
  if (mask === null || mask.version !== address.version) return null
  return {version: address.version, value: address.value & mask.value, mask: mask.value}
}

/** Whether `address` lies in `network`; an address of the other family never does. */
export const inNetwork = (network: Network, address: IpAddress): boolean =>
  address.version === network.version && (address.value & network.mask) === network.value

/** The length of the prefix that `network` is, or null when its mask is not contiguous. */
export function prefixLength({version, mask}: Network): number | null {
  const host = allOnes[version] ^ mask
  if ((host & (host + 1n)) !== 0n) return null
  return addressBits[version] - (host === 0n ? 0 : host.toString(2).length)
}

/** `10.0.0.0/8`, `10.0.0.0/255.0.255.0`; a single address without its length. */
export function formatNetwork(network: Network): string {
  const length = prefixLength(network)
  const address = formatIpAddress(network)
  if (length === addressBits[network.version]) return address
  return `${address}/${length ?? formatIpAddress({version: network.version, value: network.mask})}`
}
