import {planRule} from '../evaluate/rule.js'
import type {Hook, Packet} from '../packet.js'
import type {Chain, Rule, Table} from '../ruleset.js'
import {type Box, boxHas, type Dimension, intersectAll, subtractAll} from './box.js'
import {always, bothConditions, type Condition, conditionOf, type Open} from './condition.js'
import type {HeaderSpace} from './header-space.js'
import {chainIn, type Effect, effectOf} from './rule-effect.js'
import {coverOf, mostBoxes, type Taken, TakenList} from './taken.js'

/** Why no packet of one visit matches a rule. */
export interface Death {
  /** `shadowed`: earlier rules take them all; `place`: none such comes to the chain, by its hook or the rule that leads here. */
  cause: 'shadowed' | 'place'
  by: Rule[]
  /** An example: the packet, at this hook, and the rule that takes it. */
  examples: Example[]
  hook: Hook
  /** The rule that leads to the chain; null for a base chain. */
  caller: Rule | null
}

/** A packet that `takenBy` takes from the rule. */
export interface Example {
  packet: Packet
  takenBy: Rule
}

/** What the walk saw of a rule. */
export interface Visits {
  /** Some packet may match. */
  alive: boolean
  deaths: Death[]
  /** Why one of the visits could not be decided. */
  undecided: string | null
}

/** One table in one family, as far as it was walked. */
export interface Walk {
  table: Table
  space: HeaderSpace
  visits: Map<Rule, Visits>
  chains: Map<string, Chain>
  conditions: Map<Rule, Stretch[]>
  entered: Set<Chain>
  /** Visits that may still be made. */
  budget: number
}

/** An action of a rule with all that must hold before it. */
export interface Stretch {
  condition: Condition
  effect: Effect
}

/** What a chain does to its caller's packets. */
interface ChainOutcome {
  ended: Taken[]
  changed: Set<Dimension>
}

const deepest = 64

/** The actions of a rule, each with its conditions; the first is where the rule counts. */
export function stretchesOf(rule: Rule, space: HeaderSpace, table: Table): Stretch[] {
  const stretches: Stretch[] = []
  let condition = always
  for (const part of planRule(rule)) {
    if (part.kind === 'matches')
      for (const match of part.matches) condition = bothConditions(condition, conditionOf(match, space, table))
    else stretches.push({condition, effect: withNamedMap(effectOf(part.action, space.version), part.action, table)})
  }
  return stretches.length > 0 ? stretches : [{condition, effect: {kind: 'next', changes: [], chains: []}}]
}

function withNamedMap(effect: Effect, action: {kind: string; elements?: unknown}, table: Table): Effect {
  const {elements} = action
  if (effect.kind !== 'map' || typeof elements !== 'object' || elements === null || !('name' in elements)) return effect
  const map = table.sets.find(({name}) => name === elements.name)
  return {...effect, chains: map?.elements.flatMap(({data}) => chainIn(data)) ?? []}
}

/** Where a chain is walked: from which hook, called by which rule, how deep. */
interface Place {
  hook: Hook
  caller: Rule | null
  depth: number
}

/** Leads every packet of `incoming` through a chain, and notes for each rule whether one can match. */
export function walkChain(
  walk: Walk,
  chain: Chain,
  incoming: readonly Box[],
  inherited: readonly Taken[],
  place: Place,
): ChainOutcome {
  const state: ChainState = {
    incoming,
    taken: new TakenList(inherited),
    possibly: [],
    mayLeave: [],
    ended: [],
    changed: new Set(),
  }
  walk.entered.add(chain)
  for (const rule of chain.rules) {
    if (walk.budget-- <= 0) {
      visitsOf(walk, rule).undecided = 'the table has too many ways through its chains'
      continue
    }
    walkRule(walk, rule, state, place)
  }
  return {ended: state.ended, changed: state.changed}
}

interface ChainState {
  incoming: readonly Box[]
  taken: TakenList
  /** Packets that a rule takes if something holds that is not modelled. */
  possibly: {boxes: readonly Box[]; open: readonly Open[]; by: Rule}[]
  mayLeave: Box[]
  ended: Taken[]
  changed: Set<Dimension>
}

export function visitsOf(walk: Walk, rule: Rule): Visits {
  const known = walk.visits.get(rule)
  if (known) return known
  const fresh: Visits = {alive: false, deaths: [], undecided: null}
  walk.visits.set(rule, fresh)
  return fresh
}

function walkRule(walk: Walk, rule: Rule, state: ChainState, place: Place): void {
  const stretches = walk.conditions.get(rule) ?? stretchesOf(rule, walk.space, walk.table)
  walk.conditions.set(rule, stretches)
  const [first] = stretches
  if (first === undefined) return
  const here = intersectAll(state.incoming, first.condition.maybe)
  if (!visit(walk, rule, here, state, place)) return
  for (const {condition, effect} of stretches) perform(walk, rule, condition, effect, state, place)
}

