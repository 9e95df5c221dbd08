import {formatIpAddress} from '../../address/ip-address.js'
import {formatNetwork} from '../../address/network.js'
import {type Check, check} from '../../decision/check.js'
import type {Expression, ValueSet} from '../expression.js'
import {protocolName} from '../protocols.js'
import type {ConntrackMatch, Match, Negatable, NumberRange} from '../statement.js'
import {formatTcpFlags} from '../tcp-flags.js'
import {type Loaded, load} from './expression-value.js'
import {isNatted, type PacketState, stateOf} from './packet-state.js'
import {addressType} from './route.js'
import {type Asking, formatRange, packetType} from './xt-match.js'

const hex = (value: number): string => `0x${value.toString(16)}`
const mark = (value: number, mask: number): string => (mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`)
const orAbsent = (value: string | number | null | undefined): string =>
  value === null || value === undefined || value === '' ? '(absent)' : String(value)
const not = (negated: boolean, text: string): string => (negated ? `!${text}` : text)
const range = (value: NumberRange): string => formatRange(value, ':')

/** What a condition compared: the field, what the rule wants, what the packet has. */
export function checkOf(match: Match, asking: Asking, holds: Check['holds']): Check {
  const [field, want, got] = describe(match, asking)
  return check(field, want, got, holds)
}

function describe(match: Match, asking: Asking): [string, string, string] {
  const {packet, surroundings} = asking
  switch (match.kind) {
    case 'protocol':
      return ['protocol', not(match.negated, protocolName(match.protocol)), protocolName(packet.protocol)]
    case 'address':
      return [match.side, not(match.negated, formatNetwork(match.network)), formatIpAddress(packet[match.side])]
    case 'iprange': {
      const end = (value: bigint): string => formatIpAddress({version: match.range.version, value})
      return [
        match.side,
        not(match.negated, `${end(match.range.low)}-${end(match.range.high)}`),
        formatIpAddress(packet[match.side]),
      ]
    }
    case 'interface':
      return [match.side, not(match.negated, match.name + (match.prefix ? '+' : '')), orAbsent(packet[match.side])]
    case 'ports':
      return [match.side, not(match.negated, match.ranges.map(range).join(',')), portsOf(packet, match.side)]
    case 'tcp-flags':
      return [
        'tcp flags',
        not(match.negated, `${formatTcpFlags(match.mask)} ${formatTcpFlags(match.set)}`),
        packet.flags === null ? '(absent)' : formatTcpFlags(packet.flags),
      ]
    case 'icmp-type':
      return [
        'icmp type',
        not(match.negated, icmpText(match)),
        packet.icmpType === null ? '(absent)' : `${packet.icmpType}/${packet.icmpCode ?? 0}`,
      ]
    case 'owner':
      return [
        'owner',
        ownerWords(match.uid, match.gid, match.socketExists),
        `uid ${orAbsent(packet.uid)}, gid ${orAbsent(packet.gid)}`,
      ]
    case 'conntrack':
      return ['conntrack', conntrackWords(match), conntrackOf(match, packet)]
    case 'mark':
      return match.of === 'packet'
        ? ['mark', not(match.negated, mark(match.value, match.mask)), hex(packet.mark)]
        : ['connmark', not(match.negated, mark(match.value, match.mask)), connmarkOf(packet)]
    case 'addrtype': {
      const dev = match.limit === null ? null : packet[match.limit]
      const type = (side: 'src' | 'dst'): string =>
        (match[side] ? [`${side} ${addressType(surroundings, packet[side], dev) ?? 'not known'}`] : []).join('')
      const want = [words('src', match.src), words('dst', match.dst), match.limit ? `limit-iface-${match.limit}` : '']
        .filter(Boolean)
        .join(' ')
      return ['address type', want, [type('src'), type('dst')].filter(Boolean).join(' ')]
    }
    case 'length':
      return ['length', not(match.negated, range(match.range)), orAbsent(packet.length)]
    case 'ttl':
      return ['ttl', `${match.operator} ${match.value}`, orAbsent(packet.ttl)]
    case 'pkttype':
      return ['packet type', not(match.negated, match.type), packetType(asking)]
    case 'set':
      return [
        'ipset',
        not(match.negated, `${match.name} ${match.sides.join(',')}`),
        `${formatIpAddress(packet.src)} > ${formatIpAddress(packet.dst)}`,
      ]
    case 'limit':
      return ['limit', match.rate, 'tokens left']
    case 'running':
      return [match.about, not(match.negated, match.words[0]), '(only the running kernel knows)']
    case 'chance':
      return ['chance', match.about, `p=${match.probability}`]
    case 'socket':
      return [
        'socket',
        ['exists', ...(match.transparent ? ['transparent'] : []), ...(match.nowildcard ? ['wildcard too'] : [])].join(
          ', ',
        ),
        `port ${orAbsent(packet.dport)}`,
      ]
    case 'comment':
      return ['comment', match.text, '']
    case 'compare':
      return [
        formatExpression(match.left),
        formatWant(match.operator, match.right),
        formatLoaded(load(match.left, asking), match.left),
      ]
    case 'unmodelled':
      return ['match', match.text, '(not modelled)']
    case 'lost':
      return [match.what, '(not shown by the listing)', '']
    default:
      return match satisfies never
  }
}

const portsOf = (packet: PacketState, side: 'sport' | 'dport' | 'port'): string =>
  side === 'port' ? `${orAbsent(packet.sport)} > ${orAbsent(packet.dport)}` : orAbsent(packet[side])

const icmpText = ({type, codes}: Extract<Match, {kind: 'icmp-type'}>): string =>
  type === null ? 'any' : codes.low === 0 && codes.high === 255 ? String(type) : `${type}/${formatRange(codes)}`

const words = (name: string, asked: Negatable<string[]> | undefined): string =>
  asked ? `${name} ${not(asked.negated, asked.of.join(','))}` : ''

const ownerWords = (uid?: Negatable<NumberRange>, gid?: Negatable<NumberRange>, exists?: Negatable<true>): string =>
  [
    uid && `uid ${not(uid.negated, formatRange(uid.of))}`,
    gid && `gid ${not(gid.negated, formatRange(gid.of))}`,
    exists && not(exists.negated, 'socket exists'),
  ]
    .filter(Boolean)
    .join(', ')

const conntrackMembers = [
  'origsrc',
  'origdst',
  'replsrc',
  'repldst',
  'origsrcport',
  'origdstport',
  'replsrcport',
  'repldstport',
] as const

function conntrackWords(match: ConntrackMatch): string {
  const asked = conntrackMembers.flatMap((name) => {
    const wanted = match[name]
    if (wanted === undefined) return []
    return [`${name} ${not(wanted.negated, 'mask' in wanted.of ? formatNetwork(wanted.of) : range(wanted.of))}`]
  })
  const {direction, protocol} = match
  return [
    words('state', match.state),
    words('status', match.status),
    direction ? `direction ${not(direction.negated, direction.of)}` : '',
    protocol ? `protocol ${not(protocol.negated, protocolName(protocol.of))}` : '',
    ...asked,
    ...match.unmodelled,
  ]
    .filter(Boolean)
    .join(', ')
}

function conntrackOf(match: ConntrackMatch, {tracking}: PacketState): string {
  const got = [stateOf(tracking)]
  if (tracking.kind === 'entry') {
    const {connection} = tracking
    if (isNatted(connection, 'dst')) got.push('DNAT')
    if (isNatted(connection, 'src')) got.push('SNAT')
    if (match.direction) got.push(orAbsent(connection.direction))
    if (match.status) got.push(...(connection.status ?? ['(status not known)']))
    for (const name of conntrackMembers) {
      const value = connection[name]
      if (match[name])
        got.push(`${name} ${typeof value === 'object' && value !== null ? formatIpAddress(value) : orAbsent(value)}`)
    }
  }
  return got.join(' ')
}

const connmarkOf = ({tracking}: PacketState): string =>
  tracking.kind !== 'entry'
    ? '(no connection)'
    : tracking.connection.mark === null
      ? '(not known)'
      : hex(tracking.connection.mark)

function formatWant(operator: string, set: ValueSet): string {
  const text = set.kind === 'named' ? `@${set.name}` : set.text
  return operator === '==' || operator === 'in'
    ? text
    : operator === '!=' || operator === '!'
      ? `!${text}`
      : `${operator} ${text}`
}

/** An expression in nftables' words. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'meta':
      return expression.key === 'l4proto' ? 'protocol' : expression.key
    case 'ct':
      return `ct ${expression.direction ? `${expression.direction} ` : ''}${expression.key}`
    case 'payload':
      return `${expression.protocol} ${expression.field}`
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`
    case 'numgen':
      return `numgen ${expression.mode} mod ${expression.modulus}`
    case 'binary':
      return `${formatExpression(expression.left)} ${expression.operator} ${formatExpression(expression.right)}`
    case 'concat':
      return expression.parts.map(formatExpression).join(' . ')
    case 'constant':
      return String(expression.value)
    case 'map':
      return `${formatExpression(expression.key)} map`
    case 'unmodelled':
      return expression.text
    default:
      return expression satisfies never
  }
}

/** A value as people read it: addresses spelled, marks in hexadecimal. */
export function formatLoaded(loaded: Loaded, of?: Expression): string {
  switch (loaded.kind) {
    case 'value':
      return formatValue(loaded.value, of)
    case 'concat':
      return loaded.values
        .map((value, i) => formatValue(value, of?.kind === 'concat' ? of.parts[i] : undefined))
        .join(' . ')
    case 'absent':
      return '(absent)'
    case 'chance':
      return loaded.about
    case 'unknown':
    case 'undecidable':
      return '(not known)'
    default:
      return loaded satisfies never
  }
}

function formatValue(value: number | bigint | string, of?: Expression): string {
  if (typeof value === 'bigint') return formatIpAddress({version: value > 0xffffffffn ? 6 : 4, value})
  if (typeof value === 'string') return orAbsent(value)
  if (of?.kind === 'meta' && of.key === 'l4proto') return protocolName(value)
  return (of?.kind === 'meta' || of?.kind === 'ct') && /mark|state|status/.test(of.key) ? hex(value) : String(value)
}
