import type {Check} from '../../decision/check.js'
import type {Rule} from '../ruleset.js'
import type {Action, Match, Statement} from '../statement.js'
import {type ActionResult, perform} from './action.js'
import {type FindSet, matchCompare} from './compare.js'
import {checkOf} from './describe.js'
import type {Finding} from './finding.js'
import {assume, type Run} from './run.js'
import {matchXt} from './xt-match.js'

/** What a rule did: nothing (`next`), or something that decides where the packet goes on; and why, where somebody asks. */
export interface RuleResult {
  action: ActionResult
  checks: readonly Check[]
  failed: Check | null
}

const matchKinds: ReadonlySet<Statement['kind']> = new Set<Match['kind']>([
  'protocol',
  'address',
  'iprange',
  'interface',
  'ports',
  'tcp-flags',
  'icmp-type',
  'owner',
  'conntrack',
  'mark',
  'addrtype',
  'length',
  'ttl',
  'pkttype',
  'set',
  'limit',
  'running',
  'chance',
  'socket',
  'comment',
  'compare',
  'unmodelled',
  'lost',
])

export const isMatch = (statement: Statement): statement is Match => matchKinds.has(statement.kind)

/** What conditions between two actions came to. */
interface Judgement {
  holds: boolean | 'unknown'
  failed: Check | null
}

const goOn: ActionResult = {kind: 'next'}
const unknown: ActionResult = {kind: 'verdict', verdict: 'unknown'}
/** Most rules pass a packet by, and batches do not ask why: nothing is made for them anew. */
const unexplained: RuleResult = {action: goOn, checks: [], failed: null}
const held: Judgement = {holds: true, failed: null}
const notHeld: Judgement = {holds: false, failed: null}

/**
 * Runs one rule, as both kinds run: conditions until one fails, a counter that counts when it is reached, actions in order.
 * A rule without a counter of its own counts when it comes to its end.
 */
export function runRule(run: Run, rule: Rule, parts: readonly RulePart[], findSet: FindSet): RuleResult {
  const checks: Check[] | null = run.steps && []
  const result = (action: ActionResult, failed: Check | null): RuleResult =>
    checks === null && action.kind === 'next' ? unexplained : {action, checks: checks ?? [], failed}
  let counted = false
  for (const part of parts) {
    if (part.kind === 'matches') {
      const judged = judge(run, rule, part.matches, findSet, checks)
      if (judged.holds === true) continue
      return result(judged.holds === false ? goOn : unknown, judged.failed)
    }
    if (part.action.kind === 'counter') counted = count(run, rule, counted)
    const done = perform(run, part.action, findSet, rule)
    if (done.kind === 'break') return result(goOn, done.check)
    if (done.kind !== 'next') {
      if (!part.counterFollows) count(run, rule, counted)
      return result(done, null)
    }
  }
  count(run, rule, counted)
  return result(goOn, null)
}

/** A rule counts a packet once. */
function count(run: Run, rule: Rule, counted: boolean): true {
  if (!counted) run.rules.push(rule.name)
  return true
}

/** A stretch of a rule: conditions that all must hold, or one action. */
export type RulePart = {kind: 'matches'; matches: Match[]} | {kind: 'action'; action: Action; counterFollows: boolean}

/** A rule's statements, conditions between two actions taken together. */
export function planRule({statements}: Rule): RulePart[] {
  const parts: RulePart[] = []
  for (const [i, statement] of statements.entries()) {
    const last = parts.at(-1)
    if (!isMatch(statement)) {
      const counterFollows = statements.slice(i + 1).some(({kind}) => kind === 'counter')
      parts.push({kind: 'action', action: statement, counterFollows})
    } else if (last?.kind === 'matches') last.matches.push(statement)
    else parts.push({kind: 'matches', matches: [statement]})
  }
  return parts
}

/**
 * All must hold. A condition that fails for certain decides before any that rests on an assumption, and chance is asked last:
 * so nothing is assumed or drawn that does not matter.
 */
