import {purposeOf, type RulePurpose} from './purpose.js'
import type {BaseChain, Chain, Counters, Rule, Ruleset, Table} from './ruleset.js'

/** A rule with what it is for. */
export interface RuleOverview extends RulePurpose {
  rule: Rule
}

/** A chain with its rules. */
export interface ChainOverview {
  ruleset: Ruleset
  table: Table
  chain: string
  base: BaseChain | null
  counters: Counters | null
  rules: RuleOverview[]
}

/** Every chain of the rule sets, in the order of the listings, each rule with its purpose and writer. */
export function overviewOf(rulesets: readonly Ruleset[]): ChainOverview[] {
  return rulesets.flatMap((ruleset) =>
    ruleset.tables.flatMap((table) => table.chains.map((chain) => chainOverview(ruleset, table, chain))),
  )
}

const chainOverview = (ruleset: Ruleset, table: Table, chain: Chain): ChainOverview => ({
  ruleset,
  table,
  chain: chain.name,
  base: chain.base,
  counters: chain.counters,
  rules: chain.rules.map((rule) => ({rule, ...purposeOf(table, chain, rule)})),
})
