import {parseIpAddress} from '../../address/ip-address.js'
import type {Assumption} from '../../decision/assumption.js'
import type {Check} from '../../decision/check.js'
import {check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import {unpack} from '../parse/extension.js'
import {at, boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import {domainCandidates, rangeCandidates, type TreeCandidate} from './custom-matchers.js'
import type {Judged} from './judged.js'
import {
  absent,
  describeInput,
  type InputReader,
  type InputValue,
  judgePredicate,
  readInput,
} from './matcher-predicate.js'
import type {Suppositions} from './request.js'

/** The action of a matcher's `on_match`: a message that whoever asked the matcher understands. */
export interface MatcherAction {
  name: string
  /** The action message's full name, `google.protobuf.StringValue`. */
  type: string
  raw: JsonObject
  at: string
}

export interface MatcherVerdict {
  /** Null where nothing matched and no `on_no_match` gave an action. */
  action: MatcherAction | null
  because: Check[]
  passedOver: PassedOver[]
  assumptions: Assumption[]
}

/** What a matcher is put to: how its inputs are read, and what is supposed of those that only a running system knows. */
export interface MatcherQuestion {
  read: InputReader
  suppositions: Suppositions
  /** False skips the record of what was passed over. */
  explain: boolean
}

/**
 * Evaluates xDS's unified matcher (`xds.type.matcher.v3.Matcher`, and Envoy's own form of it).
 * A nested matcher without a result goes on to the next entry, to shorter prefixes, wider ranges, and at last to `on_no_match`.
 * A predicate that cannot be known is taken not to hold, which is said as an assumption.
 */
export function evaluateMatcher(matcher: JsonObject, here: string, question: MatcherQuestion): MatcherVerdict {
  const run: Run = {...question, because: [], passedOver: [], assumptions: []}
  const action = runMatcher(run, matcher, here)
  return {action, because: run.because, passedOver: run.passedOver, assumptions: run.assumptions}
}

interface Run extends MatcherQuestion, Omit<MatcherVerdict, 'action'> {}

function runMatcher(run: Run, matcher: JsonObject, here: string): MatcherAction | null {
  const listed = object(matcher, 'matcher_list')
  const tree = object(matcher, 'matcher_tree')
  const found = listed
    ? runList(run, listed, at(here, 'matcher_list'))
    : tree
      ? runTree(run, tree, at(here, 'matcher_tree'))
      : null
  if (found) return found
  const otherwise = object(matcher, 'on_no_match')
  return otherwise ? take(run, otherwise, at(here, 'on_no_match')) : null
}

/** An `on_match` or `on_no_match`: its action, or what its nested matcher finds. */
function take(run: Run, onMatch: JsonObject, here: string): MatcherAction | null {
  const nested = object(onMatch, 'matcher')
  if (nested) return runMatcher(run, nested, at(here, 'matcher'))
  const action = object(onMatch, 'action')
  // keep_matching: the action is noted by Envoy, and matching goes on as if it had not been there.
  if (!action || boolean(onMatch, 'keep_matching')) return null
  const typed = object(action, 'typed_config') ?? {}
  return {name: string(action, 'name') ?? '', ...unpack(typed, at(here, 'action', 'typed_config'))}
}

/** Takes `onMatch` because of `reason`; where its nested matcher finds nothing, the reason does not count. */
function takeBecause(run: Run, reason: Check, onMatch: JsonObject | undefined, here: string): MatcherAction | null {
  const mark = run.because.length
  run.because.push(reason)
  const found = onMatch ? take(run, onMatch, here) : null
  if (!found) {
    run.because.length = mark
    pass(run, reason, here)
  }
  return found
}

function pass(run: Run, reason: Check, here: string): void {
  if (run.explain) run.passedOver.push({at: here, check: reason})
}

function runList(run: Run, listed: JsonObject, here: string): MatcherAction | null {
  for (const [index, entry] of objects(listed, 'matchers').entries()) {
    const place = at(here, 'matchers', index)
    const judgement = suppose(
      run,
      judgePredicate(object(entry, 'predicate') ?? {}, at(place, 'predicate'), run.read),
      place,
    )
    if (judgement.holds === 'yes') {
      const found = takeBecause(run, judgement.check, object(entry, 'on_match'), at(place, 'on_match'))
      if (found) return found
    } else pass(run, judgement.check, place)
  }
  return null
}

/** An unknown condition is decided by the asker's supposition, else taken not to hold. */
function suppose(run: Run, judgement: Judged, place: string): Judged {
  if (judgement.holds !== 'unknown') return judgement
  const key = `matcher:${judgement.check.field}`
  const holds = run.suppositions[key] === 'yes' ? 'yes' : 'no'
  run.assumptions.push({
    about: `${judgement.check.field} ${judgement.check.want}`,
    assumed: holds === 'yes' ? 'matches' : 'does not match',
    at: place,
    turn: `--assume '${key}=${holds === 'yes' ? 'no' : 'yes'}'`,
  })
  return {holds, check: judgement.check}
}

function runTree(run: Run, tree: JsonObject, here: string): MatcherAction | null {
  const input = object(tree, 'input') ?? {}
  const value = readInput(input, at(here, 'input'), run.read)
  const field = describeInput(input)
  if (value.kind === 'unknown') {
    suppose(run, {holds: 'unknown', check: check(field, 'any key of the tree', '(unknown)', 'unknown')}, here)
    return null
  }
  if (value.kind === 'absent') {
    pass(run, check(field, 'a value', absent, false), here)
    return null
  }
  for (const candidate of candidatesOf(tree, here, value)) {
    const found = takeBecause(run, check(field, candidate.key, value.text, true), candidate.onMatch, candidate.at)
    if (found) return found
  }
  pass(run, check(field, 'a key of the tree', value.text, false), here)
  return null
}

/** The entries that fit, the most specific first. */
function candidatesOf(tree: JsonObject, here: string, value: InputValue & {kind: 'text'}): TreeCandidate[] {
  const exact = object(tree, 'exact_match_map')
  if (exact) return exactCandidate(object(exact, 'map') ?? {}, at(here, 'exact_match_map', 'map'), value.text)
  const prefixes = object(tree, 'prefix_match_map')
  if (prefixes) return prefixCandidates(object(prefixes, 'map') ?? {}, at(here, 'prefix_match_map', 'map'), value.text)
  const custom = unpack(
    object(object(tree, 'custom_match') ?? {}, 'typed_config') ?? {},
    at(here, 'custom_match', 'typed_config'),
  )
  switch (custom.type) {
    case 'xds.type.matcher.v3.IPMatcher': {
      const ip = parseIpAddress(value.text)
      return ip ? rangeCandidates(custom.raw, custom.at, ip) : []
    }
    case 'xds.type.matcher.v3.ServerNameMatcher':
      return domainCandidates(custom.raw, custom.at, value.text)
    default:
      return []
  }
}

const exactCandidate = (map: JsonObject, here: string, text: string): TreeCandidate[] =>
  Object.hasOwn(map, text) ? [{key: text, onMatch: object(map, text), at: at(here, text)}] : []

const prefixCandidates = (map: JsonObject, here: string, text: string): TreeCandidate[] =>
  Object.keys(map)
    .filter((key) => text.startsWith(key))
    .sort((a, b) => b.length - a.length)
    .map((key) => ({key: `prefix ${key}`, onMatch: object(map, key), at: at(here, key)}))
