import type {Family, Ruleset} from '../ruleset.js'
import {type Fail, failAt} from './fail.js'
import {beginTable, finishTables, IptablesChain, type TableReading} from './iptables-chain.js'
import type {RuleLine} from './iptables-rule.js'
import {builtInHook, emptyTable, iptablesBase, readPolicy} from './iptables-table.js'
import {readCounters, readRuleOptions} from './rule-options.js'
import {splitWords, type Word} from './words.js'

interface Reading extends TableReading {
  origin: string
  lines: readonly string[]
}

/** Reads `iptables -S [-v]`, whose text does not name its table. Throws a DataError with the line that is none of it. */
export function parseIptablesListRules(text: string, origin: string, table: string, family: Family): Ruleset {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const reading: Reading = {...beginTable(emptyTable(family, table), origin), origin, lines}
  let ruleCount = 0
  for (const [i, line] of lines.entries()) if (readLine(reading, line, i + 1)) ruleCount++
  return {
    origin,
    format: 'iptables -S',
    backend: null,
    tables: finishTables([reading], ruleCount),
    warnings: [],
  }
}

/** Whether the line is a rule. */
function readLine(reading: Reading, line: string, number: number): boolean {
  if (line === '' || line.startsWith('#')) return false
  const fail: Fail = failAt(reading.origin, number)
  const [command, name, ...words] = line.split(' ', 6)
  if (name === undefined) fail('is no line of iptables -S')
  if (command === '-P') declareBase(reading, name, words, fail)
  else if (command === '-N') addChain(reading, name, fail)
  else if (command === '-A') {
    const chain = reading.chains.get(name) ?? fail(`adds a rule to chain ${name}, which is not declared`)
    chain.add(number - 1, number)
    return true
  } else fail('is no line of iptables -S')
  return false
}

/** `-P INPUT ACCEPT [-c packets bytes]`. */
function declareBase(reading: Reading, name: string, [policy, flag, ...counters]: readonly string[], fail: Fail): void {
  const hook = builtInHook(name)
  const read = readPolicy(policy)
  if (hook === null || read === null) fail(`"${policy}" is no policy of chain ${name}`)
  const chain = addChain(reading, name, fail)
  chain.base = iptablesBase(reading.table.name, hook, read, false)
  if (flag === '-c') chain.counters = readCounters(counters, fail)
}

function addChain({chains, context, lines, origin}: Reading, name: string, fail: Fail): IptablesChain {
  if (chains.has(name)) fail(`declares chain ${name} again: give each table a file of its own`)
  const chain = new IptablesChain(name, null, context, (place, line) =>
    readRuleLine(lines[place] ?? '', line, failAt(origin, line)),
  )
  chains.set(name, chain)
  return chain
}

/** `-A CHAIN options`, with `-v` the counters (`-c packets bytes`) among them. */
function readRuleLine(text: string, line: number, fail: Fail): RuleLine {
  const start = text.indexOf(' ', 3)
  const options = start < 0 ? '' : text.slice(start + 1)
  const counted = / -c \d/.test(text)
  const words: readonly Word[] = counted ? (splitWords(options) ?? fail('has a quote that is not closed')) : []
  return {counters: readRuleOptions(words, fail).counters, text: options, line}
}
