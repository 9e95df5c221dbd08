import {type Check, check} from '../../decision/check.js'
import type {SetElement} from '../expression.js'
import type {Verdict} from '../packet-trace.js'
import type {Rule} from '../ruleset.js'
import type {Action} from '../statement.js'
import {drawnBy, type FindSet, lookUp} from './compare.js'
import {formatExpression, formatLoaded} from './describe.js'
import {load} from './expression-value.js'
import {addressNat, mapNat, masquerade, netmap, redirect} from './nat.js'
import {templateConnection} from './packet-state.js'
import {assume, type Run} from './run.js'
import {tproxy} from './tproxy.js'

/** What an action leads to. `break`: the rule ends as if it had not matched. */
export type ActionResult =
  | {kind: 'next'}
  | {kind: 'return'}
  | {kind: 'jump' | 'goto'; chain: string}
  | {kind: 'verdict'; verdict: Verdict}

export type Performed = ActionResult | {kind: 'break'; check: Check | null}

export const next: Performed = {kind: 'next'}
export const accept: Performed = {kind: 'verdict', verdict: 'accept'}
export const drop: Performed = {kind: 'verdict', verdict: 'drop'}

/** Does what the rule says once its conditions hold. */
export function perform(run: Run, action: Action, findSet: FindSet, rule: Rule): Performed {
  const {packet} = run
  switch (action.kind) {
    case 'counter':
    case 'aside':
      return next
    case 'verdict':
      return verdictOf(action.verdict)
    case 'jump':
    case 'goto':
      return action
    case 'reject':
      return {kind: 'verdict', verdict: 'reject'}
    case 'set-mark':
      return setMark(run, action)
    case 'copy-mark':
      return copyMark(run, action, rule)
    case 'notrack':
      // Kernel (xt_ct_target): a packet that conntrack has seen, or that has a template, stays as it is.
      if (packet.tracking.kind === 'none') packet.tracking = {kind: 'untracked'}
      return next
    case 'ct-template':
      if (packet.tracking.kind === 'none')
        packet.tracking = {kind: 'entry', connection: templateConnection(packet.version)}
      return next
    case 'redirect':
      return redirect(run, action.range, rule)
    case 'nat':
      return action.family === null || action.family === packet.version ? addressNat(run, action, rule) : next
    case 'nat-map':
      return action.family === null || action.family === packet.version ? mapNat(run, action, findSet, rule) : next
    case 'netmap':
      return netmap(run, action.network)
    case 'masquerade':
      return masquerade(run, action.range, rule)
    case 'tproxy':
      return tproxy(run, action, rule)
    case 'mangle':
      return mangle(run, action, rule)
    case 'vmap':
      return verdictMap(run, action, findSet, rule)
    case 'unmodelled-action':
      assume(run, {
        about: action.text,
        assumed: 'cannot be decided: this target is not modelled',
        at: rule.name,
        turn: null,
      })
      return {kind: 'verdict', verdict: 'unknown'}
    default:
      return action satisfies never
  }
}

function verdictOf(verdict: 'accept' | 'drop' | 'return' | 'continue'): Performed {
  if (verdict === 'continue') return next
  return verdict === 'return' ? {kind: 'return'} : {kind: 'verdict', verdict}
}

function setMark(run: Run, {of, value, mask}: Extract<Action, {kind: 'set-mark'}>): Performed {
  const {packet} = run
  const apply = (mark: number): number => ((mark & ~mask) ^ value) >>> 0
  if (of === 'packet') {
    packet.mark = apply(packet.mark)
    packet.markKnown ||= mask === 0xffffffff
  } else if (packet.tracking.kind === 'entry') {
    const {connection} = packet.tracking
    connection.mark = connection.mark === null && mask !== 0xffffffff ? null : apply(connection.mark ?? 0)
    connection.markKnown ||= mask === 0xffffffff
  }
  return next
}

