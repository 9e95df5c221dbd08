interface IcmpType {
  type: number
  code: number | null
}

const of = (type: number, code: number | null = null): IcmpType => ({type, code})

/** The names of `iptables -p icmp -h` and of nftables' icmp_type. */
const names4: Readonly<Record<string, IcmpType>> = {
  'echo-reply': of(0),
  pong: of(0),
  'destination-unreachable': of(3),
  'network-unreachable': of(3, 0),
  'host-unreachable': of(3, 1),
  'protocol-unreachable': of(3, 2),
  'port-unreachable': of(3, 3),
  'fragmentation-needed': of(3, 4),
  'source-route-failed': of(3, 5),
  'network-unknown': of(3, 6),
  'host-unknown': of(3, 7),
  'network-prohibited': of(3, 9),
  'host-prohibited': of(3, 10),
  'communication-prohibited': of(3, 13),
  'source-quench': of(4),
  redirect: of(5),
  'echo-request': of(8),
  ping: of(8),
  'router-advertisement': of(9),
  'router-solicitation': of(10),
  'time-exceeded': of(11),
  'ttl-exceeded': of(11),
  'ttl-zero-during-transit': of(11, 0),
  'ttl-zero-during-reassembly': of(11, 1),
  'parameter-problem': of(12),
  'timestamp-request': of(13),
  'timestamp-reply': of(14),
  'info-request': of(15),
  'info-reply': of(16),
  'address-mask-request': of(17),
  'address-mask-reply': of(18),
}

const names6: Readonly<Record<string, IcmpType>> = {
  'destination-unreachable': of(1),
  'no-route': of(1, 0),
  'communication-prohibited': of(1, 1),
  'address-unreachable': of(1, 3),
  'port-unreachable': of(1, 4),
  'packet-too-big': of(2),
  'time-exceeded': of(3),
  'parameter-problem': of(4),
  'echo-request': of(128),
  'echo-reply': of(129),
  'mld-listener-query': of(130),
  'mld-listener-report': of(131),
  'mld-listener-done': of(132),
  'mld-listener-reduction': of(132),
  'nd-router-solicit': of(133),
  'router-solicitation': of(133),
  'nd-router-advert': of(134),
  'router-advertisement': of(134),
  'nd-neighbor-solicit': of(135),
  'neighbour-solicitation': of(135),
  'neighbor-solicitation': of(135),
  'nd-neighbor-advert': of(136),
  'neighbour-advertisement': of(136),
  'neighbor-advertisement': of(136),
  'nd-redirect': of(137),
  redirect: of(137),
  'mld2-listener-report': of(143),
}

export const icmpTypeByName = (name: string, version: 4 | 6): IcmpType | null =>
  (version === 4 ? names4 : names6)[name] ?? null
