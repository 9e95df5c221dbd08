import type {RulePurpose} from '../../netfilter/purpose.js'
import type {ChainOverview, RuleOverview} from '../../netfilter/rule-overview.js'
import type {Ruleset} from '../../netfilter/ruleset.js'
import {saySentence} from './purpose.js'

/** One rule as it is exported. */
export interface ShownRule extends RulePurpose {
  /** The kernel's name for it. */
  name: string
  number: number
  packets: number | null
  bytes: number | null
  rule: string
  /** What it is for, as a sentence; null where nothing is known of it. */
  sentence: string | null
}

/** A chain as it is exported. */
export interface ShownChain {
  family: string
  table: string
  chain: string
  /** Of a base chain: where it hangs, and what becomes of what no rule decides. */
  base: {hook: string | null; type: string; priority: number; policy: string} | null
  packets: number | null
  bytes: number | null
  rules: ShownRule[]
}

export interface RulesDocument {
  apiVersion: 'sidetrace/v1'
  kind: 'Rules'
  sources: {origin: string; format: string; backend: string | null; warnings: string[]}[]
  chains: ShownChain[]
}

const shownRule = ({rule, writer, purpose}: RuleOverview): ShownRule => ({
  name: rule.name,
  number: rule.number,
  packets: rule.counters?.packets ?? null,
  bytes: rule.counters?.bytes ?? null,
  rule: rule.text,
  writer,
  purpose,
  sentence: saySentence({writer, purpose}),
})

/** The document of `iptables show`. */
export const rulesDocument = (rulesets: readonly Ruleset[], chains: readonly ChainOverview[]): RulesDocument => ({
  apiVersion: 'sidetrace/v1',
  kind: 'Rules',
  sources: rulesets.map(({origin, format, backend, warnings}) => ({origin, format, backend, warnings})),
  chains: chains.map(({table, chain, base, counters, rules}) => ({
    family: table.family,
    table: table.name,
    chain,
    base,
    packets: counters?.packets ?? null,
    bytes: counters?.bytes ?? null,
    rules: rules.map(shownRule),
  })),
})
