import type {BaseChain, Chain, Counters, Rule, Table} from '../ruleset.js'
import {IptablesRule, type RuleContext, type RuleLine} from './iptables-rule.js'

/** Reads the rule that stands at a place of a text, in its line (from 1). */
export type ReadRuleLine = (place: number, line: number) => RuleLine

/** A chain of iptables. Its rules are made of their lines when somebody looks at them: a packet meets few of kube-proxy's chains. */
export class IptablesChain implements Chain {
  readonly name: string
  base: BaseChain | null
  counters: Counters | null = null
  readonly #context: RuleContext
  readonly #read: ReadRuleLine
  /** Place and line of each rule, in turns. */
  #places: number[] = []
  #rules: Rule[] | null = null

  constructor(name: string, base: BaseChain | null, context: RuleContext, read: ReadRuleLine) {
    this.name = name
    this.base = base
    this.#context = context
    this.#read = read
  }

  /** Adds the rule at `place`, in the text's order and before anybody looks at the rules. */
  add(place: number, line: number): void {
    this.#places.push(place, line)
  }

  get rules(): Rule[] {
    this.#rules ??= this.#readRules()
    return this.#rules
  }

  #readRules(): Rule[] {
    const rules: Rule[] = []
    for (let i = 0; i < this.#places.length; i += 2) {
      const line = this.#read(this.#places[i] ?? 0, this.#places[i + 1] ?? 0)
      rules.push(new IptablesRule(this.#context, this.name, rules.length + 1, line))
    }
    this.#places = []
    return rules
  }
}

/** A table while its chains are found. */
export interface TableReading {
  table: Table
  chains: Map<string, IptablesChain>
  context: RuleContext
}

export function beginTable(table: Table, origin: string): TableReading {
  const chains = new Map<string, IptablesChain>()
  const context: RuleContext = {origin, table: table.name, isChain: (name) => chains.has(name), known: new Map()}
  return {table, chains, context}
}

/** Rule sets beyond this many rules are read as packets meet them; others at once, so that what is wrong in them shows at once. */
const readAtOnce = 4000

/** The tables, when all their chains are found. Throws a DataError for a rule that is none, unless they are too many to be read at once. */
export function finishTables(readings: Iterable<TableReading>, ruleCount: number): Table[] {
  const tables = [...readings].map(({table, chains}): Table => ({...table, chains: [...chains.values()]}))
  if (ruleCount <= readAtOnce)
    for (const {chains} of tables) for (const {rules} of chains) for (const rule of rules) void rule.statements
  return tables
}
