import type {RuleOptions} from '../options.js'
import type {Chain, Counters, Rule, Table} from '../ruleset.js'
import type {Statement} from '../statement.js'
import {compileRule} from './compile-rule.js'
import type {Fail} from './fail.js'

/** A rule as it was read, before all chains of its table are known. */
export interface PendingRule {
  table: Table
  chain: Chain
  fail: Fail
  counters: Counters | null
  text: string
  line: number
  /** Its options, read when they are asked for. */
  options: () => RuleOptions
}

/** Rule sets beyond this many rules are compiled rule by rule as packets meet them: kube-proxy writes tens of thousands. */
const compiledAtOnce = 4000

/** Adds the rules to their chains, in order: only now is known which targets are chains. Throws a DataError for a rule that is none. */
export function addRules(pending: readonly PendingRule[]): void {
  const names = new Map<Table, ReadonlySet<string>>()
  for (const rule of pending) {
    const chains = names.get(rule.table) ?? new Set(rule.table.chains.map(({name}) => name))
    names.set(rule.table, chains)
    rule.chain.rules.push(buildRule(rule, chains))
  }
  if (pending.length > compiledAtOnce) return
  for (const table of names.keys()) {
    for (const chain of table.chains) for (const rule of chain.rules) void rule.statements
  }
}

/** What a rule's words come to. */
interface Compiled {
  options: RuleOptions
  statements: Statement[]
}

function buildRule(
  {table, chain, fail, counters, text, line, options}: PendingRule,
  chains: ReadonlySet<string>,
): Rule {
  const number = chain.rules.length + 1
  let known: Compiled | null = null
  const compiled = (): Compiled => {
    if (known === null) {
      const read = options()
      known = {options: read, statements: compileRule(read, (name) => chains.has(name), fail)}
    }
    return known
  }
  return {
    name: `${table.name}:${chain.name}:rule:${number}`,
    table: table.name,
    chain: chain.name,
    number,
    counters,
    get statements() {
      return compiled().statements
    },
    text,
    line,
    get comment() {
      const comment = compiled().statements.find((statement) => statement.kind === 'comment')
      return comment?.kind === 'comment' ? comment.text : null
    },
    get options() {
      return compiled().options
    },
  }
}