/** xt_connmark: without an entry nothing happens. */
function copyMark(run: Run, action: Extract<Action, {kind: 'copy-mark'}>, rule: Rule): Performed {
  const {packet} = run
  if (packet.tracking.kind !== 'entry') return next
  const {connection} = packet.tracking
  if (connection.mark === null) {
    assume(run, {about: "the connection's mark", assumed: 'is 0', at: rule.name, turn: '--ctmark'})
    connection.mark = 0
  }
  const {packetMask, connectionMask} = action
  if (action.direction === 'save') {
    connection.mark = ((connection.mark & ~connectionMask) ^ (packet.mark & packetMask)) >>> 0
    connection.markKnown ||= connectionMask === 0xffffffff
  } else {
    packet.mark = ((packet.mark & ~packetMask) ^ (connection.mark & connectionMask)) >>> 0
    packet.markKnown ||= packetMask === 0xffffffff
  }
  return next
}

/** `meta mark set ...`, `ct mark set ...`; other keys change nothing that our rules see, or are not modelled. */
function mangle(run: Run, {key, value}: Extract<Action, {kind: 'mangle'}>, rule: Rule): Performed {
  const {packet} = run
  const target = key.kind === 'meta' || key.kind === 'ct' ? `${key.kind} ${key.key}` : formatExpression(key)
  if (/^meta (nftrace|priority)$|^(ip|ip6) (dscp|ecn)$/.test(target)) return next
  const loaded = load(value, run)
  if (loaded.kind === 'absent')
    return {kind: 'break', check: run.steps && check(formatExpression(value), 'any', '(absent)', 'no')}
  const mark =
    loaded.kind === 'value' && typeof loaded.value !== 'string' ? Number(BigInt(loaded.value) & 0xffffffffn) : null
  if (target === 'ct zone')
    return perform(run, {kind: 'ct-template', zone: mark, text: `zone ${mark}`}, () => undefined, rule)
  if (mark === null || (target !== 'meta mark' && target !== 'ct mark')) {
    assume(run, {
      about: `${target} set ${formatLoaded(loaded)}`,
      assumed: 'cannot be decided: it is not known or not modelled',
      at: rule.name,
      turn: null,
    })
    return {kind: 'verdict', verdict: 'unknown'}
  }
  if (target === 'meta mark') {
    packet.mark = mark
    packet.markKnown = true
  } else if (packet.tracking.kind === 'entry') {
    packet.tracking.connection.mark = mark
    packet.tracking.connection.markKnown = true
  }
  return next
}

/** A verdict map without a fitting element breaks the rule off. */
function verdictMap(
  run: Run,
  {key, elements}: Extract<Action, {kind: 'vmap'}>,
  findSet: FindSet,
  rule: Rule,
): Performed {
  const all = elements.kind === 'elements' ? elements.elements : (findSet(elements.name)?.elements ?? null)
  const loaded = load(key, run)
  const noElement = (): Performed => ({
    kind: 'break',
    check: run.steps && check(formatExpression(key), 'an element of the map', formatLoaded(loaded), 'no'),
  })
  if (loaded.kind === 'absent') return noElement()
  if (all === null || loaded.kind === 'undecidable' || loaded.kind === 'unknown') {
    const about =
      loaded.kind === 'value' || loaded.kind === 'concat' || loaded.kind === 'chance'
        ? `map of ${formatExpression(key)}`
        : loaded.about
    assume(run, {about, assumed: 'cannot be decided: it is not known', at: rule.name, turn: null})
    return {kind: 'verdict', verdict: 'unknown'}
  }
  const element =
    loaded.kind === 'chance'
      ? drawElement(run, all, loaded)
      : lookUp(loaded.kind === 'concat' ? loaded.values : [loaded.value], all)
  if (element === null || element.data === null || Array.isArray(element.data)) return noElement()
  return perform(run, element.data, findSet, rule)
}

export function drawElement(
  run: Run,
  elements: readonly SetElement[],
  {modulus, offset}: {modulus: number; offset: number},
): SetElement | null {
  const weights = elements.map((element) => drawnBy([element], modulus, offset) / modulus)
  const rest = Math.max(0, 1 - weights.reduce((sum, weight) => sum + weight, 0))
  return elements[run.draw([...weights, rest > 1e-12 ? rest : 0])] ?? null
}
