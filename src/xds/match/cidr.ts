import {type IpPrefix, parseIp, prefixOf} from '../../address/ip.js'
import {type JsonObject, number, string} from '../parse/field.js'

/** A `CidrRange` of a configuration. */
export interface CidrRange {
  prefix: IpPrefix
  /** As configured: `10.0.0.0/8`. */
  text: string
}

const read = new WeakMap<JsonObject, CidrRange | null>()

/** Reads `{address_prefix, prefix_len}`; an absent length is 0, as in proto JSON. Null where the address is none. */
export function cidrRange(raw: JsonObject): CidrRange | null {
  const known = read.get(raw)
  if (known !== undefined) return known
  const text = string(raw, 'address_prefix') ?? ''
  const length = number(raw, 'prefix_len') ?? 0
  const ip = parseIp(text)
  const range = ip && {prefix: prefixOf(ip, length), text: `${text}/${length}`}
  read.set(raw, range)
  return range
}
