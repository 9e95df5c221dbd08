import type {TokenReader} from './tokens.js'

/** An object as libnftables' JSON has it; the text reader makes the same, so that both forms are read by the same code. */
type Made = Record<string, unknown>

const metaKeys: ReadonlySet<string> = new Set(
  'mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace rtclassid ibriport ibridgename obridgename pkttype cpu iifgroup oifgroup cgroup'.split(
    ' ',
  ),
)
const headers: ReadonlySet<string> = new Set(
  'ip ip6 tcp udp th icmp icmpv6 sctp dccp udplite esp ah comp ether arp vlan igmp gre'.split(' '),
)
const operatorWords: Readonly<Record<string, string>> = {
  '&': '&',
  and: '&',
  '|': '|',
  or: '|',
  '^': '^',
  xor: '^',
  '<<': '<<',
  lshift: '<<',
  '>>': '>>',
  rshift: '>>',
}

/** Whether an expression can begin with the word. */
export const beginsExpression = (word: string): boolean =>
  word === 'meta' ||
  word === 'ct' ||
  word === 'fib' ||
  word === 'numgen' ||
  word === '(' ||
  /^(jhash|symhash|socket|rt|exthdr|osf|ipsec|hash)$/.test(word) ||
  headers.has(word) ||
  metaKeys.has(word)

/** The left side of a comparison, or a value: with operations and concatenation. null: not modelled. */
export function readTextExpression(tokens: TokenReader): unknown {
  const parts = [readOperations(tokens)]
  while (tokens.take('.')) parts.push(readOperations(tokens))
  if (parts.includes(null)) return null
  return parts.length === 1 ? parts[0] : {concat: parts}
}

function readOperations(tokens: TokenReader): unknown {
  let left = readPrimary(tokens)
  for (
    let operator = operatorWords[tokens.peek()];
    operator !== undefined && left !== null;
    operator = operatorWords[tokens.peek()]
  ) {
    tokens.next()
    left = {[operator]: [left, readOperand(tokens)]}
  }
  return left
}

/** The right side of an operation: a number, flags, or a mark. */
const readOperand = (tokens: TokenReader): unknown =>
  metaKeys.has(tokens.peek()) || tokens.peek() === 'meta' || tokens.peek() === 'ct'
    ? readPrimary(tokens)
    : readBits(tokens)

function readPrimary(tokens: TokenReader): unknown {
  if (tokens.take('(')) {
    const inner = readTextExpression(tokens)
    tokens.expect(')')
    return inner
  }
  const word = tokens.peek()
  if (word === 'meta') {
    tokens.next()
    return {meta: {key: tokens.next()}}
  }
  if (word === 'ct') return readConntrack(tokens)
  if (word === 'fib') return readFib(tokens)
  if (word === 'numgen') return readNumgen(tokens)
  if (headers.has(word)) return readPayload(tokens)
  if (metaKeys.has(word) && !tokens.quoted) {
    tokens.next()
    return {meta: {key: word}}
  }
  if (beginsExpression(word)) return null
  return readScalar(tokens.next(), tokens)
}

/** Constants: here `tcp` and `ip` are values and no headers. */
export function readTextConstant(tokens: TokenReader): unknown {
  const word = tokens.peek()
  if (!tokens.quoted && (word === 'meta' || word === 'ct' || (word === 'mark' && !/^[\n;,}]$/.test(tokens.peek(1)))))
    return readTextExpression(tokens)
  const parts = [readBits(tokens)]
  while (tokens.take('.')) parts.push(readBits(tokens))
  return parts.length === 1 ? parts[0] : {concat: parts}
}

/** `syn`, `(syn | ack)`, `fin | syn` */
function readBits(tokens: TokenReader): unknown {
  const open = tokens.take('(')
  const bits = [readScalar(tokens.next(), tokens)]
  while (tokens.take('|')) bits.push(readScalar(tokens.next(), tokens))
  if (open) tokens.expect(')')
  return bits.length === 1 ? bits[0] : {'|': bits}
}

/** `10.0.0.0/8`, `1-9`, `0x10`, a name, `a,b,c`. */
export function readScalar(word: string, tokens: TokenReader): unknown {
  if (word.startsWith('@')) return word
  if (word.includes(',') && !word.startsWith(','))
    return word
      .split(',')
      .filter((part) => part !== '')
      .map(oneScalar)
  if (tokens.peek() === '-' && tokens.peek(1) !== '') {
    tokens.next()
    return {range: [oneScalar(word), oneScalar(tokens.next())]}
  }
  return oneScalar(word)
}

function oneScalar(word: string): unknown {
  const prefix = /^([0-9a-fA-F.:]+)\/(\d+)$/.exec(word)
  if (prefix) return {prefix: {addr: prefix[1], len: Number(prefix[2])}}
  const range = /^([0-9a-fA-Fx.:]+)-([0-9a-fA-Fx.:]+)$/.exec(word)
  if (range) return {range: [number(range[1] ?? ''), number(range[2] ?? '')]}
  return number(word)
}

/** A number in decimal or hexadecimal as a number, anything else as it is. */
export const number = (word: string): number | string => (/^(0x[0-9a-fA-F]{1,8}|\d+)$/.test(word) ? Number(word) : word)

function readConntrack(tokens: TokenReader): unknown {
  tokens.next()
  const dir = tokens.peek() === 'original' || tokens.peek() === 'reply' ? tokens.next() : undefined
  const key = tokens.next()
  const full = key === 'ip' || key === 'ip6' ? `${key} ${tokens.next()}` : key
  return {ct: dir === undefined ? {key: full} : {key: full, dir}}
}

function readFib(tokens: TokenReader): unknown {
  tokens.next()
  const flags = [tokens.next()]
  while (tokens.take('.')) flags.push(tokens.next())
  return {fib: {result: tokens.next(), flags}}
}

function readNumgen(tokens: TokenReader): unknown {
  tokens.next()
  const mode = tokens.next()
  tokens.expect('mod')
  const made: Made = {mode, mod: number(tokens.next()), offset: 0}
  if (tokens.take('offset')) made['offset'] = number(tokens.next())
  return {numgen: made}
}

function readPayload(tokens: TokenReader): unknown {
  const protocol = tokens.next()
  const field = tokens.next()
  return {payload: {protocol, field}}
}

/** `{ 80, 443, 8080-9090 }`, `{ a . b, c . d }`, `{ 80 : jump x }` with what stands after the colon read by `readData`. */
export function readBraces(tokens: TokenReader, readData: ((tokens: TokenReader) => unknown) | null): unknown[] {
  tokens.expect('{')
  const members: unknown[] = []
  for (;;) {
    if (!tokens.inBlock()) return members
    members.push(readElement(tokens, readData))
    tokens.skipLines()
    if (!tokens.take(',') && tokens.peek() !== '}') tokens.refuse(`has "${tokens.peek()}" inside a set`)
  }
}

function readElement(tokens: TokenReader, readData: ((tokens: TokenReader) => unknown) | null): unknown {
  const key = readTextConstant(tokens)
  while (
    /^(timeout|expires|counter|packets|bytes|comment|limit|rate|burst|last|used|never)$/.test(tokens.peek()) &&
    !tokens.quoted
  ) {
    if (tokens.next() !== 'counter' && !/^[,}:]$/.test(tokens.peek())) tokens.next()
  }
  if (readData === null || !tokens.take(':')) return key
  return [key, readData(tokens)]
}
