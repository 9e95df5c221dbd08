import {purposeOf} from '../purpose.js'
import type {Ruleset} from '../ruleset.js'
import {type FindingPlace, nowhere} from './finding.js'

/** Where a rule stands, by its name and the family of the packets that it took. */
export function placeOf(rulesets: readonly Ruleset[], name: string | null, version: 4 | 6 = 4): FindingPlace {
  for (const {tables} of rulesets)
    for (const table of tables.filter(({family}) => family === 'inet' || family === (version === 4 ? 'ip' : 'ip6')))
      for (const chain of table.chains) {
        const rule = name === null ? undefined : chain.rules.find((one) => one.name === name)
        if (rule === undefined) continue
        const {writer} = purposeOf(table, chain, rule)
        return {rule: rule.name, text: rule.text, family: table.family, table: table.name, chain: chain.name, writer}
      }
  return nowhere
}
