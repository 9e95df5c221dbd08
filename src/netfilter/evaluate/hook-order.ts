import type {Hook} from '../packet.js'
import type {BaseChain, Chain, Ruleset, Table} from '../ruleset.js'
import type {PreparedChain, PreparedTable} from './prepared-table.js'

/** A base chain with the table it stands in. */
export interface PlacedChain {
  table: PreparedTable
  chain: PreparedChain
  base: BaseChain
}

/** What a hook asks, in order: chains one by one, conntrack, and the NAT chains together. */
export type Stage = {kind: 'chain'; placed: PlacedChain} | {kind: 'conntrack'} | {kind: 'nat'; chains: PlacedChain[]}

/** Conntrack stands after raw (NF_IP_PRI_CONNTRACK). */
const conntrackPriority = -200

/**
 * The stages of one hook for one family, by priority. Among equals the chain registered later runs first (nf_hook_entries_grow).
 * All NAT chains hang on one hook function whose priority is fixed, whatever theirs is among each other (nf_nat_register_fn).
 */
export function stagesOf(
  rulesets: readonly Ruleset[],
  hook: Hook,
  version: 4 | 6,
  prepared: (table: Table) => PreparedTable,
): Stage[] {
  const family = version === 4 ? 'ip' : 'ip6'
  const chains = rulesets
    .flatMap(({tables}) => tables)
    .filter((table) => table.family === family || table.family === 'inet')
    .flatMap((table) => table.chains.flatMap((chain) => placed(prepared(table), chain, hook)))
    .reverse()
    .sort((a, b) => a.base.priority - b.base.priority)
  const nat = chains.filter(({base}) => base.type === 'nat')
  const stages: {priority: number; stage: Stage}[] = chains
    .filter(({base}) => base.type !== 'nat')
    .map((one) => ({priority: one.base.priority, stage: {kind: 'chain', placed: one}}))
  const incoming = hook === 'prerouting' || hook === 'output'
  if (incoming) insert(stages, conntrackPriority, {kind: 'conntrack'})
  if (nat.length > 0) insert(stages, incoming ? -100 : 100, {kind: 'nat', chains: nat})
  return stages.map(({stage}) => stage)
}

function placed(table: PreparedTable, {name, base}: Chain, hook: Hook): PlacedChain[] {
  const chain = base?.hook === hook ? table.findChain(name) : undefined
  return chain === undefined || base === null ? [] : [{table, chain, base}]
}

function insert(stages: {priority: number; stage: Stage}[], priority: number, stage: Stage): void {
  const at = stages.findIndex((other) => other.priority > priority)
  stages.splice(at < 0 ? stages.length : at, 0, {priority, stage})
}
