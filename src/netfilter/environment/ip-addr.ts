import {DataError} from '../../errors.js'
import type {Interface} from '../environment.js'
import {type IpObject, ipObjects} from './ip-json.js'

/** The interfaces of `ip -j addr`, or of `ip addr`. */
export function readInterfaces(text: string): Interface[] {
  const objects = ipObjects(text, 'ip addr')
  return objects === null
    ? readLines(text)
    : objects.filter((object) => typeof object['ifname'] === 'string').map(readObject)
}

function readObject(object: IpObject): Interface {
  const infos: unknown[] = Array.isArray(object['addr_info']) ? object['addr_info'] : []
  const addresses = infos.flatMap((info) => {
    if (typeof info !== 'object' || info === null || !('local' in info) || !('prefixlen' in info)) return []
    return [`${String(info.local)}/${String(info.prefixlen)}`]
  })
  return {name: String(object['ifname']), index: Number(object['ifindex'] ?? 0), addresses}
}

function readLines(text: string): Interface[] {
  const interfaces: Interface[] = []
  for (const line of text.split('\n')) {
    const head = /^(\d+): ([^:@]+)[:@]/.exec(line)
    const address = /^\s+inet6? (\S+)/.exec(line)
    if (head) interfaces.push({name: head[2] ?? '', index: Number(head[1]), addresses: []})
    else if (address) interfaces.at(-1)?.addresses.push(address[1] ?? '')
  }
  if (interfaces.length === 0) throw new DataError('is not the output of ip addr', 'ip addr')
  return interfaces
}
