import type {Failure} from './failure.js'

/** A failure in plain words, the facts of this mesh that matter, and what to change, smallest first. */
export interface Remedy {
  says: string
  lines: {label: string; text: string}[]
}

/** One kind of failure: null where it is another kind. */
export type Family = (failure: Failure) => Remedy | null

/** Lines without the ones whose fact is missing: where it is not known, nothing is said. */
export const facts = (...lines: [string, string | null][]): Remedy['lines'] =>
  lines.flatMap(([label, text]) => (text === null || text === '' ? [] : [{label, text}]))
