import type {Ruleset} from '../netfilter/ruleset.js'

/** The rule sets without one rule. The others keep their names: a rule's number is part of it, not its place in a list. */
export const disableRule = (rulesets: readonly Ruleset[], name: string): Ruleset[] =>
  rulesets.map((ruleset) => ({
    ...ruleset,
    tables: ruleset.tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain) => ({...chain, rules: chain.rules.filter((rule) => rule.name !== name)})),
    })),
  }))

export const hasRule = (rulesets: readonly Ruleset[], name: string): boolean =>
  rulesets.some(({tables}) =>
    tables.some(({chains}) => chains.some(({rules}) => rules.some((rule) => rule.name === name))),
  )
