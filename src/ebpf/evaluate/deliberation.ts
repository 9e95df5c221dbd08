import type {Check} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'

/** The conditions of one program as it asks them: those that did not hold were passed over, the one that held decided. */
export interface Deliberation {
  /** A condition that would have ended it, and did not hold. */
  pass(outcome: string, field: string, want: string, got: string): void
  decide(decided: string, ...because: Check[]): Step
}

export function deliberation(program: string): Deliberation {
  const passedOver: PassedOver[] = []
  return {
    pass: (name, field, want, got) => passedOver.push({at: program, name, check: {field, want, got, holds: 'no'}}),
    decide: (decided, ...because) => ({
      at: program,
      level: 'eBPF program',
      decided,
      because,
      passedOver: [...passedOver],
    }),
  }
}

/** A list as a check shows it. */
export const listText = (items: readonly (number | string)[]): string =>
  items.length === 0 ? '(none)' : items.join(',')
