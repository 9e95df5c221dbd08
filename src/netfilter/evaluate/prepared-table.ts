import type {Chain, Rule, Table} from '../ruleset.js'
import type {FindSet} from './compare.js'
import {planRule, type RulePart} from './rule.js'

/** A chain with the stretches of its rules, each made when a packet first comes to it. */
export interface PreparedChain {
  chain: Chain
  plans: (readonly RulePart[] | undefined)[]
}

/** A table with what packets ask of it again and again. */
export interface PreparedTable {
  table: Table
  findChain: (name: string) => PreparedChain | undefined
  findSet: FindSet
}

export function prepareTable(table: Table): PreparedTable {
  const chains = new Map(table.chains.map((chain): [string, PreparedChain] => [chain.name, {chain, plans: []}]))
  const sets = new Map(table.sets.map((set) => [set.name, set]))
  return {table, findChain: (name) => chains.get(name), findSet: (name) => sets.get(name)}
}

/** The stretches of `rule`, which stands at `index` in the chain. */
export function planAt({plans}: PreparedChain, index: number, rule: Rule): readonly RulePart[] {
  const known = plans[index]
  if (known !== undefined) return known
  const plan = planRule(rule)
  plans[index] = plan
  return plan
}
