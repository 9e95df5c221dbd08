import {DataError, jsonFault} from '../../../errors.js'
import type {NamedSet} from '../../expression.js'
import type {Hook} from '../../packet.js'
import type {BaseChain, Chain, Counters, Family, Rule, Ruleset, Table} from '../../ruleset.js'
import type {Statement} from '../../statement.js'
import {builtInHook, iptablesTables} from '../iptables-table.js'
import {datatypeByName} from './datatype.js'
import {isObject, type Json, list, numeric, onlyMember, text} from './field.js'
import {formatStatements} from './format.js'
import {readElements, readMapElements} from './read-expression.js'
import {readAction, readStatement} from './read-statement.js'

/** Reads `nft -j list ruleset`. Throws a DataError for JSON that is something else, or broken. */
export function parseNftJson(json: string, origin: string): Ruleset {
  let document: unknown
  try {
    document = JSON.parse(json)
  } catch (error) {
    throw new DataError(`is not JSON: ${jsonFault(error)}`, origin, null, {
      cause: error,
    })
  }
  if (!isObject(document) || !Array.isArray(document['nftables'])) {
    throw new DataError(
      `is ${otherJson(document)}, but not what nft -j list ruleset prints`,
      origin,
      'Give the output of nft -j list ruleset, or of iptables-save -c',
    )
  }
  return buildNftRuleset(document['nftables'], origin, 'nft json')
}

/** What other JSON it is, where a member tells: people mix up the files of one capture. */
function otherJson(document: unknown): string {
  if (isObject(document) && 'configs' in document) return "Envoy's config dump"
  if (isObject(document) && 'cluster_statuses' in document) return "the answer of Envoy's /clusters"
  return 'JSON'
}

/** Builds the rule set from libnftables' list of objects. */
export function buildNftRuleset(objects: readonly unknown[], origin: string, format: Ruleset['format']): Ruleset {
  const tables: Table[] = []
  const warnings: string[] = []
  const tableOf = (object: Json): Table => {
    const [family, name] = [text(object['family']) ?? 'ip', text(object['table']) ?? '']
    return tables.find((table) => table.family === family && table.name === name) ?? addTable(tables, {family, name})
  }
  for (const object of objects) {
    const [kind, inner] = onlyMember(object) ?? ['', null]
    if (!isObject(inner)) continue
    if (kind === 'table') addTable(tables, inner)
    else if (kind === 'chain') addChain(tableOf(inner), inner)
    else if (kind === 'set' || kind === 'map') addSet(tableOf(inner), inner, warnings)
    else if (kind === 'element') addElements(tableOf(inner), inner)
  }
  for (const table of tables) table.native = !madeByIptables(table)
  for (const object of objects) {
    const [kind, inner] = onlyMember(object) ?? ['', null]
    if (kind === 'rule' && isObject(inner)) addRule(tableOf(inner), inner, origin)
  }
  return {origin, format, backend: 'nf_tables', tables, warnings}
}

