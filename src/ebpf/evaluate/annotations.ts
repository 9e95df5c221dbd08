import {parseIpAddress} from '../../address/ip-address.js'
import {formatNetwork, inNetwork, type Network} from '../../address/network.js'
import type {SocketAddress} from '../../address/socket-address.js'
import type {Check} from '../../decision/check.js'
import type {PodConfig} from '../interception.js'
import {type Deliberation, listText} from './deliberation.js'

const isIn = (ranges: readonly Network[], ip: string): boolean => {
  const address = parseIpAddress(ip)
  return address !== null && ranges.some((range) => inNetwork(range, address))
}

/** One list of a pod: what is excluded is left alone, and so is what a list of inclusions that is not empty does not have. */
interface List {
  field: string
  /** As text. */
  items: readonly (number | string)[]
  holds: boolean
  kind: 'exclude' | 'include'
}

/** In the order of the programs (mb_connect.c): ports excluded, ranges excluded, ports included, ranges included. */
const outbound = (pod: PodConfig, {ip, port}: SocketAddress): List[] => [
  {field: 'exclude_out_ports', items: pod.excludeOutPorts, holds: pod.excludeOutPorts.includes(port), kind: 'exclude'},
  {
    field: 'exclude_out_ranges',
    items: pod.excludeOutRanges.map(formatNetwork),
    holds: isIn(pod.excludeOutRanges, ip),
    kind: 'exclude',
  },
  {field: 'include_out_ports', items: pod.includeOutPorts, holds: pod.includeOutPorts.includes(port), kind: 'include'},
  {
    field: 'include_out_ranges',
    items: pod.includeOutRanges.map(formatNetwork),
    holds: isIn(pod.includeOutRanges, ip),
    kind: 'include',
  },
]

const inbound = (pod: PodConfig, {port}: SocketAddress): List[] => [
  {field: 'exclude_in_ports', items: pod.excludeInPorts, holds: pod.excludeInPorts.includes(port), kind: 'exclude'},
  {field: 'include_in_ports', items: pod.includeInPorts, holds: pod.includeInPorts.includes(port), kind: 'include'},
]

/** The check by which a pod's annotations leave a destination alone, or null; the lists that do not are passed over. */
export function leftByAnnotations(
  pod: PodConfig,
  direction: 'outbound' | 'inbound',
  destination: SocketAddress,
  thinking: Deliberation,
): Check | null {
  for (const {field, items, holds, kind} of (direction === 'outbound' ? outbound : inbound)(pod, destination)) {
    const want = kind === 'exclude' ? listText(items) : `!${listText(items)}`
    const got = field.endsWith('ranges') ? destination.ip : String(destination.port)
    const leaves = kind === 'exclude' ? holds : items.length > 0 && !holds
    if (leaves) return {field, want, got, holds: 'yes'}
    if (items.length > 0) thinking.pass('leave', field, want, got)
  }
  return null
}
