import type {Table} from '../ruleset.js'
import type {Action, Statement} from '../statement.js'
import type {Dimension} from './box.js'

/**
 * What an action does to the packets that come to it. `ends`: no further rule of the base chain is asked, for certain. `may-leave`: nobody can
 * tell. A packet's numbers may change in `changes`, as later rules see them.
 */
export interface Effect {
  kind: 'next' | 'ends' | 'returns' | 'jump' | 'goto' | 'map' | 'may-leave'
  changes: readonly Dimension[]
  /** Chains that the action leads to. */
  chains: readonly string[]
}

const effect = (kind: Effect['kind'], changes: readonly Dimension[] = [], chains: readonly string[] = []): Effect => ({
  kind,
  changes,
  chains,
})

const next = effect('next')
const ends = effect('ends')
const mayLeave = effect('may-leave')

/** What an action does, without asking a packet. */
export function effectOf(action: Action, version: 4 | 6): Effect {
  switch (action.kind) {
    case 'counter':
    case 'aside':
      return next
    case 'verdict':
      return action.verdict === 'continue' ? next : action.verdict === 'return' ? effect('returns') : ends
    case 'jump':
    case 'goto':
      return effect(action.kind, [], [action.chain])
    case 'reject':
    case 'redirect':
    case 'masquerade':
    case 'netmap':
      return ends
    case 'nat':
      return action.family === null || action.family === version ? ends : next
    case 'nat-map':
      return action.family === null || action.family === version ? mayLeave : next
    // nft's breaks its rule off where nobody listens; and where it does not, the next rule runs as well.
    case 'tproxy':
      return action.dialect === 'xt' ? ends : effect('next', action.mask === 0 ? [] : ['mark'])
    case 'set-mark':
      return action.of === 'packet' ? effect('next', ['mark']) : next
    case 'copy-mark':
      return action.direction === 'restore' ? effect('next', ['mark']) : next
    case 'notrack':
    case 'ct-template':
      return effect('next', ['state'])
    case 'mangle':
      return mangleEffect(action)
    case 'vmap':
      return effect('map', [], mappedChains(action))
    case 'unmodelled-action':
      return effect('may-leave', ['mark', 'state'])
    default:
      return action satisfies never
  }
}

function mangleEffect({key}: Extract<Action, {kind: 'mangle'}>): Effect {
  const name = key.kind === 'meta' || key.kind === 'ct' ? `${key.kind} ${key.key}` : ''
  if (name === 'meta mark') return effect('next', ['mark'])
  if (name === 'ct zone') return effect('next', ['state'])
  return /^(ct mark|meta nftrace|meta priority)$/.test(name) || key.kind === 'payload'
    ? next
    : effect('may-leave', ['mark', 'state'])
}

/** The chains that a verdict map names itself; those of a named map are found by the walk. */
const mappedChains = ({elements}: Extract<Action, {kind: 'vmap'}>): string[] =>
  elements.kind === 'elements' ? elements.elements.flatMap(({data}) => chainIn(data)) : []

export const chainIn = (data: unknown): string[] =>
  typeof data === 'object' &&
  data !== null &&
  'kind' in data &&
  (data.kind === 'jump' || data.kind === 'goto') &&
  'chain' in data &&
  typeof data.chain === 'string'
    ? [data.chain]
    : []

/** The chains that a statement may lead to. */
export function chainsOf(statement: Statement, table: Table): string[] {
  if (statement.kind === 'jump' || statement.kind === 'goto') return [statement.chain]
  if (statement.kind !== 'vmap') return []
  const {elements} = statement
  const all =
    elements.kind === 'elements' ? elements.elements : table.sets.find(({name}) => name === elements.name)?.elements
  return (all ?? []).flatMap(({data}) => chainIn(data))
}
