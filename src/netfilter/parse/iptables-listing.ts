import type {RuleOption, RuleOptions} from '../options.js'
import type {Counters, Family, Ruleset, Table} from '../ruleset.js'
import {type Fail, failAt} from './fail.js'
import {beginTable, finishTables, IptablesChain, type TableReading} from './iptables-chain.js'
import type {RuleLine} from './iptables-rule.js'
import {builtInHook, emptyTable, iptablesBase, readPolicy} from './iptables-table.js'
import {groupPieces, readPieces} from './listing-options.js'
import {formatRuleOptions} from './print-options.js'
import {isServiceName} from './services.js'

/** The columns of a listing: `-v` adds counters and interfaces, `--line-numbers` the number. */
interface Columns {
  number: boolean
  verbose: boolean
}

interface Reading extends TableReading {
  origin: string
  family: Family
  chain: IptablesChain | null
  columns: Columns | null
  rules: RuleLine[]
  warnings: Set<string>
  /** Lines of rules whose interfaces the listing does not show. */
  blind: boolean
}

/**
 * Reads `iptables -L [-v] [-n] [-x] [--line-numbers]`, whose text does not name its table. What the listing has lost becomes a warning, or a
 * condition that nobody can decide. Throws a DataError with the line that is none of it.
 */
export function parseIptablesListing(text: string, origin: string, table: string, family: Family): Ruleset {
  const reading: Reading = {
    ...beginTable(emptyTable(family, table), origin),
    origin,
    family,
    chain: null,
    columns: null,
    rules: [],
    warnings: new Set(),
    blind: false,
  }
  for (const [i, line] of text.split('\n').entries()) readLine(reading, line, i + 1)
  const tables = finishTables([reading], reading.rules.length)
  if (reading.blind) hideInterfaces(reading, tables)
  return {origin, format: 'iptables -L', backend: null, tables, warnings: [...reading.warnings]}
}

function hideInterfaces({warnings, origin}: Reading, tables: readonly Table[]): void {
  warnings.add(`${origin} was listed without -v: the interfaces that its rules ask for are missing`)
  for (const rule of tables.flatMap(({chains}) => chains.flatMap(({rules}) => rules)))
    rule.statements.unshift({kind: 'lost', what: 'the interfaces of the rule'})
}

function readLine(reading: Reading, line: string, number: number): void {
  if (line.trim() === '' || line.startsWith('#')) return
  const fail: Fail = failAt(reading.origin, number)
  const chain = /^Chain (\S+) \((?:policy (\S+)(?: (\d+\w?) packets, (\d+\w?) bytes)?|\d+ references)\)/.exec(line)
  if (chain) beginChain(reading, chain, fail)
  else if (/^(num\s+)?(pkts bytes )?\s*(pkts\s+bytes\s+)?target\s+prot opt /.test(line.trimStart())) {
    reading.columns = {number: /^num\b/.test(line), verbose: /\bpkts\b/.test(line)}
    reading.blind ||= !reading.columns.verbose
  } else if (reading.chain === null || reading.columns === null) fail('is no line of iptables -L')
  else readRule(reading, reading.chain, reading.columns, line, number, fail)
}

function beginChain(reading: Reading, [, name = '', policy, packets, bytes]: RegExpExecArray, fail: Fail): void {
  const {chains, context, rules} = reading
  if (chains.has(name)) fail(`lists chain ${name} again: give each table a file of its own`)
  const chain = new IptablesChain(name, null, context, (place) => rules[place] ?? fail('is no rule of iptables -L'))
  const hook = builtInHook(name)
  if (policy !== undefined) {
    const read = readPolicy(policy)
    if (hook === null || read === null) fail(`"${policy}" is no policy of chain ${name}`)
    chain.base = iptablesBase(reading.table.name, hook, read, false)
  }
  if (packets !== undefined && bytes !== undefined) chain.counters = counters(reading, packets, bytes)
  chains.set(name, chain)
  reading.chain = chain
  reading.columns = null
}

const units: Readonly<Record<string, number>> = {K: 1e3, M: 1e6, G: 1e9, T: 1e12}

/** Without -x big counters are rounded: `12M`. */
function counters(reading: Reading, packets: string, bytes: string): Counters {
  const read = (text: string): number => {
    const unit = units[text.slice(-1)]
    if (unit !== undefined) reading.warnings.add(`${reading.origin} was listed without -x: big counters are rounded`)
    return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit
  }
  return {packets: read(packets), bytes: read(bytes)}
}

