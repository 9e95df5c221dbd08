import {addressBits, formatIpAddress} from '../address/ip-address.js'
import {formatNetwork} from '../address/network.js'
import type {Expression, SetElement} from './expression.js'
import {protocolName} from './protocols.js'
import type {Rule} from './ruleset.js'
import type {Action, Match, NumberRange} from './statement.js'

/** An address that a rule asks for, as text: several joined with a comma. */
interface AddressFact {
  negated: boolean
  text: string
}

/** What a rule asks and does, told alike for iptables and nftables: for purposes and overviews, not for verdicts. */
export interface RuleFacts {
  protocol: string | null
  src: AddressFact | null
  dst: AddressFact | null
  /** Interfaces that are asked for without `!`. */
  in: string | null
  out: string | null
  sports: string | null
  dports: string | null
  owner: {id: 'uid' | 'gid'; negated: boolean; low: number; high: number; text: string} | null
  mark: {negated: boolean; value: number} | null
  connmark: {negated: boolean; value: number} | null
  states: string[]
  probability: number | null
  comment: string | null
  /** `jump`, `goto`, `return`, `accept`, `drop`, `redirect`, `dnat`, `set-mark`, `save-mark`, `zone`, ...; null: none. */
  action: string | null
  /** The chain that the rule leads to. */
  chain: string | null
  toPort: number | null
  setMark: number | null
  zone: number | null
}

/** The facts of a rule. */
export function ruleFacts(rule: Rule): RuleFacts {
  const facts: RuleFacts = {
    protocol: null,
    src: null,
    dst: null,
    in: null,
    out: null,
    sports: null,
    dports: null,
    owner: null,
    mark: null,
    connmark: null,
    states: [],
    probability: null,
    comment: rule.comment,
    action: null,
    chain: null,
    toPort: null,
    setMark: null,
    zone: null,
  }
  for (const statement of rule.statements) {
    if (statement.kind === 'compare') noteComparison(facts, statement)
    else noteStatement(facts, statement)
  }
  return facts
}

const range = ({low, high}: NumberRange): string => (low === high ? String(low) : `${low}:${high}`)

function noteStatement(facts: RuleFacts, statement: Exclude<Match, {kind: 'compare'}> | Action): void {
  switch (statement.kind) {
    case 'protocol':
      if (!statement.negated) facts.protocol = protocolName(statement.protocol)
      break
    case 'address':
      facts[statement.side] = {negated: statement.negated, text: formatNetwork(statement.network)}
      break
    case 'interface':
      if (!statement.negated) facts[statement.side] = statement.name + (statement.prefix ? '+' : '')
      break
    case 'ports':
      if (!statement.negated && statement.side !== 'port')
        facts[statement.side === 'sport' ? 'sports' : 'dports'] = statement.ranges.map(range).join(',')
      break
    case 'owner': {
      const [id, ids] = statement.uid ? (['uid', statement.uid] as const) : (['gid', statement.gid] as const)
      if (ids) facts.owner = {id, negated: ids.negated, ...ids.of, text: range(ids.of)}
      break
    }
    case 'mark':
      facts[statement.of === 'packet' ? 'mark' : 'connmark'] = {negated: statement.negated, value: statement.value}
      break
    case 'conntrack':
      if (statement.state && !statement.state.negated) facts.states = statement.state.of
      break
    case 'chance':
      facts.probability = statement.probability
      break
    default:
      noteAction(facts, statement)
  }
}

function noteAction(facts: RuleFacts, statement: Exclude<Match, {kind: 'compare'}> | Action): void {
  switch (statement.kind) {
    case 'verdict':
      facts.action = statement.verdict
      break
    case 'jump':
    case 'goto':
      facts.action = statement.kind
      facts.chain = statement.chain
      break
    case 'reject':
    case 'masquerade':
    case 'notrack':
    case 'netmap':
      facts.action = statement.kind
      break
    case 'redirect':
      facts.action = 'redirect'
      facts.toPort = statement.range.ports?.low ?? null
      break
    case 'nat':
      facts.action = statement.side === 'dst' ? 'dnat' : 'snat'
      facts.toPort = statement.range.ports?.low ?? null
      break
    case 'tproxy':
      facts.action = 'tproxy'
      facts.toPort = statement.port
      facts.setMark = statement.mark
      break
    case 'set-mark':
      facts.action = 'set-mark'
      facts.setMark = statement.value
      break
    case 'copy-mark':
      facts.action = `${statement.direction}-mark`
      break
    case 'ct-template':
      facts.action = 'zone'
      facts.zone = statement.zone
      break
    case 'mangle':
      noteMangle(facts, statement)
      break
    default:
  }
}

