import type {Check, Ternary} from '../../decision/check.js'
import type {Draw} from './draw.js'

/** What a condition comes to: certain, decided by the request's random value, or known to the running system alone. */
export type Truth = boolean | 'unknown' | Draw

/** One condition of a route or filter. `describe` says what `judge` found; it is called only where somebody reads it. */
export interface Condition<Subject> {
  judge(subject: Subject): Truth
  describe(subject: Subject, holds: Ternary): Check
}
