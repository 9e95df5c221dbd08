import type {RuleOptions} from '../options.js'
import type {Chain, Counters, Rule, Table} from '../ruleset.js'
import {compileRule} from './compile-rule.js'
import type {Fail} from './fail.js'

/** What a listing says of one rule. */
export interface ReadRule {
  options: RuleOptions
  counters: Counters | null
  text: string
  line: number
}

/** A rule as it was read, before all chains of its table are known. */
export interface PendingRule extends ReadRule {
  table: Table
  chain: Chain
  fail: Fail
}

/** Adds the rules to their chains, in order: only now is known which targets are chains. */
export function addRules(pending: readonly PendingRule[]): void {
  const names = new Map<Table, Set<string>>()
  for (const {table, chain, fail, ...read} of pending) {
    let chains = names.get(table)
    if (chains === undefined) {
      chains = new Set(table.chains.map(({name}) => name))
      names.set(table, chains)
    }
    chain.rules.push(buildRule(read, table.name, chain, (name) => chains?.has(name) ?? false, fail))
  }
}

function buildRule(read: ReadRule, table: string, chain: Chain, isChain: (name: string) => boolean, fail: Fail): Rule {
  const number = chain.rules.length + 1
  const statements = compileRule(read.options, isChain, fail)
  const comment = statements.flatMap((statement) => (statement.kind === 'comment' ? [statement.text] : []))
  return {
    name: `${table}:${chain.name}:rule:${number}`,
    table,
    chain: chain.name,
    number,
    counters: read.counters,
    statements,
    text: read.text,
    line: read.line,
    comment: comment[0] ?? null,
    options: read.options,
  }
}
