import type {Assumption} from '../../decision/assumption.js'
import type {Check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {Surroundings} from '../environment/surroundings.js'
import type {Mapping} from '../mapping.js'
import type {Hook} from '../packet.js'
import type {Draw} from './chance.js'
import type {PacketState} from './packet-state.js'

/** What the caller supposes of things that only a running system knows. */
export interface Suppositions {
  /** Whether a rate limit still lets packets through (the default), or has none left. */
  limit?: 'full' | 'exceeded'
  /** Whether an ipset whose content is not known holds the packet; the default is no. */
  ipsets?: Readonly<Record<string, boolean>>
  /** Other things that only the running kernel knows, by their names: `recent:NAME` holds the address, `time` is now. */
  running?: Readonly<Record<string, boolean>>
}

/** One packet on one way through the rules: what it became, and what was decided. */
export interface Run {
  packet: PacketState
  hook: Hook
  surroundings: Surroundings
  /** Of a connection that is known: what its entry does to its packets. Null where that is not given. */
  mapping: Mapping | null
  suppositions: Suppositions
  draw: Draw
  /** Also follow the ways that a default rules out, with probability 0 (a limit that is used up). */
  alternatives: boolean
  rules: string[]
  assumptions: Assumption[]
  /** null where nobody asks why. */
  steps: Step[] | null
  /** Rules looked at since the last step, which did not match. */
  passedOver: PassedOver[]
}

/** Notes an assumption once. */
export function assume(run: Run, assumption: Assumption): void {
  const same = ({about, assumed, at}: Assumption): boolean =>
    about === assumption.about && assumed === assumption.assumed && at === assumption.at
  if (!run.assumptions.some(same)) run.assumptions.push(assumption)
}

/** Records a decision, with the rules that were passed over before it. */
export function record(run: Run, at: string, level: string, decided: string | null, because: Check[]): void {
  if (run.steps === null) return
  run.steps.push({at, level, decided, because, passedOver: run.passedOver})
  run.passedOver = []
}
