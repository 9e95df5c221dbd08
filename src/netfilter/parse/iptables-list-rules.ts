import type {Chain, Family, Ruleset, Table} from '../ruleset.js'
import {type Fail, failAt} from './fail.js'
import {addRules, type PendingRule} from './iptables-rule.js'
import {builtInHook, emptyTable, iptablesBase, readPolicy, userChain} from './iptables-table.js'
import {readCounters, readRuleOptions} from './rule-options.js'
import {splitWords} from './words.js'

interface Reading {
  origin: string
  table: Table
  chains: Map<string, Chain>
  pending: PendingRule[]
}

/** Reads `iptables -S [-v]`, whose text does not name its table. Throws a DataError with the line that is none of it. */
export function parseIptablesListRules(text: string, origin: string, table: string, family: Family): Ruleset {
  const reading: Reading = {origin, table: emptyTable(family, table), chains: new Map(), pending: []}
  for (const [i, line] of text.split('\n').entries()) readLine(reading, line.trimEnd(), i + 1)
  addRules(reading.pending)
  return {origin, format: 'iptables -S', backend: null, tables: [reading.table], warnings: []}
}

function readLine(reading: Reading, line: string, number: number): void {
  if (line === '' || line.startsWith('#')) return
  const fail: Fail = failAt(reading.origin, number)
  const words = splitWords(line) ?? fail('has a quote that is not closed')
  const [command, name] = words.map((word) => word.text)
  if (name === undefined) fail('is no line of iptables -S')
  if (command === '-P')
    declareBase(
      reading,
      name,
      words.slice(2).map((word) => word.text),
      fail,
    )
  else if (command === '-N') addChain(reading, userChain(name))
  else if (command === '-A') {
    const chain = reading.chains.get(name) ?? fail(`adds a rule to chain ${name}, which is not declared`)
    const text = words.length > 2 ? line.slice(line.indexOf(' ', 3) + 1) : ''
    const {options, counters} = readRuleOptions(words.slice(2), fail)
    reading.pending.push({table: reading.table, chain, fail, counters, text, line: number, options: () => options})
  } else fail('is no line of iptables -S')
}

/** `-P INPUT ACCEPT [-c packets bytes]`. */
function declareBase(
  {chains, table}: Reading,
  name: string,
  [policy, flag, ...counters]: readonly string[],
  fail: Fail,
): void {
  const hook = builtInHook(name)
  const read = readPolicy(policy)
  if (hook === null || read === null) fail(`"${policy}" is no policy of chain ${name}`)
  const chain: Chain = {...userChain(name), base: iptablesBase(table.name, hook, read, false)}
  if (flag === '-c') chain.counters = readCounters(counters, fail)
  table.chains.push(chain)
  chains.set(name, chain)
}

function addChain({chains, table}: Reading, chain: Chain): void {
  table.chains.push(chain)
  chains.set(chain.name, chain)
}
