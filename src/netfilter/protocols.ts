/** Protocol numbers by the names that iptables, nft and people use (IANA). */
const numbers: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  icmpv6: 58,
  ospf: 89,
  ipcomp: 108,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
  mptcp: 262,
}

const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]))

export const protocol = {
  tcp: 6,
  udp: 17,
  icmp: 1,
  icmpv6: 58,
  sctp: 132,
  dccp: 33,
  udplite: 136,
  gre: 47,
  esp: 50,
} as const

/** The number of a protocol given by name or number; null for a name that nobody knows. */
export function protocolNumber(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  return numbers[text.toLowerCase()] ?? null
}

export const protocolName = (number: number): string => names.get(number) ?? String(number)

const withPorts: ReadonlySet<number> = new Set([
  protocol.tcp,
  protocol.udp,
  protocol.sctp,
  protocol.dccp,
  protocol.udplite,
])

export const hasPorts = (number: number): boolean => withPorts.has(number)

/** Headers that nft names by their protocol, `tcp dport`: the number of each. */
export const transportHeaders: Readonly<Record<string, number>> = {
  tcp: protocol.tcp,
  udp: protocol.udp,
  sctp: protocol.sctp,
  dccp: protocol.dccp,
  udplite: protocol.udplite,
}