/** Notes a visit; false: no packet matches. */
function visit(walk: Walk, rule: Rule, here: readonly Box[], state: ChainState, place: Place): boolean {
  const visits = visitsOf(walk, rule)
  const {space} = walk
  const dead = (cause: Death['cause'], by: Rule[], examples: Example[]): false => {
    if (visits.deaths.length < 4) visits.deaths.push({cause, by, examples, hook: place.hook, caller: place.caller})
    return false
  }
  if (here.length === 0) return dead('place', [], [])
  const takers = state.taken.touching(here)
  const boxes = takers.flatMap((taken) => taken.boxes)
  const rest = subtractAll(here, boxes, space.full, mostBoxes)
  if (rest === null) {
    visits.undecided ??= `the packets that earlier rules leave fall apart into more than ${mostBoxes} pieces`
    return true
  }
  if (rest.length === 0)
    return dead('shadowed', coverOf(here, takers, space.full) ?? [], examplesOf(walk, here, takers, place))
  const unsure = state.possibly
  const left =
    unsure.length === 0
      ? rest
      : subtractAll(
          rest,
          unsure.flatMap((one) => one.boxes),
          space.full,
          mostBoxes,
        )
  if (left?.length !== 0) visits.alive = true
  else
    visits.undecided ??= `whether ${unsure[0]?.by.name ?? ''} takes all its packets hangs on ${unsure.flatMap(({open}) => open)[0]?.text ?? ''}`
  return true
}

/** How many examples are offered: one may not be what the kernel ever sees. */
const mostExamples = 8

function examplesOf({space}: Walk, here: readonly Box[], takers: readonly Taken[], {hook}: Place): Example[] {
  return here.slice(0, mostExamples).flatMap((box) => {
    const point = space.sample(box, hook)
    const taker = takers.find(({boxes}) => boxes.some((one) => boxHas(one, point)))
    return taker === undefined ? [] : [{packet: space.packet(point, hook), takenBy: taker.by}]
  })
}

function perform(walk: Walk, rule: Rule, condition: Condition, effect: Effect, state: ChainState, place: Place): void {
  const {maybe, sure, open} = condition
  const take = (how: Taken['how']): void => {
    if (sure.length > 0) state.taken.add({boxes: sure, by: rule, how})
    // What holds at some times and fails at others leaves some packets for certain.
    if (sure !== maybe && !open.some(({varies}) => varies)) state.possibly.push({boxes: maybe, open, by: rule})
  }
  if (effect.kind === 'ends') {
    addEnded(walk, state, {boxes: sure, by: rule, how: 'ended'})
    take('ended')
  } else if (effect.kind === 'returns') {
    take('left')
    state.mayLeave.push(...maybe)
  } else if (effect.kind === 'jump' || effect.kind === 'goto') {
    call(walk, rule, condition, effect, state, place)
    if (effect.kind === 'goto') {
      take('left')
      state.mayLeave.push(...maybe)
    }
  } else if (effect.kind === 'map' || effect.kind === 'may-leave') {
    for (const name of effect.chains) enter(walk, rule, name, intersectAll(state.incoming, maybe), state, place)
    state.possibly.push({boxes: maybe, open: [{text: 'what its target does', varies: false}], by: rule})
    state.mayLeave.push(...maybe)
  }
  for (const dimension of effect.changes) change(state, dimension)
}

/** Packets of `taken` that end here although rules before may have let some of them leave the chain. */
function addEnded({space}: Walk, state: ChainState, taken: Taken): void {
  const rest = subtractAll(taken.boxes, state.mayLeave, space.full, mostBoxes) ?? []
  const unchanged = rest.filter((box) => [...state.changed].every((dimension) => box[dimension] === undefined))
  if (unchanged.length > 0) state.ended.push({...taken, boxes: unchanged})
}

function call(walk: Walk, rule: Rule, {maybe, sure}: Condition, effect: Effect, state: ChainState, place: Place): void {
  const here = intersectAll(state.incoming, maybe)
  for (const name of effect.chains) {
    const outcome = enter(walk, rule, name, here, state, place)
    if (outcome === null) {
      state.possibly.push({boxes: maybe, open: [{text: `chain ${name}, which is missing`, varies: false}], by: rule})
      state.mayLeave.push(...maybe)
      continue
    }
    for (const {boxes, by, how} of outcome.ended) {
      const taken: Taken = {boxes: intersectAll(boxes, sure), by, how}
      if (taken.boxes.length === 0 || taken.boxes.length > mostBoxes) continue
      addEnded(walk, state, taken)
      state.taken.add(taken)
    }
    for (const dimension of outcome.changed) change(state, dimension)
  }
}

/** Walks a chain that a rule leads to; null: it is not there. */
function enter(
  walk: Walk,
  rule: Rule,
  name: string,
  here: readonly Box[],
  state: ChainState,
  {hook, depth}: Place,
): ChainOutcome | null {
  const target = walk.chains.get(name)
  if (depth >= deepest) walk.budget = 0
  if (target === undefined || depth >= deepest) return null
  return walkChain(walk, target, here, state.taken.touching(here), {hook, caller: rule, depth: depth + 1})
}

/** From here on rules see other numbers of `dimension` than those before did. */
function change(state: ChainState, dimension: Dimension): void {
  const asks = (boxes: readonly Box[]): boolean => boxes.some((box) => box[dimension] !== undefined)
  const widen = (boxes: readonly Box[]): readonly Box[] =>
    asks(boxes) ? boxes.map(({[dimension]: _, ...rest}) => rest) : boxes
  state.incoming = widen(state.incoming)
  state.mayLeave = [...widen(state.mayLeave)]
  if (state.possibly.some(({boxes}) => asks(boxes)))
    state.possibly = state.possibly.map((one) => ({...one, boxes: widen(one.boxes)}))
  state.taken = state.taken.without(dimension)
  state.changed.add(dimension)
}
