import type {Verdict} from '../packet-trace.js'
import type {Rule, Table} from '../ruleset.js'
import type {Action} from '../statement.js'
import type {ActionResult} from './action.js'
import {type PreparedChain, type PreparedTable, planAt} from './prepared-table.js'
import {decidingAction, type RuleResult, runRule} from './rule.js'
import {assume, type Run, record} from './run.js'

/** What a chain comes to: a verdict, or back to the chain that called it. */
export type ChainResult = Verdict | 'return'

/** Chains that call each other deeper than this go in a circle, which the kernel refuses to load. */
const deepest = 512

/** Asks the rules of a chain in order. A base chain that comes to its end, or to RETURN, takes its policy. */
export function runChain(run: Run, table: PreparedTable, chain: PreparedChain): ChainResult {
  const result = runRules(run, table, chain, 0)
  const {name, base} = chain.chain
  if (result !== 'return' || base === null) return result
  record(run, chainName(table.table, name), 'policy', base.policy, [])
  return base.policy
}

export const chainName = (table: Table, chain: string): string =>
  table.native ? `${table.family} ${table.name}:${chain}` : `${table.name}:${chain}`

function runRules(run: Run, table: PreparedTable, prepared: PreparedChain, depth: number): ChainResult {
  const {chain} = prepared
  let index = 0
  for (const rule of chain.rules) {
    const result = runRule(run, rule, planAt(prepared, index++, rule), table.findSet)
    explain(run, rule, result)
    const {action} = result
    if (action.kind === 'next') continue
    if (action.kind === 'verdict') return action.verdict
    if (action.kind === 'return') return 'return'
    const target = depth < deepest ? table.findChain(action.chain) : undefined
    if (target === undefined) {
      assume(run, {
        about: `chain ${action.chain}`,
        assumed: 'cannot be decided: it is not in the listing',
        at: rule.name,
        turn: null,
      })
      return 'unknown'
    }
    const inner = runRules(run, table, target, depth + 1)
    if (inner !== 'return') return inner
    // goto does not come back here, but to the chain that called this one.
    if (action.kind === 'goto') return 'return'
  }
  if (chain.base === null && run.passedOver.length > 0)
    record(run, chainName(table.table, chain.name), 'end of chain', 'return', [])
  return 'return'
}

function explain(run: Run, rule: Rule, {action, checks, failed}: RuleResult): void {
  if (run.steps === null) return
  if (failed && action.kind !== 'verdict') run.passedOver.push({at: rule.name, check: failed})
  else
    record(run, rule.name, 'rule', nameAction(action, decidingAction(rule)), failed ? [...checks, failed] : [...checks])
}

/** What a rule did, in the words of iptables and nft. */
function nameAction(result: ActionResult, action: Action | null): string | null {
  if (result.kind === 'jump' || result.kind === 'goto') return `${result.kind} ${result.chain}`
  if (action !== null && /^(redirect|nat|nat-map|masquerade|tproxy|netmap|reject)$/.test(action.kind))
    return action.kind === 'nat' ? (action.side === 'dst' ? 'DNAT' : 'SNAT') : action.kind.toUpperCase()
  if (result.kind === 'verdict') return result.verdict
  if (result.kind === 'return') return 'return'
  return action === null ? 'continue' : (actionNames[action.kind] ?? 'continue')
}

const actionNames: Readonly<Partial<Record<Action['kind'], string>>> = {
  'set-mark': 'set mark',
  'copy-mark': 'copy mark',
  notrack: 'notrack',
  'ct-template': 'conntrack template',
  mangle: 'set mark',
}
