import {formatSocketAddress} from '../../address/socket-address.js'
import type {Membership, Origin, Pair, PodConfig} from '../interception.js'
import {address16, range, socket, u16, u32} from './bytes.js'

/** How a pair is named in our maps. */
export const pairKey = ({local, remote}: Pair): string =>
  `${formatSocketAddress(local)} -> ${formatSocketAddress(remote)}`

/** 24 bytes: address, process, port, flags. */
export const readOrigin = (bytes: readonly number[]): Origin => ({
  destination: socket(bytes, 0, 20),
  pid: u32(bytes, 16),
  flags: u16(bytes, 22),
})

/** 36 bytes: both addresses, then both ports. */
export const readPair = (bytes: readonly number[]): string =>
  pairKey({local: socket(bytes, 0, 32), remote: socket(bytes, 16, 34)})

/** 32 bytes: id, membership, address, flags, which flags were looked for. */
export const readMembership = (bytes: readonly number[]): Membership => ({
  inMesh: u32(bytes, 8) !== 0,
  ip: address16(bytes, 12),
  flags: u16(bytes, 28),
  detected: u16(bytes, 30),
})

/** Each list of a pod's configuration has room for twenty, and ends at the first empty place. */
const places = 20

function upToEnd<T>(read: (index: number) => T | null): T[] {
  const found: T[] = []
  for (let index = 0; index < places; index++) {
    const each = read(index)
    if (each === null) break
    found.push(each)
  }
  return found
}

/** 484 bytes: status port, ranges excluded and included, then ports included in and out, excluded in and out. */
export function readPodConfig(bytes: readonly number[]): PodConfig {
  const ranges = (from: number) => upToEnd((index) => range(bytes, from + index * 8))
  const ports = (list: number) => upToEnd((index) => u16(bytes, 324 + (list * places + index) * 2) || null)
  return {
    statusPort: u16(bytes, 0),
    excludeOutRanges: ranges(4),
    includeOutRanges: ranges(164),
    includeInPorts: ports(0),
    includeOutPorts: ports(1),
    excludeInPorts: ports(2),
    excludeOutPorts: ports(3),
  }
}
