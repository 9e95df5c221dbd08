import type {State} from './state.js'

/** Lines above the trace: where we are, what is asked, how it ends; three where what-ifs are on, one for a marked request. */
export const topLinesOf = ({edits, marked, trace}: State): number =>
  3 + (edits.length > 0 ? 3 : 0) + (marked !== null && marked.trace !== trace ? 1 : 0)
