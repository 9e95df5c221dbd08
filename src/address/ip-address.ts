/** An IP address as a number, so that prefixes and ranges are compared and not spelled. */
export interface IpAddress {
  readonly version: 4 | 6
  readonly value: bigint
}

export const addressBits = {4: 32, 6: 128} as const

/** Reads an IPv4 address in dots or an IPv6 address (a `%zone` is left out); null for anything else. */
export function parseIpAddress(text: string): IpAddress | null {
  if (!text.includes(':')) {
    const value = ipv4Value(text)
    return value === null ? null : {version: 4, value: BigInt(value)}
  }
  const zone = text.indexOf('%')
  const value = ipv6Value(zone < 0 ? text : text.slice(0, zone))
  return value === null ? null : {version: 6, value}
}

/** Four decimal numbers up to 255 without leading zeros: what the kernel's tools print. Read by hand, as every packet has two. */
function ipv4Value(text: string): number | null {
  let value = 0
  let part = -1
  let parts = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 46) {
      if (part < 0 || ++parts > 4) return null
      value = value * 256 + part
      part = -1
    } else {
      if (code < 48 || code > 57 || part === 0) return null
      part = (part < 0 ? 0 : part * 10) + code - 48
      if (part > 255) return null
    }
  }
  return parts === 4 && part >= 0 ? value * 256 + part : null
}

function ipv6Value(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = [groupsOf(halves[0] ?? '', halves.length === 1), groupsOf(halves[1] ?? '', true)]
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  return [...head, ...new Array<number>(missing).fill(0), ...tail].reduce(
    (sum, group) => sum * 65536n + BigInt(group),
    0n,
  )
}

/** The 16-bit groups of one side of `::`; the last two of an address may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const embedded = isEnd && index === parts.length - 1 && part.includes('.') ? ipv4Value(part) : null
    if (embedded !== null) groups.push(Math.floor(embedded / 65536), embedded % 65536)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

/** Equality of addresses, however they are written. */
export const sameIpAddress = (a: IpAddress, b: IpAddress): boolean => a.version === b.version && a.value === b.value

/** `::ffff:10.0.0.1` as the IPv4 address it stands for: how an IPv4 peer shows on an IPv6 socket. */
export const unmapped = (ip: IpAddress): IpAddress =>
  ip.version === 6 && ip.value >> 32n === 0xffffn ? {version: 4, value: ip.value & 0xffffffffn} : ip

/** The address as the kernel's tools print it (RFC 5952 for IPv6). */
export function formatIpAddress({version, value}: IpAddress): string {
  if (version === 4) {
    const bits = Number(value)
    return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`
  }
  const groups = Array.from({length: 8}, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 65535n))
  const zeros = longestZeros(groups)
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':')
  return zeros === null ? hex(groups) : `${hex(groups.slice(0, zeros.from))}::${hex(groups.slice(zeros.to))}`
}

/** The first longest run of two or more zero groups. */
function longestZeros(groups: readonly number[]): {from: number; to: number} | null {
  let best = {from: 0, to: 0}
  for (let from = 0; from < groups.length; from++) {
    let to = from
    while (groups[to] === 0) to++
    if (to - from > best.to - best.from) best = {from, to}
  }
  return best.to - best.from > 1 ? best : null
}
