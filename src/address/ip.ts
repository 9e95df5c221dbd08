/** An IP address as numbers: one 32-bit word for IPv4, four for IPv6. */
export interface Ip {
  family: 4 | 6
  words: readonly number[]
}

/** A range of addresses, its own address masked to its length. */
export interface IpPrefix extends Ip {
  length: number
}

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** Reads an address without port, brackets or zone; null for anything else. */
export function parseIp(text: string): Ip | null {
  if (text.includes(':')) {
    const words = parseIpv6(text)
    return words && {family: 6, words}
  }
  const word = parseIpv4(text)
  return word === null ? null : {family: 4, words: [word]}
}

function parseIpv4(text: string): number | null {
  const parts = ipv4.exec(text)
  if (!parts) return null
  let word = 0
  for (const part of parts.slice(1)) {
    const octet = Number(part)
    if (octet > 255) return null
    word = word * 256 + octet
  }
  return word
}

/** RFC 4291: eight groups, one `::` for a run of zeros, the last two groups also as an IPv4 address. */
function parseIpv6(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')]
  if (!head || !tail) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail]
  return [0, 2, 4, 6].map((index) => (groups[index] ?? 0) * 65536 + (groups[index + 1] ?? 0))
}

function groupsOf(text: string): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 && part.includes('.') ? parseIpv4(part) : null
    if (embedded !== null) groups.push(Math.floor(embedded / 65536), embedded % 65536)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

/** The bits of word `index` that a prefix of `length` bits covers. */
function maskOf(length: number, index: number): number {
  const bits = Math.min(32, Math.max(0, length - 32 * index))
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
}

/** The range of `length` bits around `ip`; a length beyond the address's own is cut to it, as Envoy does. */
export function prefixOf(ip: Ip, length: number): IpPrefix {
  const bits = Math.min(length, ip.family === 4 ? 32 : 128)
  return {
    family: ip.family,
    words: ip.words.map((word, index) => (word & maskOf(bits, index)) >>> 0),
    length: bits,
  }
}

/** Whether `ip` lies in `prefix`; never so across families. */
export const inPrefix = (ip: Ip, prefix: IpPrefix): boolean =>
  ip.family === prefix.family &&
  prefix.words.every((word, index) => ((ip.words[index] ?? 0) & maskOf(prefix.length, index)) >>> 0 === word)

/** Equality of addresses, however they are written. */
export const sameIp = (a: Ip, b: Ip): boolean =>
  a.family === b.family && a.words.every((word, index) => word === b.words[index])

/** A name for the prefix that equal prefixes share, however they were written. */
export const prefixKey = ({family, words, length}: IpPrefix): string => `${family}/${length}/${words.join('.')}`

/** `::ffff:10.0.0.1` as the IPv4 address it stands for: how an IPv4 peer shows on an IPv6 socket. */
export function unmapped(ip: Ip): Ip {
  const [a, b, c, d] = ip.words
  return ip.family === 6 && a === 0 && b === 0 && c === 0xffff ? {family: 4, words: [d ?? 0]} : ip
}

/** IPv4 in dots; IPv6 in the shortest form of RFC 5952. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) {
    const word = ip.words[0] ?? 0
    return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.')
  }
  const groups = ip.words.flatMap((word) => [word >>> 16, word & 0xffff])
  const {start, length} = longestZeroRun(groups)
  const text = (from: readonly number[]) => from.map((group) => group.toString(16)).join(':')
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`
}

function longestZeroRun(groups: readonly number[]): {start: number; length: number} {
  let best = {start: 0, length: 0}
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === 0) end++
    if (end - start > best.length) best = {start, length: end - start}
  }
  return best
}
