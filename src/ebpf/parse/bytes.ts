import {formatIpAddress, unmapped} from '../../address/ip-address.js'
import {type Network, networkOf} from '../../address/network.js'
import type {SocketAddress} from '../../address/socket-address.js'
import {listOf} from './json.js'

/**
 * The bytes of a key or value in a map dump: `["0x0a", ..]`, or a number where bpftool decoded a scalar by its BTF. Null for
 * what was decoded into a structure, and for a value that is an error object.
 */
export function readBytes(value: unknown, size: number): number[] | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return littleEndian(value, size)
  if (!Array.isArray(value)) return null
  const bytes = listOf(value).map((each) => (typeof each === 'string' ? Number(each) : Number.NaN))
  return bytes.length === size && bytes.every((byte) => byte >= 0 && byte <= 255) ? bytes : null
}

const littleEndian = (value: number, size: number): number[] =>
  Array.from({length: size}, (_, index) => Math.floor(value / 256 ** index) % 256)

const at = (bytes: readonly number[], index: number): number => bytes[index] ?? 0

/** Numbers of the node's own order, which is taken to be little-endian. */
export const u16 = (bytes: readonly number[], from: number): number => at(bytes, from) + at(bytes, from + 1) * 256

export const u32 = (bytes: readonly number[], from: number): number => u16(bytes, from) + u16(bytes, from + 2) * 65_536

/** Exact up to 2^53: ids of cgroups and cookies of sockets are counted from 1. */
export const u64 = (bytes: readonly number[], from: number): number => u32(bytes, from) + u32(bytes, from + 4) * 2 ** 32

/** Ports on the wire are big-endian. */
export const port = (bytes: readonly number[], from: number): number => at(bytes, from) * 256 + at(bytes, from + 1)

/** Sixteen bytes of an address, IPv4 mapped into IPv6; null for zero. */
export function address16(bytes: readonly number[], from: number): string | null {
  const value = bytes.slice(from, from + 16).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return value === 0n ? null : formatIpAddress(unmapped({version: 6, value}))
}

export const address4 = (bytes: readonly number[], from: number): string => bytes.slice(from, from + 4).join('.')

export const socket = (bytes: readonly number[], ip: number, portAt: number): SocketAddress => ({
  ip: address16(bytes, ip) ?? '0.0.0.0',
  port: port(bytes, portAt),
})

/** Eight bytes of a range: address, length of the prefix, padding. Null where the list ends: the programs stop at address 0. */
export function range(bytes: readonly number[], from: number): Network | null {
  const value = bytes.slice(from, from + 4).reduce((sum, byte) => sum * 256 + byte, 0)
  return value === 0 ? null : networkOf({version: 4, value: BigInt(value)}, Math.min(32, at(bytes, from + 4)))
}
