import type {Expression, Value} from '../expression.js'
import {hasPorts, protocol, transportHeaders} from '../protocols.js'
import type {Connection, PacketState} from './packet-state.js'
import {isNatted, stateOf} from './packet-state.js'
import {addressType, routeIn} from './route.js'
import {type Asking, packetType} from './xt-match.js'

/** What an expression of nftables loads. `absent`: there is no such thing, and the rule breaks off. */
export type Loaded =
  | {kind: 'value'; value: Value}
  | {kind: 'concat'; values: Value[]}
  | {kind: 'absent'}
  /** The packet or connection has it, but it is not known. */
  | {kind: 'unknown'; about: string; turn: string | null}
  /** `modulus` equally likely numbers from `offset` on. */
  | {kind: 'chance'; modulus: number; offset: number; about: string}
  | {kind: 'undecidable'; about: string}

const value = (loaded: Value): Loaded => ({kind: 'value', value: loaded})
const absent: Loaded = {kind: 'absent'}
const unknown = (about: string, turn: string | null = null): Loaded => ({kind: 'unknown', about, turn})
const undecidable = (about: string): Loaded => ({kind: 'undecidable', about})

const known = (loaded: number | bigint | null, about: string, turn: string | null = null): Loaded =>
  loaded === null ? unknown(about, turn) : value(loaded)

export const nfproto = {4: 2, 6: 10} as const

/** Bits of `ct state` (NF_CT_STATE_BIT). */
export const stateBits: Readonly<Record<string, number>> = {
  INVALID: 1,
  ESTABLISHED: 2,
  RELATED: 4,
  NEW: 8,
  UNTRACKED: 64,
}

/** Bits of `ct status` (enum ip_conntrack_status). */
export const statusBits: Readonly<Record<string, number>> = {
  EXPECTED: 1,
  SEEN_REPLY: 2,
  ASSURED: 4,
  CONFIRMED: 8,
  SNAT: 16,
  DNAT: 32,
  DYING: 512,
}

/** What `expression` is for this packet. */
export function load(expression: Expression, asking: Asking): Loaded {
  switch (expression.kind) {
    case 'constant':
      return value(expression.value)
    case 'meta':
      return loadMeta(expression.key, asking)
    case 'ct':
      return loadConntrack(expression.key, expression.direction, asking.packet)
    case 'payload':
      return loadPayload(expression.protocol, expression.field, asking.packet)
    case 'fib':
      return loadFib(expression.result, expression.flags, asking)
    case 'numgen':
      return {
        kind: 'chance',
        modulus: expression.modulus,
        offset: expression.offset,
        about: `numgen ${expression.mode} mod ${expression.modulus}`,
      }
    case 'binary':
      return loadBinary(expression, asking)
    case 'concat':
      return loadConcat(expression.parts, asking)
    case 'map':
      return undecidable('a map as a value')
    case 'unmodelled':
      return undecidable(expression.text)
    default:
      return expression satisfies never
  }
}

const metaKeys: ReadonlySet<string> = new Set(
  'l4proto nfproto protocol iifname iif oifname oif mark length pkttype skuid skgid random'.split(' '),
)

/** Whether rules can be decided by the expression; what it reads may still not be known of a packet. */
export function isModelled(expression: Expression): boolean {
  if (expression.kind === 'unmodelled') return false
  if (expression.kind === 'meta') return metaKeys.has(expression.key)
  if (expression.kind === 'binary') return isModelled(expression.left) && isModelled(expression.right)
  return expression.kind !== 'concat' || expression.parts.every(isModelled)
}

function loadMeta(key: string, asking: Asking): Loaded {
  const {packet, hook} = asking
  switch (key) {
    case 'l4proto':
      return value(packet.protocol)
    case 'nfproto':
      return value(nfproto[packet.version])
    case 'protocol':
      return value(packet.version === 4 ? 'ip' : 'ip6')
    case 'iifname':
    case 'iif':
      return value(packet.in ?? '')
    case 'oifname':
    case 'oif':
      return value(packet.out ?? '')
    case 'mark':
      return packet.markKnown ? value(packet.mark) : {kind: 'value', value: packet.mark}
    case 'length':
      return known(packet.length, "the packet's length")
    case 'pkttype': {
      const type = packetType(asking)
      return value(type === 'unicast' ? 'host' : type)
    }
    case 'skuid':
    case 'skgid':
      return loadOwner(
        key === 'skuid' ? packet.uid : packet.gid,
        key,
        packet,
        hook === 'output' || hook === 'postrouting',
      )
    case 'random':
      return {kind: 'chance', modulus: 2 ** 32, offset: 0, about: 'meta random'}
    default:
      return undecidable(`meta ${key}`)
  }
}

