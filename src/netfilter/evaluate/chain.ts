import type {Verdict} from '../packet-trace.js'
import type {Chain, Rule, Table} from '../ruleset.js'
import type {Action} from '../statement.js'
import {decidingAction, type RuleResult, runRule} from './rule.js'
import {assume, type Run, record} from './run.js'

/** What a chain comes to: a verdict, or back to the chain that called it. */
export type ChainResult = Verdict | 'return'

/** Chains that call each other deeper than this go in a circle, which the kernel refuses to load. */
const deepest = 512

/** How a table's rules find its chains. */
export type FindChain = (table: Table, name: string) => Chain | undefined

/** Asks the rules of a chain in order. A base chain that comes to its end, or to RETURN, takes its policy. */
export function runChain(run: Run, table: Table, chain: Chain, find: FindChain, depth = 0): ChainResult {
  const result = runRules(run, table, chain, find, depth)
  if (result !== 'return' || chain.base === null) return result
  record(run, chainName(table, chain.name), 'policy', chain.base.policy, [])
  return chain.base.policy
}

export const chainName = (table: Table, chain: string): string =>
  table.native ? `${table.family} ${table.name}:${chain}` : `${table.name}:${chain}`

function runRules(run: Run, table: Table, chain: Chain, find: FindChain, depth: number): ChainResult {
  for (const rule of chain.rules) {
    const result = runRule(run, table, rule)
    explain(run, rule, result)
    if (result.kind === 'next') continue
    if (result.kind === 'verdict') return result.verdict
    if (result.kind === 'return') return 'return'
    const target = depth < deepest ? find(table, result.chain) : undefined
    if (target === undefined) {
      assume(run, {
        about: `chain ${result.chain}`,
        assumed: 'cannot be decided: it is not in the listing',
        at: rule.name,
        turn: null,
      })
      return 'unknown'
    }
    const inner = runRules(run, table, target, find, depth + 1)
    if (inner !== 'return') return inner
    // goto does not come back here, but to the chain that called this one.
    if (result.kind === 'goto') return 'return'
  }
  if (chain.base === null && run.passedOver.length > 0)
    record(run, chainName(table, chain.name), 'end of chain', 'return', [])
  return 'return'
}

function explain(run: Run, rule: Rule, result: RuleResult): void {
  if (run.steps === null) return
  if (result.failed && !(result.kind === 'verdict')) run.passedOver.push({at: rule.name, check: result.failed})
  else
    record(
      run,
      rule.name,
      'rule',
      nameAction(result, decidingAction(rule)),
      result.failed ? [...result.checks, result.failed] : result.checks,
    )
}

/** What a rule did, in the words of iptables and nft. */
function nameAction(result: RuleResult, action: Action | null): string | null {
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
