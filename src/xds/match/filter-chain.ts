import type {Assumption} from '../../decision/assumption.js'
import {type Check, check} from '../../decision/check.js'
import {continueWays, type Weighted} from '../../decision/probability.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {Located} from '../parse/config-dump.js'
import {at, type JsonObject, object, objects, string} from '../parse/field.js'
import type {Listener} from '../parse/listener.js'
import type {DownstreamConnection} from './connection.js'
import {type Level, type LevelKey, levels, unset} from './filter-chain-level.js'
import {connectionInputs} from './matcher-inputs.js'
import {evaluateMatcher} from './matcher-tree.js'
import type {Suppositions} from './request.js'

/** A filter chain of a listener. */
export interface FilterChain extends Located {
  name: string | null
  /** The position in the listener's `filter_chains`; -1 for the default chain. */
  index: number
}

/** One way the choice of a filter chain can go. */
export interface ChainChoice extends Weighted {
  /** Null: no chain, and Envoy closes the connection. */
  chain: FilterChain | null
  assumptions: Assumption[]
  /** The choice as a step; none where no explanation is wanted. */
  steps: Step[]
}

interface Candidate extends FilterChain {
  /** Its demands by level, in the order of `levels`. */
  keys: LevelKey[][]
}

/** Chains that share their keys of all levels before; their keys of the next level are looked up once. */
interface Node {
  chains: readonly Candidate[]
  children: Map<string, Node> | null
  keys: Map<string, LevelKey>
}

interface Chains {
  root: Node
  all: readonly Candidate[]
  byDefault: FilterChain | null
}

const indexes = new WeakMap<JsonObject, Chains>()

function chainsOf(listener: Listener): Chains {
  let chains = indexes.get(listener.raw)
  if (!chains) {
    chains = buildChains(listener)
    indexes.set(listener.raw, chains)
  }
  return chains
}

const node = (chains: readonly Candidate[]): Node => ({chains, children: null, keys: new Map()})

function buildChains({raw, at: here}: Listener): Chains {
  const all = objects(raw, 'filter_chains').map((chain, index) => {
    const match = object(chain, 'filter_chain_match') ?? {}
    return {
      ...chainAt(chain, at(here, 'filter_chains', index), index),
      keys: levels.map((level) => level.keysOf(match)),
    }
  })
  const byDefault = object(raw, 'default_filter_chain')
  return {root: node(all), all, byDefault: byDefault ? chainAt(byDefault, at(here, 'default_filter_chain'), -1) : null}
}

const chainAt = (raw: JsonObject, here: string, index: number): FilterChain => ({
  raw,
  at: here,
  index,
  name: string(raw, 'name') || null,
})

/**
 * Chooses the filter chain for a connection: by the listener's `filter_chain_matcher`, else by the nine levels of
 * `filter_chain_match`. Each level keeps the chains of the single most specific key and never comes back to others.
 */
export function chooseFilterChain(
  listener: Listener,
  connection: DownstreamConnection,
  suppositions: Suppositions,
  explain: boolean,
): ChainChoice[] {
  const chains = chainsOf(listener)
  const matcher = object(listener.raw, 'filter_chain_matcher')
  if (matcher) {
    const place = {raw: matcher, at: at(listener.at, 'filter_chain_matcher')}
    return [chooseByMatcher(chains, place, connection, suppositions, explain)]
  }
  const walk: Walk = {chains, listener, connection, explain}
  return merged(descend(walk, chains.root, 0, {probability: 1, because: [], passedOver: [], assumptions: []}))
}

interface Walk {
  chains: Chains
  listener: Listener
  connection: DownstreamConnection
  explain: boolean
}

interface Trail extends Weighted {
  because: Check[]
  passedOver: PassedOver[]
  assumptions: Assumption[]
}

function descend(walk: Walk, start: Node, startDepth: number, trail: Trail): ChainChoice[] {
  const {node: from, depth} = skipUnasked(start, startDepth)
  const level = levels[depth]
  if (!level) return [chosen(walk, from.chains[0] ?? null, trail)]
  const children = childrenOf(from, depth)
  const open = !level.isKnown(walk.connection) && [...from.keys.keys()].some((key) => key !== unset)
  const winners = open ? [...new Set([...from.keys.keys(), unset])] : level.choose(from.keys, walk.connection)
  if (winners.length === 0) return [chosen(walk, null, passAll(walk, level, depth, from, trail))]
  return continueWays(winners, (key) => {
    const next = children.get(key)
    const onward = winners.length > 1 ? assumed(walk, level, from, key, winners.length, open, trail) : trail
    if (!next) return [chosen(walk, null, passAll(walk, level, depth, from, onward))]
    return descend(walk, next, depth + 1, narrowed(walk, level, depth, from, next, key, onward))
  })
}

/** Goes on to the next level at which any chain asks for something. */
function skipUnasked(start: Node, startDepth: number): {node: Node; depth: number} {
  let [node, depth] = [start, startDepth]
  while (depth < levels.length) {
    const children = childrenOf(node, depth)
    const only = children.size === 1 ? children.get(unset) : undefined
    if (!only) break
    node = only
    depth++
  }
  return {node, depth}
}

