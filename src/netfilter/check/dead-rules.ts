import {formatExpression} from '../evaluate/describe.js'
import {evaluatePacket, prepare} from '../evaluate/evaluate.js'
import {isModelled} from '../evaluate/expression-value.js'
import {type Purpose, purposeOf} from '../purpose.js'
import type {Chain, Rule, Ruleset, Table} from '../ruleset.js'
import type {Statement} from '../statement.js'
import {intersectAll} from './box.js'
import {type Death, stretchesOf, type Visits, type Walk, walkChain} from './chain-walk.js'
import {
  type CheckResult,
  type ExamplePacket,
  type Finding,
  findingCodes,
  type PlacedFinding,
  type Severity,
  type Undecided,
} from './finding.js'
import {headerSpace} from './header-space.js'
import {chainsOf} from './rule-effect.js'

/** Rules that may be visited in one table, each way to them counted. */
const mostVisits = 400_000

/** Rules that no packet can match, and chains that none comes to, decided over the whole header space of each table. */
export function deadRules(rulesets: readonly Ruleset[]): CheckResult {
  const found = rulesets.flatMap((ruleset) =>
    ruleset.tables.filter(({family}) => /^(ip|ip6|inet)$/.test(family)).map((table) => deadInTable(ruleset, table)),
  )
  return {findings: found.flatMap(({findings}) => findings), undecided: found.flatMap(({undecided}) => undecided)}
}

const versionsOf = ({family}: Table): (4 | 6)[] => (family === 'ip' ? [4] : family === 'ip6' ? [6] : [4, 6])

function walkTable(table: Table, version: 4 | 6, visits: Map<Rule, Visits>, entered: Set<Chain>): Walk {
  const space = headerSpace(table, version)
  const chains = new Map(table.chains.map((chain) => [chain.name, chain]))
  const walk: Walk = {table, space, visits, chains, conditions: new Map(), entered, budget: mostVisits}
  for (const chain of table.chains)
    if (chain.base !== null && chain.base.hook !== null)
      walkChain(walk, chain, space.arriving(chain.base), [], {hook: chain.base.hook, caller: null, depth: 0})
  return walk
}

function deadInTable(ruleset: Ruleset, table: Table): CheckResult {
  const visits = new Map<Rule, Visits>()
  const entered = new Set<Chain>()
  const walks = versionsOf(table).map((version) => walkTable(table, version, visits, entered))
  const alone = prepare([{...ruleset, tables: [table]}], {})
  const findings: PlacedFinding[] = []
  const undecided: Undecided[] = []
  const outside = beyondHooks(table)
  const complete = walks.every(({budget}) => budget > 0)
  for (const chain of table.chains) {
    if (outside.has(chain.name)) {
      if (chain.base !== null)
        undecided.push({place: chain.name, why: 'its hook is none that packets are followed through'})
      continue
    }
    if (!entered.has(chain) && chain.rules.length > 0) {
      if (complete) findings.push(...unreached(table, chain))
      else undecided.push({place: chain.name, why: 'the table has too many ways through its chains'})
    }
    for (const rule of chain.rules) {
      const seen = visits.get(rule)
      if (seen?.alive) undecided.push(...openMatches(rule))
      if (seen === undefined || seen.alive) continue
      if (seen.undecided !== null) undecided.push({place: rule.name, why: seen.undecided})
      else findings.push(...dead(table, chain, rule, findingOf(walks, rule, seen.deaths, alone)))
    }
  }
  return {findings, undecided}
}

/** Conditions that nobody can tell of: they may hold for no packet. */
const openMatches = ({name, statements}: Rule): Undecided[] =>
  statements.flatMap((statement) =>
    openWords(statement).map((words) => ({place: name, why: `whether it can match hangs on ${words}`})),
  )

function openWords(statement: Statement): string[] {
  if (statement.kind === 'unmodelled') return [statement.text]
  if (statement.kind === 'lost') return [statement.what]
  if (statement.kind !== 'compare') return []
  const {left, right} = statement
  if (!isModelled(left)) return [formatExpression(left)]
  return right.kind === 'unmodelled' ? [`${formatExpression(left)} ${right.text}`] : []
}

/** Chains that hang on hooks outside our paths, with those they lead to. */
function beyondHooks(table: Table): Set<string> {
  const beyond = new Set(table.chains.filter(({base}) => base !== null && base.hook === null).map(({name}) => name))
  for (const from of beyond)
    for (const {statements} of table.chains.find((chain) => chain.name === from)?.rules ?? [])
      for (const statement of statements) for (const name of chainsOf(statement, table)) beyond.add(name)
  return beyond
}

const namesOf = (rules: readonly Rule[]): string[] => [...new Set(rules.map(({name}) => name))]

