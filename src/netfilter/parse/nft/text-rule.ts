import {beginsExpression, readBraces, readScalar, readTextConstant, readTextExpression} from './text-expression.js'
import type {TokenReader} from './tokens.js'

/** What stands in a rule, as objects of libnftables' JSON. */
export interface TextRule {
  expr: unknown[]
  comment?: string
}

/** Reads the statements of one rule, up to the end of its line. What is not modelled is kept, to the end of the rule. */
export function readTextRule(tokens: TokenReader): TextRule {
  const rule: TextRule = {expr: []}
  while (!tokens.atEnd) {
    if (tokens.take('comment')) rule.comment = tokens.next()
    else rule.expr.push(readStatement(tokens))
  }
  return rule
}

function readStatement(tokens: TokenReader): unknown {
  const word = tokens.peek()
  const read = Object.hasOwn(statements, word) ? statements[word] : undefined
  if (read) {
    tokens.next()
    return read(tokens)
  }
  if (beginsExpression(word)) return readComparison(tokens)
  return {unmodelled: tokens.rest()}
}

const comparisons: Readonly<Record<string, string>> = {
  '==': '==',
  eq: '==',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  '>=': '>=',
  ge: '>=',
  '!': '!',
}

/** `tcp dport 80`, `ct state != new`, `meta mark set 1`, `meta l4proto vmap {...}`. */
function readComparison(tokens: TokenReader): unknown {
  const bareOwner = /^sk[ug]id$/.test(tokens.peek()) ? tokens.peek() : null
  const left = readTextExpression(tokens)
  if (left === null) return {unmodelled: tokens.rest()}
  if (tokens.take('set')) return {mangle: {key: left, value: readTextExpression(tokens)}}
  if (tokens.take('vmap'))
    return {vmap: {key: left, data: tokens.peek() === '{' ? {set: readBraces(tokens, readVerdict)} : tokens.next()}}
  const written = comparisons[tokens.peek()]
  if (written !== undefined) tokens.next()
  const right = tokens.peek() === '{' ? {set: readBraces(tokens, null)} : readTextConstant(tokens)
  if (bareOwner !== null) return ownerOf(bareOwner, written === '!=', right)
  if (tokens.take('/')) return flagsUnderMask(left, written ?? '==', right, tokens)
  return {match: {op: written ?? '==', left, right, ...(written === undefined ? {implicit: true} : {})}}
}

/** `tcp flags syn / fin,syn,rst,ack` */
const flagsUnderMask = (left: unknown, op: string, right: unknown, tokens: TokenReader): unknown => ({
  match: {
    op,
    left: {'&': [left, readScalar(tokens.next(), tokens)]},
    right: Array.isArray(right) ? {'|': right} : right,
  },
})

/** nft prints xt_owner without `meta`. */
function ownerOf(key: string, negated: boolean, right: unknown): unknown {
  const ends =
    typeof right === 'object' && right !== null && 'range' in right && Array.isArray(right.range)
      ? right.range
      : [right, right]
  return {owner: {key, negated, low: ends[0], high: ends[1]}}
}

function readVerdict(tokens: TokenReader): unknown {
  const word = tokens.next()
  return word === 'jump' || word === 'goto' ? {[word]: {target: tokens.next()}} : {[word]: null}
}

type ReadStatement = (tokens: TokenReader) => unknown

const verdict =
  (name: string): ReadStatement =>
  () => ({[name]: null})

const chainVerdict =
  (name: string): ReadStatement =>
  (tokens) => ({[name]: {target: tokens.next()}})

function readCounter(tokens: TokenReader): unknown {
  if (tokens.take('name')) return {counter: tokens.next()}
  if (!tokens.take('packets')) return {counter: null}
  const packets = Number(tokens.next())
  tokens.expect('bytes')
  return {counter: {packets, bytes: Number(tokens.next())}}
}

/** `log prefix "x" group 3 level warn`: everything up to the next statement is the log's. */
function readLog(tokens: TokenReader): unknown {
  while (/^(prefix|group|level|snaplen|queue-threshold|flags)$/.test(tokens.peek())) {
    const option = tokens.next()
    const value = tokens.next()
    if (option === 'flags' && /^(tcp|ip)$/.test(value)) tokens.next()
  }
  return {log: null}
}