function childrenOf(from: Node, depth: number): Map<string, Node> {
  if (from.children) return from.children
  const groups = new Map<string, Candidate[]>()
  for (const chain of from.chains)
    for (const key of chain.keys[depth] ?? []) {
      const group = groups.get(key.key)
      if (!group) groups.set(key.key, [chain])
      else if (group.at(-1) !== chain) group.push(chain)
      if (!from.keys.has(key.key)) from.keys.set(key.key, key)
    }
  from.children = new Map([...groups].map(([key, chains]) => [key, node(chains)]))
  return from.children
}

/** The trail beyond a level: what held for the winner's key, and the chains that stay behind. */
function narrowed(walk: Walk, level: Level, depth: number, from: Node, next: Node, key: string, trail: Trail): Trail {
  if (!walk.explain) return trail
  const got = level.got(walk.connection)
  const won = from.keys.get(key)
  const kept = new Set(next.chains)
  const lost = from.chains.filter((chain) => !kept.has(chain))
  return {
    ...trail,
    because: key === unset || !won ? trail.because : [...trail.because, check(level.field, won.text, got, true)],
    passedOver: [...trail.passedOver, ...lost.map((chain) => passed(walk, level, depth, chain, got))],
  }
}

function passed(walk: Walk, level: Level, depth: number, chain: Candidate, got: string): PassedOver {
  const keys = chain.keys[depth] ?? []
  // Alone it would have fitted: a chain with a more specific key went before it.
  const fitsAlone = level.choose(new Map(keys.map((key) => [key.key, key])), walk.connection).length > 0
  return {
    at: chain.at,
    ...(chain.name === null ? {} : {name: chain.name}),
    check: check(level.field, keys.map(({text}) => text).join(', '), got, fitsAlone),
  }
}

function passAll(walk: Walk, level: Level, depth: number, from: Node, trail: Trail): Trail {
  if (!walk.explain) return trail
  const got = level.got(walk.connection)
  return {
    ...trail,
    passedOver: [...trail.passedOver, ...from.chains.map((chain) => passed(walk, level, depth, chain, got))],
  }
}

/** Where Envoy's choice is open, each way has the same share: nothing is known of their odds. */
function assumed(walk: Walk, level: Level, from: Node, key: string, ways: number, open: boolean, trail: Trail): Trail {
  const text = from.keys.get(key)?.text ?? '(another)'
  const assumption: Assumption = open
    ? {about: `${level.field}: the request does not say it`, assumed: text, at: walk.listener.at, turn: '--src'}
    : {
        about: `${level.field}: an explicit /0 beside chains that leave it unset; which one counts differs with each start of Envoy`,
        assumed: text,
        at: walk.listener.at,
        turn: null,
      }
  return {...trail, probability: trail.probability / ways, assumptions: [...trail.assumptions, assumption]}
}

function chosen({chains, listener, explain}: Walk, chain: Candidate | null, trail: Trail): ChainChoice {
  const taken = chain ?? chains.byDefault
  const {probability, assumptions} = trail
  if (!explain) return {chain: taken, probability, assumptions, steps: []}
  const step: Step = {
    at: taken?.at ?? at(listener.at, 'filter_chains'),
    level: 'filter chain',
    decided: taken ? nameOf(taken) : null,
    because: chain ? trail.because : taken ? [check('filter_chain_match', 'no other chain', 'none fits', true)] : [],
    passedOver: trail.passedOver,
  }
  return {chain: taken, probability, assumptions, steps: [step]}
}

/** A chain's name, or its place in the list. */
export const nameOf = ({name, index}: FilterChain): string =>
  name ?? (index === -1 ? 'default filter chain' : `filter chain ${index}`)

/** Ways that lead to the same chain are one way; where all do, nothing is open. */
function merged(ways: ChainChoice[]): ChainChoice[] {
  const [first] = ways
  if (!first || ways.length === 1) return ways
  if (ways.every(({chain}) => chain?.at === first.chain?.at))
    return [{...first, probability: ways.reduce((sum, way) => sum + way.probability, 0), assumptions: []}]
  const byChain = new Map<string, ChainChoice>()
  for (const way of ways) {
    const key = way.chain?.at ?? ''
    const same = byChain.get(key)
    byChain.set(key, same ? {...same, probability: same.probability + way.probability} : way)
  }
  return [...byChain.values()]
}

/** The matcher alone decides: the named chain's own filter_chain_match does not count. */
function chooseByMatcher(
  {all, byDefault}: Chains,
  matcher: Located,
  connection: DownstreamConnection,
  suppositions: Suppositions,
  explain: boolean,
): ChainChoice {
  const {action, because, passedOver, assumptions} = evaluateMatcher(matcher.raw, matcher.at, {
    read: connectionInputs(connection),
    suppositions,
    explain,
  })
  const wanted = action ? (string(action.raw, 'value') ?? '') : null
  // An action that names no chain closes the connection, even where there is a default.
  const chain = wanted === null ? byDefault : (all.find(({name}) => name === wanted) ?? null)
  const named = wanted !== null && chain === null ? [check('filter chain', wanted, '(no such chain)', false)] : []
  const step: Step = {
    at: chain?.at ?? action?.at ?? matcher.at,
    level: 'filter chain',
    decided: chain ? nameOf(chain) : null,
    because: [...because, ...named],
    passedOver,
  }
  return {chain, probability: 1, assumptions, steps: explain ? [step] : []}
}
