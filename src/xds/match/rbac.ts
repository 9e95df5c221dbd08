import type {Assumption} from '../../decision/assumption.js'
import {type Check, check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import type {Located} from '../parse/config-dump.js'
import {at, isObject, type JsonObject, member, object, objects, string} from '../parse/field.js'
import {allOf, anyOf, type Judged, judged} from './judged.js'
import {connectionInputs, requestInputs} from './matcher-inputs.js'
import {absent} from './matcher-predicate.js'
import {evaluateMatcher} from './matcher-tree.js'
import {judgePermission, judgePrincipal, type RbacQuestion} from './rbac-rule.js'
import type {RbacSubject} from './rbac-subject.js'
import type {Suppositions} from './request.js'

/** What one set of RBAC rules says. */
export interface RbacJudgement {
  allowed: boolean
  /** The policy that decided (matcher form: the action's name); null where none matched. */
  policy: string | null
  /** Where the deciding policy stands, else the rules. */
  at: string
  because: Check[]
  passedOver: PassedOver[]
  assumptions: Assumption[]
}

/** What an RBAC filter does: `enforced` decides, `shadow` is only recorded; null where there are no such rules. */
export interface RbacVerdict {
  enforced: RbacJudgement | null
  shadow: RbacJudgement | null
}

/**
 * Judges a connection or request by an RBAC filter's configuration (`envoy.extensions.filters.{network,http}.rbac.v3.RBAC`).
 * Conditions that cannot be known are taken not to hold; `--assume rbac:POLICY=yes` turns that.
 */
export function judgeRbac(
  config: Located,
  subject: RbacSubject,
  suppositions: Suppositions,
  explain = true,
): RbacVerdict {
  const judge = (rules: string, matcher: string): RbacJudgement | null => {
    const tree = object(config.raw, matcher)
    if (tree) return judgeMatcher({raw: tree, at: at(config.at, matcher)}, subject, suppositions, explain)
    const policies = object(config.raw, rules)
    return policies ? judgeRules({raw: policies, at: at(config.at, rules)}, {subject, suppositions}, explain) : null
  }
  return {enforced: judge('rules', 'matcher'), shadow: judge('shadow_rules', 'shadow_matcher')}
}

/** Envoy's response_code_details, or connection termination details, of a denial. */
export const rbacDeniedDetails = (policy: string | null): string =>
  `rbac_access_denied_matched_policy[${(policy ?? 'none').replace(/\s/g, '_')}]`

interface Policy extends Located {
  name: string
}

const sorted = new WeakMap<JsonObject, Policy[]>()

/** Policies in byte order of their names, which is the order in which Envoy tries them. */
function policiesOf(rules: Located): Policy[] {
  let policies = sorted.get(rules.raw)
  if (!policies) {
    policies = Object.entries(object(rules.raw, 'policies') ?? {})
      .sort(([a], [b]) => byCodePoint(a, b))
      .flatMap(([name, raw]) => (isObject(raw) ? [{name, raw, at: at(rules.at, 'policies', name)}] : []))
    sorted.set(rules.raw, policies)
  }
  return policies
}

/** The order of code points is the byte order of their UTF-8. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (const [index, letter] of left.entries()) {
    const difference = (letter.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? -1)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Rules with policies: the first policy that matches decides. */
function judgeRules(rules: Located, question: RbacQuestion, explain: boolean): RbacJudgement {
  const action = string(rules.raw, 'action') ?? 'ALLOW'
  const passedOver: PassedOver[] = []
  const assumptions: Assumption[] = []
  for (const policy of policiesOf(rules)) {
    const {holds, checks} = supposed(policy, judgePolicy(policy.raw, question), question.suppositions, assumptions)
    if (holds)
      return {allowed: action !== 'DENY', policy: policy.name, at: policy.at, because: checks, passedOver, assumptions}
    const [failed] = checks
    if (explain && failed) passedOver.push({at: policy.at, name: policy.name, check: failed})
  }
  return {allowed: action !== 'ALLOW', policy: null, at: rules.at, because: [], passedOver, assumptions}
}

interface PolicyJudgement {
  holds: Judged['holds']
  /** All that held, or the first that did not. */
  checks: Check[]
}

const noEntry = judged(check('policy', 'an entry', absent, false))

/** A policy matches where one of its permissions, one of its principals and its condition hold. */
function judgePolicy(policy: JsonObject, question: RbacQuestion): PolicyJudgement {
  const parts = [
    () =>
      anyOf(
        mapped(objects(policy, 'permissions'), (rule) => judgePermission(rule, question)),
        noEntry,
      ),
    () =>
      anyOf(
        mapped(objects(policy, 'principals'), (id) => judgePrincipal(id, question)),
        noEntry,
      ),
    () => judgeCondition(policy),
  ]
  const held: Check[] = []
  const judgement = allOf(
    mapped(parts, (part) => {
      const found = part()
      if (found.holds !== 'no') held.push(found.check)
      return found
    }),
    noEntry,
  )
  return {holds: judgement.holds, checks: judgement.holds === 'no' ? [judgement.check] : held}
}

function* mapped<A, B>(items: Iterable<A>, map: (item: A) => B): Generator<B> {
  for (const item of items) yield map(item)
}

/** A condition in CEL, which is not modelled. */
function judgeCondition(policy: JsonObject): Judged {
  const conditioned = member(policy, 'condition') !== undefined || member(policy, 'checked_condition') !== undefined
  return judged(
    conditioned
      ? check('condition', 'a CEL expression (not modelled)', '(unknown)', 'unknown')
      : check('condition', '(none)', absent, true),
  )
}

/** Decides what is unknown of a policy: as the asker supposes, else that it does not match. */
function supposed(
  policy: Policy,
  {holds, checks}: PolicyJudgement,
  suppositions: Suppositions,
  assumptions: Assumption[],
): {holds: boolean; checks: Check[]} {
  if (holds !== 'unknown') return {holds: holds === 'yes', checks: checks.filter(({want}) => want !== '(none)')}
  const key = `rbac:${policy.name}`
  const matches = suppositions[key] === 'yes'
  const unknown = checks.filter((found) => found.holds === 'unknown')
  assumptions.push({
    about: `RBAC policy ${policy.name}: ${unknown.map(({field, want}) => `${field} ${want}`).join(', ')}`,
    assumed: matches ? 'holds' : 'does not hold',
    at: policy.at,
    turn: `--assume '${key}=${matches ? 'no' : 'yes'}'`,
  })
  return {holds: matches, checks: matches ? checks : unknown}
}

/** The matcher form: the action that the matcher finds, and denial where it finds none. */
function judgeMatcher(
  matcher: Located,
  {connection, remote, request}: RbacSubject,
  suppositions: Suppositions,
  explain: boolean,
): RbacJudgement {
  const read = request ? requestInputs(connection, request.inputs, remote) : connectionInputs(connection)
  const {action, ...found} = evaluateMatcher(matcher.raw, matcher.at, {read, suppositions, explain})
  return {
    ...found,
    allowed: action !== null && (string(action.raw, 'action') ?? 'ALLOW') !== 'DENY',
    policy: action ? (string(action.raw, 'name') ?? '') : null,
    at: action?.at ?? matcher.at,
  }
}