function judge(run: Run, rule: Rule, matches: readonly Match[], findSet: FindSet, checks: Check[] | null): Judgement {
  let open: {match: Match; finding: Exclude<Finding, boolean>}[] | null = null
  for (const match of matches) {
    const finding = match.kind === 'compare' ? matchCompare(match, run, findSet) : matchXt(match, run)
    if (finding === true) {
      if (checks && match.kind !== 'comment') checks.push(checkOf(match, run, 'yes'))
    } else if (finding === false) {
      return checks ? {holds: false, failed: checkOf(match, run, 'no')} : notHeld
    } else if (open === null) open = [{match, finding}]
    else open.push({match, finding})
  }
  return open === null ? held : judgeOpen(run, rule, open, checks)
}

function judgeOpen(
  run: Run,
  rule: Rule,
  open: readonly {match: Match; finding: Exclude<Finding, boolean>}[],
  checks: Check[] | null,
): Judgement {
  const explain = (match: Match, holds: Check['holds']): Check | null => run.steps && checkOf(match, run, holds)
  const supposed = open.map(({match, finding}) => ({match, finding: suppose(run, match, finding)}))
  for (const {match, finding} of supposed) {
    if (finding.kind !== 'assumed' || finding.holds) continue
    assume(run, {...finding.assumption, at: rule.name})
    return {holds: false, failed: explain(match, 'no')}
  }
  for (const {match, finding} of supposed) {
    if (finding.kind !== 'undecidable') continue
    assume(run, {...finding.assumption, at: rule.name})
    return {holds: 'unknown', failed: explain(match, 'unknown')}
  }
  for (const {match, finding} of supposed) {
    if (!settle(run, rule, finding)) return {holds: false, failed: explain(match, 'no')}
    const check = explain(match, 'yes')
    if (check) checks?.push(check)
  }
  return {holds: true, failed: null}
}

/** Draws what chance decides, and notes what is assumed. */
function settle(run: Run, rule: Rule, finding: Exclude<Finding, boolean>): boolean {
  if (finding.kind === 'chance') return run.draw([finding.probability, 1 - finding.probability]) === 0
  if (finding.kind === 'either') {
    const asAssumed = run.draw([1, 0], run.alternatives) === 0
    const {assumption, holds, otherwise} = finding
    assume(run, {...assumption, assumed: asAssumed ? assumption.assumed : otherwise, at: rule.name})
    return asAssumed === holds
  }
  assume(run, {...finding.assumption, at: rule.name})
  return true
}

/** What the caller supposes takes the place of the default. */
function suppose(run: Run, match: Match, finding: Exclude<Finding, boolean>): Exclude<Finding, boolean> {
  const {limit, ipsets, running} = run.suppositions
  if (match.kind === 'running') return supposeRunning(match, finding, running?.[match.key])
  if (finding.kind === 'either' && limit !== undefined) {
    const full = limit === 'full'
    const taken = full ? finding.assumption.assumed : finding.otherwise
    return {kind: 'assumed', holds: full === finding.holds, assumption: {...finding.assumption, assumed: taken}}
  }
  const held = match.kind === 'set' && finding.kind === 'assumed' ? ipsets?.[match.name] : undefined
  if (match.kind !== 'set' || finding.kind !== 'assumed' || held === undefined) return finding
  const taken = held ? 'holds the packet' : 'does not hold the packet'
  return {...finding, holds: held !== match.negated, assumption: {...finding.assumption, assumed: taken}}
}

function supposeRunning(
  {negated, words}: Extract<Match, {kind: 'running'}>,
  finding: Exclude<Finding, boolean>,
  answer: boolean | undefined,
): Exclude<Finding, boolean> {
  if (answer === undefined || finding.kind !== 'either') return finding
  const taken = answer ? words[0] : words[1]
  return {kind: 'assumed', holds: answer !== negated, assumption: {...finding.assumption, assumed: taken}}
}

/** The action that decides a rule, for the name of its step. */
export const decidingAction = (rule: Rule): Action | null =>
  rule.statements.findLast((statement): statement is Action => !isMatch(statement) && statement.kind !== 'counter') ??
  null
