import type {Assumption} from '../../decision/assumption.js'

/**
 * What became of one condition: it holds or not; or it is taken to hold or not under an assumption; or chance decides;
 * or nobody can tell.
 */
export type Finding =
  | boolean
  | {kind: 'assumed'; holds: boolean; assumption: Assumption}
  /** As `assumed`, and the other way can be followed as well. */
  | {kind: 'either'; holds: boolean; assumption: Assumption; otherwise: string}
  | {kind: 'chance'; probability: number; about: string}
  | {kind: 'undecidable'; about: string; assumption: Assumption}

export const assumed = (holds: boolean, about: string, taken: string, turn: string | null = null): Finding => ({
  kind: 'assumed',
  holds,
  assumption: {about, assumed: taken, at: null, turn},
})

export const undecidable = (about: string, why: string): Finding => ({
  kind: 'undecidable',
  about,
  assumption: {about, assumed: why, at: null, turn: null},
})