function readRule(
  reading: Reading,
  chain: IptablesChain,
  columns: Columns,
  line: string,
  number: number,
  fail: Fail,
): void {
  const start = new RegExp(
    `^\\s*${columns.number ? '\\d+\\s+' : ''}${columns.verbose ? '(\\d+[KMGT]?)\\s+(\\d+[KMGT]?) ' : ''}`,
  ).exec(line)
  if (start === null) fail('is no rule of iptables -L')
  const counted = start[1] === undefined || start[2] === undefined ? null : counters(reading, start[1], start[2])
  const rest = line.slice(start[0].length)
  // A rule without target leaves the column empty.
  const target = rest.startsWith(' ') ? null : (rest.split(' ')[0] ?? null)
  const words = rest.slice(target?.length ?? 0)
  const row = readColumns(words, columns.verbose) ?? fail('is no rule of iptables -L')
  const options = readOptions(reading, row, target, fail)
  chain.add(reading.rules.length, number)
  reading.rules.push({options, counters: counted, text: formatRuleOptions(options), line: number})
}

interface Row {
  protocol: string
  in: string | null
  out: string | null
  source: string
  destination: string
  rest: string
}

/** `prot opt [in out] source destination`, then whatever the extensions print. ip6tables of old leaves `opt` empty. */
function readColumns(text: string, verbose: boolean): Row | null {
  const interfaces = verbose ? '(\\S+) +(\\S+) +' : '()()'
  const parts = new RegExp(`^ *(\\S+) +(?:(?:--|-f|!f) +)?${interfaces}(\\S+) +(\\S+)(.*)$`).exec(text)
  if (parts === null) return null
  const [, protocol = '', incoming, outgoing, source = '', destination = '', rest = ''] = parts
  return {
    protocol,
    in: verbose ? (incoming ?? null) : null,
    out: verbose ? (outgoing ?? null) : null,
    source,
    destination,
    rest,
  }
}

const option = (name: string, text: string): RuleOption => {
  const negated = text.startsWith('!')
  return {negated, name, values: [negated ? text.slice(1) : text]}
}

function readOptions(reading: Reading, row: Row, target: string | null, fail: Fail): RuleOptions {
  const generic: RuleOption[] = []
  const add = (name: string, text: string | null, any: RegExp): void => {
    if (text !== null && !any.test(text)) generic.push(option(name, text))
  }
  add('-s', address(reading, row.source, fail), /^(anywhere|0\.0\.0\.0\/0|::\/0)$/)
  add('-d', address(reading, row.destination, fail), /^(anywhere|0\.0\.0\.0\/0|::\/0)$/)
  add('-i', row.in, /^(any|\*)$/)
  add('-o', row.out, /^(any|\*)$/)
  add('-p', row.protocol, /^(all|0)$/)
  const goto = /^ *\[goto\] ?/.exec(row.rest)
  const extensions = row.rest.slice(goto?.[0].length ?? 0).trim()
  noteNames(reading, extensions)
  const pieces = readPieces(extensions)
  const {modules, target: arguments_} =
    pieces === null ? {modules: [{module: extensions, options: []}], target: []} : groupPieces(pieces)
  if (target === null) return {generic, modules, target: null}
  return {
    generic,
    modules,
    target: {how: goto ? 'goto' : 'jump', name: target, options: arguments_.map((argument) => named(argument, target))},
  }
}

/** Names that only the machine knows on which the listing was made. */
function address(reading: Reading, text: string, fail: Fail): string {
  const [, not = '', name = '', rest = ''] = /^(!?)([^/]*)(.*)$/.exec(text) ?? []
  if (name === 'anywhere') return text
  if (/^[\d.]+$/.test(name) || name.includes(':')) return text
  if (name !== 'localhost' && name !== 'ip6-localhost' && name !== 'ip6-loopback')
    return fail(`"${name}" is the name of an address: list with -n`)
  const six = reading.family === 'ip6' || name !== 'localhost'
  reading.warnings.add(`${reading.origin} was listed without -n: localhost is taken for ${six ? '::1' : '127.0.0.1'}`)
  return `${not}${six ? '::1' : '127.0.0.1'}${rest}`
}

/** Names of ports come from the machine's own list, which is taken to be the usual one. */
function noteNames(reading: Reading, extensions: string): void {
  const names = [...extensions.matchAll(/\b(?:spt|dpt)s?:!?(\S+)|multiport \w+ +!? ?(\S+)/g)].flatMap(
    ([, one = '', several = '']) => [one, ...several.split(',')],
  )
  if (names.some(isServiceName))
    reading.warnings.add(
      `${reading.origin} was listed without -n: names of ports are taken as /etc/services usually has them`,
    )
}

/** `to:` is printed by DNAT and SNAT alike, and by NETMAP. */
function named(argument: RuleOption, target: string): RuleOption {
  if (argument.name !== '--to') return argument
  return {...argument, name: target === 'SNAT' ? '--to-source' : target === 'DNAT' ? '--to-destination' : '--to'}
}