/** Without a socket that belongs to a process the expression breaks the rule, `!=` too (nft_meta_get_eval_skugid). */
function loadOwner(id: number | null | undefined, key: 'skuid' | 'skgid', packet: PacketState, sent: boolean): Loaded {
  if (!sent || packet.in !== null || packet.loopback || id === null) return absent
  return id === undefined
    ? unknown(`the sending socket's ${key === 'skuid' ? 'user' : 'group'} id`, key === 'skuid' ? '--uid' : '--gid')
    : value(id)
}

function loadConntrack(key: string, direction: 'original' | 'reply' | null, packet: PacketState): Loaded {
  if (key === 'state') return value(stateBits[stateOf(packet.tracking)] ?? 0)
  if (packet.tracking.kind !== 'entry') return absent
  const {connection} = packet.tracking
  switch (key) {
    case 'mark':
      return known(connection.mark, "the connection's mark")
    case 'direction':
      return connection.direction === null
        ? unknown("the connection's direction")
        : value(connection.direction === 'REPLY' ? 1 : 0)
    case 'status':
      return connection.status === null
        ? unknown("the connection's status")
        : value(statusOf(connection, connection.status))
    case 'protocol':
      return value(connection.protocol)
    case 'l3proto':
      return value(nfproto[packet.version])
    default:
      return direction === null ? undecidable(`ct ${key}`) : loadTuple(key, direction, connection)
  }
}

function statusOf(connection: Connection, status: ReadonlySet<string>): number {
  let bits = 0
  for (const name of status) bits |= statusBits[name] ?? 0
  if (isNatted(connection, 'src')) bits |= 16
  if (isNatted(connection, 'dst')) bits |= 32
  return bits
}

function loadTuple(key: string, direction: 'original' | 'reply', connection: Connection): Loaded {
  const original = direction === 'original'
  const about = `the connection's ${direction} ${key}`
  switch (key.replace(/^ip6? /, '')) {
    case 'saddr':
      return known((original ? connection.origsrc : connection.replsrc)?.value ?? null, about)
    case 'daddr':
      return known((original ? connection.origdst : connection.repldst)?.value ?? null, about)
    case 'proto-src':
      return known(original ? connection.origsrcport : connection.replsrcport, about)
    case 'proto-dst':
      return known(original ? connection.origdstport : connection.repldstport, about)
    default:
      return undecidable(`ct ${direction} ${key}`)
  }
}

/** A header field; naming a header implies that the packet has it. */
function loadPayload(header: string, field: string, packet: PacketState): Loaded {
  if (header === 'ip' || header === 'ip6') return loadNetworkHeader(header, field, packet)
  if (header === 'icmp' || header === 'icmpv6') return loadIcmp(header, field, packet)
  if (header === 'th') return loadTransport(field, packet)
  const number = transportHeaders[header]
  if (number === undefined) return undecidable(`${header} ${field}`)
  if (packet.protocol !== number) return absent
  if (header === 'tcp' && field === 'flags') return known(packet.flags, "the packet's TCP flags")
  return loadTransport(field, packet)
}

function loadNetworkHeader(header: 'ip' | 'ip6', field: string, packet: PacketState): Loaded {
  if (packet.version !== (header === 'ip' ? 4 : 6)) return absent
  switch (field) {
    case 'saddr':
      return value(packet.src.value)
    case 'daddr':
      return value(packet.dst.value)
    case 'protocol':
    case 'nexthdr':
      return value(packet.protocol)
    case 'ttl':
    case 'hoplimit':
      return known(packet.ttl, "the packet's TTL")
    case 'length':
      return known(
        header === 'ip6' && packet.length !== null ? packet.length - 40 : packet.length,
        "the packet's length",
      )
    case 'version':
      return value(packet.version)
    default:
      return undecidable(`${header} ${field}`)
  }
}

function loadIcmp(header: 'icmp' | 'icmpv6', field: string, packet: PacketState): Loaded {
  if (packet.protocol !== (header === 'icmp' ? protocol.icmp : protocol.icmpv6)) return absent
  if (field === 'type') return known(packet.icmpType, "the packet's ICMP type")
  return field === 'code'
    ? known(packet.icmpCode, "the packet's ICMP code")
    : unknown(`the packet's ${header} ${field}`)
}

