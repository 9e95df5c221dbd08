import {parseIpAddress} from '../../address/ip-address.js'
import {type Network, parseNetwork} from '../../address/network.js'
import type {RuleOption} from '../options.js'
import type {AddressRange, NumberRange} from '../statement.js'
import type {Fail} from './fail.js'

export const highestPort = 65535
const highest32 = 0xffffffff

export function firstValue(option: RuleOption, fail: Fail): string {
  return option.values[0] ?? fail(`"${option.name}" has no value`)
}

/** A number in decimal or, with `0x`, in hexadecimal. */
export function readNumber(text: string, fail: Fail, highest = highest32): number {
  const value = /^(0x[0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : Number.NaN
  return value <= highest ? value : fail(`"${text}" is no number up to ${highest}`)
}

/** `80`, `80:90`, `80:`, `:90`; `separator` is a minus for ids and for the ports of NAT. */
export function readRange(text: string, fail: Fail, highest = highestPort, separator = ':'): NumberRange {
  const at = text.indexOf(separator)
  if (at < 0) {
    const value = readNumber(text, fail, highest)
    return {low: value, high: value}
  }
  const [low, high] = [text.slice(0, at), text.slice(at + 1)]
  return {
    low: low === '' ? 0 : readNumber(low, fail, highest),
    high: high === '' ? highest : readNumber(high, fail, highest),
  }
}

/** `0x539` or `0x539/0xfff`. */
export function readMark(text: string, fail: Fail): {value: number; mask: number} {
  const [value = '', mask] = text.split('/')
  return {value: readNumber(value, fail), mask: mask === undefined ? highest32 : readNumber(mask, fail)}
}

export const readNetwork = (text: string, fail: Fail): Network =>
  parseNetwork(text) ?? fail(`"${text}" is no address or network`)

/** `10.0.0.1` or `10.0.0.1-10.0.0.9`. */
export function readAddressRange(text: string, fail: Fail): AddressRange {
  const [first = '', last = first] = text.split('-')
  const [low, high] = [parseIpAddress(first), parseIpAddress(last)]
  if (low === null || high === null || low.version !== high.version) return fail(`"${text}" is no address or range`)
  return {version: low.version, low: low.value, high: high.value}
}
