import type {Ruleset} from '../../ruleset.js'
import {failAt} from '../fail.js'
import {buildNftRuleset} from './json.js'
import {readBraces, readTextConstant} from './text-expression.js'
import {readTextRule} from './text-rule.js'
import {TokenReader, tokenize} from './tokens.js'

interface Place {
  family: string
  table: string
}

/** Reads `nft list ruleset`. Throws a DataError with the line that is none of it. */
export function parseNftText(text: string, origin: string): Ruleset {
  const lines = text.split('\n')
  const tokens = new TokenReader(tokenize(text), (what, line) => failAt(origin, line)(what))
  const objects: unknown[] = []
  for (tokens.skipLines(); !tokens.ended; tokens.skipLines()) {
    if (tokens.take('flush')) tokens.rest()
    else readTable(tokens, objects, lines)
  }
  return buildNftRuleset(objects, origin, 'nft text')
}

function readTable(tokens: TokenReader, objects: unknown[], lines: readonly string[]): void {
  tokens.take('add')
  tokens.expect('table')
  const family = /^(ip|ip6|inet|arp|bridge|netdev)$/.test(tokens.peek()) ? tokens.next() : 'ip'
  const place: Place = {family, table: tokens.next()}
  const flags: string[] = []
  objects.push({table: {family, name: place.table, flags}})
  if (!tokens.take('{')) return
  while (tokens.inBlock()) readMember(tokens, place, objects, flags, lines)
}

function readMember(
  tokens: TokenReader,
  place: Place,
  objects: unknown[],
  flags: string[],
  lines: readonly string[],
): void {
  const word = tokens.next()
  if (word === 'chain') readChain(tokens, place, objects, lines)
  else if (word === 'set' || word === 'map') readSet(tokens, place, objects, word)
  else if (word === 'flags') flags.push(...tokens.rest().split(/[\s,]+/))
  else if (/^(counter|quota|limit|ct|flowtable|secmark|synproxy|comment)$/.test(word)) skipObject(tokens)
  else tokens.refuse(`has "${word}" in a table`)
}

/** Objects that rules only refer to by name: `counter x { ... }`. */
function skipObject(tokens: TokenReader): void {
  tokens.rest()
}

const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
}

function readChain(tokens: TokenReader, place: Place, objects: unknown[], lines: readonly string[]): void {
  const name = tokens.next()
  const chain: Record<string, unknown> = {...place, name}
  objects.push({chain})
  tokens.expect('{')
  while (tokens.inBlock()) {
    if (tokens.peek() === 'type' && tokens.peek(2) === 'hook') readHook(tokens, chain)
    else if (tokens.take('policy')) chain['policy'] = tokens.next()
    else if (tokens.peek() === 'comment' && /^[\n;]$/.test(tokens.peek(2))) tokens.rest()
    else if (tokens.peek() === 'devices' || tokens.peek() === 'flags') tokens.rest()
    else {
      const {line} = tokens
      const raw = lines[line - 1] ?? ''
      // A target that nft cannot name leaves its blank: seen in tables that iptables made.
      const silent = / $/.test(raw)
      objects.push({rule: {...place, chain: name, line, text: raw.trim(), silent, ...readTextRule(tokens)}})
    }
  }
}

/** `type nat hook output priority dstnat + 10;` */
function readHook(tokens: TokenReader, chain: Record<string, unknown>): void {
  tokens.next()
  chain['type'] = tokens.next()
  tokens.expect('hook')
  chain['hook'] = tokens.next()
  if (tokens.take('device')) tokens.next()
  tokens.expect('priority')
  chain['prio'] = readPriority(tokens.rest().split(' '), tokens)
}

function readPriority([base = '', sign, offset]: readonly string[], tokens: TokenReader): number {
  const start = priorities[base] ?? Number(base)
  const shift = offset === undefined ? 0 : Number(offset) * (sign === '-' ? -1 : 1)
  return Number.isFinite(start + shift) ? start + shift : tokens.refuse(`has "${base}" as a priority`)
}

/** `set x { type ipv4_addr . inet_service; flags interval; elements = { ... } }` */
function readSet(tokens: TokenReader, place: Place, objects: unknown[], kind: 'set' | 'map'): void {
  const set: Record<string, unknown> = {...place, name: tokens.next(), elem: []}
  objects.push({[kind]: set})
  tokens.expect('{')
  while (tokens.inBlock()) {
    const word = tokens.next()
    if (word === 'type' || word === 'typeof') readSetType(tokens.rest(), word, set)
    else if (word === 'flags') set['flags'] = tokens.rest().split(/[\s,]+/)
    else if (word === 'elements') {
      tokens.expect('=')
      set['elem'] = readBraces(tokens, kind === 'map' ? readMapData(set) : null)
    } else tokens.rest()
  }
}

function readSetType(text: string, word: 'type' | 'typeof', set: Record<string, unknown>): void {
  const [keys = '', data] = text.split(' : ')
  set['type'] = keys
    .split(' . ')
    .map((key) => (word === 'type' ? key : (typeOfWords[key.replace(/^.*?(\S+ \S+)$/, '$1')] ?? 'unknown')))
  if (data !== undefined) set['map'] = data.trim() === 'verdict' ? 'verdict' : data
}

/** What `typeof` names instead of a type. */
const typeOfWords: Readonly<Record<string, string>> = {
  'ip saddr': 'ipv4_addr',
  'ip daddr': 'ipv4_addr',
  'ip6 saddr': 'ipv6_addr',
  'ip6 daddr': 'ipv6_addr',
  'tcp dport': 'inet_service',
  'tcp sport': 'inet_service',
  'udp dport': 'inet_service',
  'udp sport': 'inet_service',
  'th dport': 'inet_service',
  'th sport': 'inet_service',
  'meta l4proto': 'inet_proto',
  'meta mark': 'mark',
  'meta iifname': 'ifname',
  'meta oifname': 'ifname',
  iifname: 'ifname',
  oifname: 'ifname',
}

const readMapData =
  (set: Record<string, unknown>) =>
  (tokens: TokenReader): unknown => {
    if (set['map'] !== 'verdict') return readTextConstant(tokens)
    const word = tokens.next()
    return word === 'jump' || word === 'goto' ? {[word]: {target: tokens.next()}} : {[word]: null}
  }