/** `th` reads the same bytes whatever the protocol: of ICMP, type and code stand where others have the source port. */
function loadTransport(field: string, packet: PacketState): Loaded {
  if (field !== 'sport' && field !== 'dport') return undecidable(`transport header field ${field}`)
  if (hasPorts(packet.protocol)) return known(packet[field], `the packet's ${field}`)
  const icmp = packet.protocol === protocol.icmp || packet.protocol === protocol.icmpv6
  if (icmp && field === 'sport' && packet.icmpType !== null)
    return value(packet.icmpType * 256 + (packet.icmpCode ?? 0))
  return unknown('the bytes where other protocols have ports')
}

function loadFib(result: string, flags: readonly string[], asking: Asking): Loaded {
  if (result === 'oif' || result === 'oifname') return loadRoute(flags, asking)
  if (result !== 'type') return undecidable(`fib ${flags.join(' . ')} ${result}`)
  const {packet, surroundings} = asking
  const address = flags.includes('saddr') ? packet.src : packet.dst
  const dev = flags.includes('iif') ? (packet.in ?? '') : flags.includes('oif') ? (packet.out ?? '') : null
  const type = addressType(surroundings, address, dev)
  return type === null
    ? unknown(`whether ${flags.join(' . ')} is an address of this machine`, '--addr')
    : value(type.toLowerCase())
}

/** The interface that a route to the address leads to; no name where it is no unicast route (nft_fib4_eval, nft_fib6_eval). */
function loadRoute(flags: readonly string[], {packet, hook, surroundings}: Asking): Loaded {
  if (hook === 'prerouting' && packet.in === 'lo') return value('lo')
  const [dst, src] = flags.includes('saddr') ? [packet.src, packet.dst] : [packet.dst, packet.src]
  const mark = flags.includes('mark') ? packet.mark : 0
  const found = routeIn(surroundings, {dst, src, mark, iif: flags.includes('saddr') ? null : packet.in})
  if (found.kind === 'unknown') return unknown(`the route to ${flags.join(' . ')}`, '--env')
  if (found.kind !== 'unicast' || (flags.includes('iif') && found.dev !== packet.in)) return value('')
  return value(found.dev ?? '')
}

function loadConcat(parts: readonly Expression[], asking: Asking): Loaded {
  const values: Value[] = []
  for (const part of parts) {
    const loaded = load(part, asking)
    if (loaded.kind !== 'value')
      return loaded.kind === 'chance' || loaded.kind === 'concat' ? undecidable('a nested concatenation') : loaded
    values.push(loaded.value)
  }
  return {kind: 'concat', values}
}

function loadBinary(expression: Extract<Expression, {kind: 'binary'}>, asking: Asking): Loaded {
  const [left, right] = [load(expression.left, asking), load(expression.right, asking)]
  if (right.kind !== 'value' || typeof right.value === 'string')
    return right.kind === 'absent' ? absent : undecidable('an operation on something that is no number')
  if (left.kind === 'chance') return maskedChance(left, expression.operator, right.value)
  if (left.kind !== 'value') return left
  return typeof left.value === 'string'
    ? undecidable('an operation on a name')
    : value(operate(expression.operator, left.value, right.value))
}

/** `meta random & 0x7fffffff`: as many equally likely numbers as the mask has values. */
function maskedChance(left: Extract<Loaded, {kind: 'chance'}>, operator: string, mask: number | bigint): Loaded {
  const modulus = Number(mask) + 1
  const contiguous =
    operator === '&' && Number.isInteger(Math.log2(modulus)) && modulus <= left.modulus && left.offset === 0
  return contiguous ? {...left, modulus} : undecidable(`${left.about} ${operator} ${mask}`)
}

/** Numbers stay 32 bits, addresses bigint. */
function operate(
  operator: '&' | '|' | '^' | '<<' | '>>',
  left: number | bigint,
  right: number | bigint,
): number | bigint {
  const [a, b] = [BigInt(left), BigInt(right)]
  const result =
    operator === '&' ? a & b : operator === '|' ? a | b : operator === '^' ? a ^ b : operator === '<<' ? a << b : a >> b
  return typeof left === 'bigint' ? result : Number(result & 0xffffffffn)
}
