import {purposeOf} from '../purpose.js'
import type {Ruleset} from '../ruleset.js'
import {type FindingPlace, nowhere} from './finding.js'

/** Where a rule stands, by its name. */
export function placeOf(rulesets: readonly Ruleset[], name: string | null): FindingPlace {
  for (const {tables} of rulesets)
    for (const table of tables)
      for (const chain of table.chains) {
        const rule = name === null ? undefined : chain.rules.find((one) => one.name === name)
        if (rule === undefined) continue
        const {writer} = purposeOf(table, chain, rule)
        return {rule: rule.name, text: rule.text, family: table.family, table: table.name, chain: chain.name, writer}
      }
  return nowhere
}