function findingOf(walks: readonly Walk[], rule: Rule, deaths: readonly Death[], alone: Prepared): Finding {
  const shadowed = deaths.filter(({cause}) => cause === 'shadowed')
  if (shadowed.length > 0) {
    const by = namesOf(shadowed.flatMap((death) => death.by))
    return {kind: 'shadowed', by, example: shownExample(shadowed, rule, alone)}
  }
  const possible = walks.some(({space, table, conditions}) => {
    const [first] = conditions.get(rule) ?? stretchesOf(rule, space, table)
    return first !== undefined && intersectAll(space.everything, first.condition.maybe).length > 0
  })
  const [death] = deaths
  return possible && death !== undefined
    ? {kind: 'impossible-here', hook: death.hook, caller: death.caller?.name ?? null}
    : {kind: 'contradiction'}
}

type Prepared = ReturnType<typeof prepare>

/** The first example that the evaluator confirms: the rule that is named takes it, and the dead one does not match. */
function shownExample(deaths: readonly Death[], rule: Rule, alone: Prepared): ExamplePacket | null {
  for (const {examples, hook} of deaths)
    for (const {packet, takenBy} of examples) {
      const branches = evaluatePacket(alone, hook, packet, {explain: false})
      if (branches.every(({rules}) => rules.includes(takenBy.name) && !rules.includes(rule.name)))
        return {hook, packet, takenBy: takenBy.name}
    }
  return null
}

function dead(table: Table, chain: Chain, rule: Rule, finding: Finding): PlacedFinding[] {
  const {writer} = purposeOf(table, chain, rule)
  const place = {rule: rule.name, text: rule.text, family: table.family, table: table.name, chain: chain.name, writer}
  const severity = severityOf(table, chain, rule, finding)
  const counted = rule.counters?.packets ?? 0
  const counter: PlacedFinding[] =
    counted > 0
      ? [{code: findingCodes.counter, severity: 'warning', place, finding: {kind: 'counter', packets: counted}}]
      : []
  return [{code: findingCodes[finding.kind], severity, place, finding}, ...counter]
}

/**
 * Istio writes its rules by user and then by group, of which the first leave little over; and ports that are named twice are excluded twice.
 * Nothing is lost by either, and kube-proxy knows what it writes.
 */
function severityOf(table: Table, chain: Chain, rule: Rule, finding: Finding): Severity {
  if (finding.kind !== 'shadowed') return 'warning'
  const own = purposeOf(table, chain, rule)
  const others = table.chains.flatMap((other) =>
    other.rules.filter(({name}) => finding.by.includes(name)).map((one) => purposeOf(table, other, one)),
  )
  if (own.writer === 'user' || others.some(({writer}) => writer !== own.writer)) return 'warning'
  const repeats = others.every(({purpose}) => purpose.kind === own.purpose.kind)
  const byGroup = isByOwner(own.purpose, 'gid') && others.every(({purpose}) => byUser(purpose))
  return own.writer === 'kube-proxy' || repeats || byGroup ? 'info' : 'warning'
}

const isByOwner = (purpose: Purpose, id: 'uid' | 'gid'): boolean =>
  (purpose.kind === 'self-call' || purpose.kind === 'app-over-lo' || purpose.kind === 'proxy-own') && purpose.id === id

const byUser = (purpose: Purpose): boolean =>
  isByOwner(purpose, 'uid') || purpose.kind === 'redirect' || purpose.kind === 'passthrough'

/** A rule that does nothing but to go back: the chain that holds such rules alone would change nothing. */
const onlyReturns = ({statements}: Rule): boolean =>
  statements.some((statement) => statement.kind === 'verdict' && statement.verdict === 'return')

function unreached(table: Table, chain: Chain): PlacedFinding[] {
  const leads = ({statements}: Rule): boolean =>
    statements.some((statement) => chainsOf(statement, table).includes(chain.name))
  const callers = namesOf(table.chains.flatMap(({rules}) => rules.filter(leads)))
  const [first] = chain.rules
  const writer = first === undefined ? null : purposeOf(table, chain, first).writer
  const place = {rule: null, text: null, family: table.family, table: table.name, chain: chain.name, writer}
  const finding: Finding = {kind: 'unreached-chain', rules: chain.rules.length, callers}
  const severity: Severity = chain.rules.every(onlyReturns) ? 'info' : 'warning'
  const counted = chain.rules.flatMap((rule): PlacedFinding[] => {
    const packets = rule.counters?.packets ?? 0
    const at = {...place, rule: rule.name, text: rule.text}
    const counter: Finding = {kind: 'counter', packets}
    return packets > 0 ? [{code: findingCodes.counter, severity: 'warning', place: at, finding: counter}] : []
  })
  return [{code: findingCodes['unreached-chain'], severity, place, finding}, ...counted]
}
