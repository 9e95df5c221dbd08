import type {Check} from './check.js'

/** A candidate that was looked at and did not decide, with the first thing that ruled it out. */
export interface PassedOver {
  /** Where the candidate stands: a JSONPath into the dump, or a rule's name (`nat:ISTIO_OUTPUT:rule:4`). */
  at: string
  /** The candidate's own name, where it has one. */
  name?: string
  /** The first comparison that failed; one that holds where an earlier candidate had already won. */
  check: Check
}

/** How one thing was chosen among its candidates: the winner, why, and the losers in the order they were tried. */
export interface Choice<T> {
  decided: T | null
  because: Check[]
  passedOver: PassedOver[]
}

/** One decision on the way, as it is exported: what was decided at which level, why, and what was passed over. */
export interface Step {
  /** Where the decision stands: a JSONPath into the dump, or a rule's or chain's name. */
  at: string
  /** The kind of decision: `listener`, `filter chain`, `virtual host`, `route`, `rule`, `http filter`, ... */
  level: string
  /** What was decided, as a name; null where nothing fitted. */
  decided: string | null
  /** The comparisons that held for what was decided. */
  because: Check[]
  passedOver: PassedOver[]
}