/** `limit rate [over] 5/minute [burst 5 packets]`, `limit rate 1 mbytes/second`, `limit name "x"`. */
function readLimit(tokens: TokenReader): unknown {
  if (tokens.take('name')) return {limit: tokens.next()}
  tokens.expect('rate')
  const inv = tokens.take('over')
  const amount = tokens.next()
  const unit = amount.includes('/') ? null : tokens.next()
  const [rate, per] = (unit === null ? amount : `${amount} ${unit}`).split('/')
  if (tokens.take('burst')) {
    tokens.next()
    if (/^(packets|k?m?bytes)$/.test(tokens.peek())) tokens.next()
  }
  return {limit: {rate, per, inv}}
}

const natFlags = /^(random|fully-random|persistent)$/

/** `redirect to :80`, `dnat ip to 10.0.0.1:80`, `snat to 10.0.0.1-10.0.0.9 persistent`, `dnat to ip daddr map { ... }`. */
const readNat =
  (name: string): ReadStatement =>
  (tokens) => {
    const made: Record<string, unknown> = {}
    if (/^ip6?$/.test(tokens.peek()) && tokens.peek(1) !== 'daddr' && tokens.peek(1) !== 'saddr')
      made['family'] = tokens.next()
    // `dnat ip addr . port to ...` says which parts the map gives.
    while (/^(addr|port|prefix|\.)$/.test(tokens.peek())) tokens.next()
    if (tokens.take('to')) Object.assign(made, readNatTarget(tokens))
    const flags: string[] = []
    while (natFlags.test(tokens.peek())) {
      flags.push(tokens.next())
      tokens.take(',')
    }
    return {[name]: {...made, ...(flags.length > 0 ? {flags} : {})}}
  }

function readNatTarget(tokens: TokenReader): Record<string, unknown> {
  const word = tokens.peek()
  if (beginsExpression(word)) return {addr: readMap(tokens)}
  tokens.next()
  const parts = /^(?:\[([^\]]+)\]|([0-9.-]*))?(?::(\d+)(?:-(\d+))?)?$/.exec(word)
  if (parts === null) return {addr: readScalar(word, tokens)}
  const [, six, four, low, high] = parts
  const address = six ?? four
  const port = low === undefined ? undefined : high === undefined ? Number(low) : {range: [Number(low), Number(high)]}
  return {...(address ? {addr: readScalar(address, tokens)} : {}), ...(port === undefined ? {} : {port})}
}

/** `numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }`, `ip daddr map @endpoints`. */
function readMap(tokens: TokenReader): unknown {
  const key = readTextExpression(tokens)
  if (!tokens.take('map')) return key
  return {map: {key, data: tokens.peek() === '{' ? {set: readBraces(tokens, readTextConstant)} : tokens.next()}}
}

function readTproxy(tokens: TokenReader): unknown {
  const family = /^ip6?$/.test(tokens.peek()) ? {family: tokens.next()} : {}
  tokens.expect('to')
  return {tproxy: {...family, ...readNatTarget(tokens)}}
}

function readReject(tokens: TokenReader): unknown {
  if (!tokens.take('with')) return {reject: null}
  const type = tokens.next()
  tokens.take('type')
  if (type === 'tcp') return {reject: {type: `tcp ${tokens.next()}`}}
  return {reject: {type, expr: tokens.next()}}
}

/** `add @set { ip saddr timeout 60s }`: changes a set, which later packets may see. */
function readSetUpdate(tokens: TokenReader): unknown {
  tokens.next()
  let depth = 0
  do {
    const word = tokens.next()
    if (word === '{') depth++
    if (word === '}') depth--
  } while (depth > 0)
  return {set: {}}
}

const statements: Readonly<Record<string, ReadStatement>> = {
  accept: verdict('accept'),
  drop: verdict('drop'),
  return: verdict('return'),
  continue: verdict('continue'),
  notrack: verdict('notrack'),
  jump: chainVerdict('jump'),
  goto: chainVerdict('goto'),
  counter: readCounter,
  log: readLog,
  limit: readLimit,
  redirect: readNat('redirect'),
  masquerade: readNat('masquerade'),
  dnat: readNat('dnat'),
  snat: readNat('snat'),
  tproxy: readTproxy,
  reject: readReject,
  add: readSetUpdate,
  update: readSetUpdate,
  delete: readSetUpdate,
  xt: (tokens) => {
    const [type, name] = [tokens.next(), tokens.next()]
    return {xt: {type, name}}
  },
}
