import {parseIpAddress} from '../../../address/ip-address.js'
import type {Expression, Value} from '../../expression.js'
import {icmpTypeByName} from '../../icmp-types.js'
import {protocolNumber} from '../../protocols.js'
import {tcpFlagBits} from '../../tcp-flags.js'
import {withoutServiceNames} from '../services.js'

/** What the constants beside an expression mean: nft prints names where its datatypes have them. */
export type Datatype =
  | 'inet_proto'
  | 'nf_proto'
  | 'ether_type'
  | 'ifname'
  | 'mark'
  | 'uid'
  | 'inet_service'
  | 'ipv4_addr'
  | 'ipv6_addr'
  | 'fib_addrtype'
  | 'ct_state'
  | 'ct_status'
  | 'ct_dir'
  | 'icmp_type'
  | 'icmpv6_type'
  | 'pkt_type'
  | 'tcp_flag'
  | 'integer'
  | 'unknown'

const metaTypes: Readonly<Record<string, Datatype>> = {
  l4proto: 'inet_proto',
  nfproto: 'nf_proto',
  protocol: 'ether_type',
  iifname: 'ifname',
  oifname: 'ifname',
  iif: 'ifname',
  oif: 'ifname',
  mark: 'mark',
  skuid: 'uid',
  skgid: 'uid',
  pkttype: 'pkt_type',
  length: 'integer',
  random: 'integer',
}

const conntrackTypes: Readonly<Record<string, Datatype>> = {
  state: 'ct_state',
  status: 'ct_status',
  direction: 'ct_dir',
  mark: 'mark',
  protocol: 'inet_proto',
  l3proto: 'nf_proto',
  'proto-src': 'inet_service',
  'proto-dst': 'inet_service',
  'ip saddr': 'ipv4_addr',
  'ip daddr': 'ipv4_addr',
  'ip6 saddr': 'ipv6_addr',
  'ip6 daddr': 'ipv6_addr',
  saddr: 'ipv4_addr',
  daddr: 'ipv4_addr',
}

function payloadType(protocol: string, field: string): Datatype {
  if (protocol === 'ip' && /^[sd]addr$/.test(field)) return 'ipv4_addr'
  if (protocol === 'ip6' && /^[sd]addr$/.test(field)) return 'ipv6_addr'
  if (field === 'protocol' || field === 'nexthdr') return 'inet_proto'
  if (field === 'sport' || field === 'dport') return 'inet_service'
  if (protocol === 'tcp' && field === 'flags') return 'tcp_flag'
  if (field === 'type' && protocol === 'icmp') return 'icmp_type'
  return field === 'type' && protocol === 'icmpv6' ? 'icmpv6_type' : 'integer'
}

/** The types of an expression, one per part of a concatenation. */
export function typesOf(expression: Expression): Datatype[] {
  switch (expression.kind) {
    case 'meta':
      return [metaTypes[expression.key] ?? 'unknown']
    case 'ct':
      return [conntrackTypes[expression.key] ?? 'unknown']
    case 'payload':
      return [payloadType(expression.protocol, expression.field)]
    case 'fib':
      return [expression.result === 'type' ? 'fib_addrtype' : 'ifname']
    case 'numgen':
      return ['integer']
    case 'binary':
      return typesOf(expression.left)
    case 'concat':
      return expression.parts.flatMap(typesOf)
    case 'constant':
    case 'map':
    case 'unmodelled':
      return ['unknown']
    default:
      return expression satisfies never
  }
}

const known: ReadonlySet<string> = new Set<Datatype>([
  'inet_proto',
  'nf_proto',
  'ether_type',
  'ifname',
  'mark',
  'uid',
  'inet_service',
  'ipv4_addr',
  'ipv6_addr',
  'fib_addrtype',
  'ct_state',
  'ct_status',
  'ct_dir',
  'icmp_type',
  'icmpv6_type',
  'pkt_type',
  'tcp_flag',
  'integer',
])

const isDatatype = (name: string): name is Datatype => known.has(name)

/** The datatype of a set's `type` line, by nft's name for it. */
export const datatypeByName = (name: string): Datatype =>
  isDatatype(name) ? name : name === 'gid' ? 'uid' : name === 'iface_index' ? 'ifname' : 'unknown'

/** Types whose constants are bits: a plain comparison asks for any of them. */
export const isBitmask = (type: Datatype | undefined): boolean =>
  type === 'ct_state' || type === 'ct_status' || type === 'tcp_flag'

const names: Readonly<Partial<Record<Datatype, Readonly<Record<string, number>>>>> = {
  nf_proto: {ipv4: 2, ipv6: 10},
  ct_state: {invalid: 1, established: 2, related: 4, new: 8, untracked: 64},
  ct_status: {expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512},
  ct_dir: {original: 0, reply: 1},
}

/** A constant of the type, as a number, an address or a name; null for one that cannot be read. */
export function readConstant(text: string | number, type: Datatype): Value | null {
  if (typeof text === 'number') return text
  const named = names[type]?.[text]
  if (named !== undefined) return named
  switch (type) {
    case 'ipv4_addr':
    case 'ipv6_addr':
      return parseIpAddress(text)?.value ?? null
    case 'ifname':
    case 'fib_addrtype':
    case 'ether_type':
      return text
    case 'pkt_type':
      return text === 'unicast' ? 'host' : text
    case 'inet_proto':
      return protocolNumber(text)
    case 'icmp_type':
    case 'icmpv6_type':
      return icmpTypeByName(text, type === 'icmp_type' ? 4 : 6)?.type ?? number(text)
    case 'inet_service':
      return number(withoutServiceNames(text) ?? text)
    case 'tcp_flag':
      return tcpFlagBits([text]) ?? number(text)
    case 'nf_proto':
    case 'mark':
    case 'uid':
    case 'ct_state':
    case 'ct_status':
    case 'ct_dir':
    case 'integer':
      return number(text)
    case 'unknown':
      return number(text) ?? parseIpAddress(text)?.value ?? null
    default:
      return type satisfies never
  }
}

const number = (text: string): number | null => (/^(0x[0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : null)
