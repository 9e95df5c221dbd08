import {addressBits, parseIpAddress} from '../../address/ip-address.js'
import {type Network, networkOf} from '../../address/network.js'
import {type JsonObject, number, string} from '../parse/field.js'

/** A `CidrRange` of a configuration. */
export interface CidrRange {
  network: Network
  /** Bits of the prefix; what goes beyond the address's own is cut, as Envoy does. */
  length: number
  /** As configured: `10.0.0.0/8`. */
  text: string
}

const read = new WeakMap<JsonObject, CidrRange | null>()

/** Reads `{address_prefix, prefix_len}`; an absent length is 0, as in proto JSON. Null where the address is none. */
export function cidrRange(raw: JsonObject): CidrRange | null {
  const known = read.get(raw)
  if (known !== undefined) return known
  const text = string(raw, 'address_prefix') ?? ''
  const configured = number(raw, 'prefix_len') ?? 0
  const ip = parseIpAddress(text)
  const length = ip ? Math.min(configured, addressBits[ip.version]) : configured
  const range = ip && {network: networkOf(ip, length), length, text: `${text}/${configured}`}
  read.set(raw, range)
  return range
}