const families: ReadonlySet<string> = new Set<Family>(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'])
const isFamily = (name: unknown): name is Family => typeof name === 'string' && families.has(name)

function addTable(tables: Table[], object: Json): Table {
  const {family, name} = object
  const table: Table = {
    family: isFamily(family) ? family : 'ip',
    name: text(name) ?? '',
    native: true,
    chains: [],
    sets: [],
  }
  // A dormant table keeps its rules, but nothing hangs on a hook.
  if (!list(object['flags']).includes('dormant')) tables.push(table)
  return table
}

const hooks: Readonly<Record<string, Hook>> = {
  prerouting: 'prerouting',
  input: 'input',
  forward: 'forward',
  output: 'output',
  postrouting: 'postrouting',
}

function addChain(table: Table, object: Json): void {
  table.chains.push({name: text(object['name']) ?? '', base: readBase(object), counters: null, rules: []})
}

function readBase(object: Json): BaseChain | null {
  const hook = text(object['hook'])
  if (hook === null) return null
  const type = object['type'] === 'nat' ? 'nat' : object['type'] === 'route' ? 'route' : 'filter'
  return {
    type,
    hook: hooks[hook] ?? null,
    priority: numeric(object['prio']) ?? 0,
    policy: object['policy'] === 'drop' ? 'drop' : 'accept',
  }
}

/** iptables-nft's tables have iptables' names, and base chains named as iptables names them. */
function madeByIptables({family, name, chains}: Table): boolean {
  const base = chains.filter((chain) => chain.base !== null)
  return (
    /^ip6?$/.test(family) &&
    iptablesTables.includes(name) &&
    base.length > 0 &&
    base.every((chain) => builtInHook(chain.name) !== null)
  )
}

function addSet(table: Table, object: Json, warnings: string[]): void {
  const name = text(object['name']) ?? ''
  const types = list(object['type']).map(String)
  const keyTypes = types.map(datatypeByName)
  const members = list(object['elem'])
  const verdicts = object['map'] === 'verdict'
  const elements =
    object['map'] === undefined
      ? readElements(members, keyTypes)
      : readMapElements(members, keyTypes, verdicts ? readAction : undefined)
  const dynamic = list(object['flags']).some((flag) => flag === 'dynamic' || flag === 'timeout')
  // A set that cannot be read is left out: rules that ask it are undecidable.
  if (elements === null) warnings.push(`set ${name} of table ${table.name} has elements that are not modelled`)
  else table.sets.push({name, types, elements, dynamic})
}

/** `nft list` puts elements into the set; other programs list them apart. */
function addElements(table: Table, object: Json): void {
  const set: NamedSet | undefined = table.sets.find(({name}) => name === object['name'])
  if (set) set.elements.push(...(readElements(list(object['elem']), set.types.map(datatypeByName)) ?? []))
}

function addRule(table: Table, object: Json, origin: string): void {
  const name = text(object['chain']) ?? ''
  const chain: Chain | undefined = table.chains.find((candidate) => candidate.name === name)
  if (chain === undefined)
    throw new DataError(`adds a rule to chain ${name} of table ${table.name}, which is not there`, origin)
  chain.rules.push(buildRule(table, chain, object))
}

function buildRule(table: Table, chain: Chain, object: Json): Rule {
  const number = chain.rules.length + 1
  const expressions = list(object['expr'])
  const prefix = table.native ? `${table.family} ` : ''
  const line = numeric(object['line'])
  return {
    name: `${prefix}${table.name}:${chain.name}:rule:${number}`,
    table: table.name,
    chain: chain.name,
    number,
    counters: readCounter(expressions),
    statements: table.native
      ? withDependencies(table, expressions.map(readStatement))
      : iptablesStatements(expressions, object),
    text: text(object['text']) ?? formatStatements(expressions),
    line,
    comment: text(object['comment']),
    options: null,
  }
}

function readCounter(expressions: readonly unknown[]): Counters | null {
  for (const expression of expressions) {
    const [name, inner] = onlyMember(expression) ?? ['', null]
    if (name === 'counter' && isObject(inner))
      return {packets: numeric(inner['packets']) ?? 0, bytes: numeric(inner['bytes']) ?? 0}
  }
  return null
}

/**
 * nft's words for a rule that iptables made: some are not to be trusted. A target may be printed as nothing, and a negated list of ports
 * (`multiport ! --ports`) as one that is not negated.
 */
function iptablesStatements(expressions: readonly unknown[], object: Json): Statement[] {
  const statements = expressions.map(readStatement).map((statement): Statement => {
    const bothPorts = statement.kind === 'compare' && statement.left.kind === 'concat'
    return bothPorts
      ? {kind: 'unmodelled', text: 'ports of either side, of which nft does not print the negation'}
      : statement
  })
  const ends = statements.at(-1)?.kind === 'counter' && object['silent'] === true
  return ends ? [...statements, {kind: 'unmodelled-action', text: 'a target that nft does not print'}] : statements
}

/** `reject with icmp` in an inet table is for IPv4 alone, `with tcp reset` for TCP: nft asks it at the beginning of the rule, and does not print it. */
function withDependencies({family}: Table, statements: Statement[]): Statement[] {
  const reject = statements.find((statement) => statement.kind === 'reject')?.with?.split(' ')[0]
  if (reject === 'tcp') return [{kind: 'protocol', negated: false, protocol: 6}, ...statements]
  const version = family !== 'inet' ? null : reject === 'icmp' ? 2 : reject === 'icmpv6' ? 10 : null
  if (version === null) return statements
  const elements = [{key: [{low: version, high: version}], data: null}]
  const right = {kind: 'values', elements, set: false, text: version === 2 ? 'ipv4' : 'ipv6'} as const
  return [{kind: 'compare', left: {kind: 'meta', key: 'nfproto'}, operator: '==', right}, ...statements]
}