function noteMangle(facts: RuleFacts, {key, value}: Extract<Action, {kind: 'mangle'}>): void {
  const constant = value.kind === 'constant' && typeof value.value === 'number' ? value.value : null
  if (key.kind === 'ct' && key.key === 'zone') {
    facts.action = 'zone'
    facts.zone = constant
  } else if (key.kind === 'meta' && key.key === 'mark') {
    facts.action = value.kind === 'ct' ? 'restore-mark' : 'set-mark'
    facts.setMark = constant
  } else if (key.kind === 'ct' && key.key === 'mark')
    facts.action = value.kind === 'meta' ? 'save-mark' : 'set-connmark'
}

/** A comparison of nftables in the same words, as far as it has them. */
function noteComparison(facts: RuleFacts, {left, operator, right}: Extract<Match, {kind: 'compare'}>): void {
  const elements = right.kind === 'values' ? right.elements : []
  const negated = operator === '!='
  const name =
    left.kind === 'meta'
      ? left.key
      : left.kind === 'payload'
        ? `${left.protocol} ${left.field}`
        : left.kind === 'ct'
          ? `ct ${left.key}`
          : ''
  const text = elements.map((element) => elementText(element, left)).join(',')
  const low = elements[0]?.key[0]?.low
  const high = elements[0]?.key[0]?.high
  const number = typeof low === 'number' ? low : null
  if (/^ip6? [sd]addr$/.test(name)) facts[name.endsWith('saddr') ? 'src' : 'dst'] = {negated, text}
  else if (/ dport$/.test(name) && !negated) facts.dports = text
  else if (/ sport$/.test(name) && !negated) facts.sports = text
  else if (name === 'l4proto' && number !== null && !negated) facts.protocol = protocolName(number)
  else if ((name === 'iifname' || name === 'oifname') && !negated) facts[name === 'iifname' ? 'in' : 'out'] = text
  else if ((name === 'skuid' || name === 'skgid') && number !== null) {
    facts.owner = {
      id: name === 'skuid' ? 'uid' : 'gid',
      negated,
      low: number,
      high: typeof high === 'number' ? high : number,
      text,
    }
  } else if (name === 'mark' && number !== null) facts.mark = {negated, value: number}
  else if (name === 'ct mark' && number !== null) facts.connmark = {negated, value: number}
  else if (name === 'ct state' && right.kind === 'values')
    facts.states = right.text
      .toUpperCase()
      .split(/[^A-Z]+/)
      .filter(Boolean)
  if (/^(tcp|udp) /.test(name)) facts.protocol = name.split(' ')[0] ?? null
}

function elementText({key}: SetElement, left: Expression): string {
  const [interval] = key
  if (interval === undefined) return ''
  const {low, high} = interval
  if (typeof low === 'bigint' && typeof high === 'bigint' && left.kind === 'payload')
    return addressesText(low, high, left.protocol === 'ip' ? 4 : 6)
  return low === high ? String(low) : `${String(low)}:${String(high)}`
}

/** Addresses from one to another: as a prefix where they are one. */
function addressesText(low: bigint, high: bigint, version: 4 | 6): string {
  const size = high - low + 1n
  const length = addressBits[version] - (size.toString(2).length - 1)
  const address = (value: bigint): string => formatIpAddress({version, value})
  if (size === 1n) return address(low)
  const prefix = (size & (size - 1n)) === 0n && low % size === 0n
  return prefix ? `${address(low)}/${length}` : `${address(low)}-${address(high)}`
}
