import {DataError} from '../../errors.js'
import type {HookPath, Packet} from '../packet.js'

/** One packet to ask about, and through which hooks it goes. */
export interface PacketRequest {
  id: string | null
  hook: HookPath
  packet: Packet
}

export const hookPaths: readonly HookPath[] = [
  'path-out',
  'path-in',
  'path-forward',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
]

const isHookPath = (value: unknown): value is HookPath => hookPaths.some((path) => path === value)

type Reader<T> = (value: unknown) => T | undefined

const text: Reader<string> = (value) => (typeof value === 'string' ? value : undefined)
const number: Reader<number> = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
const boolean: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined)
const texts: Reader<string[]> = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
const orNull =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value) =>
    value === null ? null : read(value)
const below =
  (limit: number): Reader<number> =>
  (value) => {
    const read = number(value)
    return read !== undefined && read < limit ? read : undefined
  }
const direction: Reader<'ORIGINAL' | 'REPLY'> = (value) =>
  value === 'ORIGINAL' || value === 'REPLY' ? value : undefined

/** Members beside `proto`, `src` and `dst`; null stands for what is known to be absent. */
const members: {readonly [K in keyof Packet]-?: Reader<Packet[K]>} = {
  proto: text,
  src: text,
  dst: text,
  sport: below(65536),
  dport: below(65536),
  in: orNull(text),
  out: orNull(text),
  uid: orNull(number),
  gid: orNull(number),
  mark: below(2 ** 32),
  ctstate: text,
  ctmark: below(2 ** 32),
  ctdir: direction,
  ctstatus: texts,
  ctorigsrc: text,
  ctorigsrcport: below(65536),
  ctorigdst: text,
  ctorigdstport: below(65536),
  flags: texts,
  icmpType: below(256),
  icmpCode: below(256),
  ttl: below(256),
  length: below(65536),
  natDone: boolean,
  loopbackOf: boolean,
}

const readers = Object.entries(members)

/** Reads one packet of a batch; unknown members are ignored. Throws a DataError that names the member which cannot be taken. */
export function parsePacketRequest(value: unknown, where: string): PacketRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DataError('is no JSON object', where)
  // Gate: an object of JSON, whose members are all unknown.
  const given = value as Readonly<Record<string, unknown>>
  const {hook, id} = given
  if (!isHookPath(hook))
    throw new DataError(
      `has no hook that is known: ${JSON.stringify(hook)}`,
      where,
      `Hooks are ${hookPaths.join(', ')}`,
    )
  for (const needed of ['proto', 'src', 'dst']) {
    if (typeof given[needed] !== 'string') throw new DataError(`has no "${needed}"`, where)
  }
  const packet: Record<string, unknown> = {}
  for (const [name, read] of readers) {
    const offered = given[name]
    if (offered === undefined) continue
    const member = read(offered)
    if (member === undefined)
      throw new DataError(`has a "${name}" that cannot be taken: ${JSON.stringify(offered)}`, where)
    packet[name] = member
  }
  // Gate: every member was read by the reader of its name, and the three that must be there are.
  return {id: typeof id === 'string' ? id : null, hook, packet: packet as unknown as Packet}
}
