import type {PassedOver, Step} from '../../decision/step.js'

/** The place in a list that a JSONPath ends with, or that a rule's name gives. */
const rankOf = (at: string): {list: string; rank: number} | null => {
  const parts = /^(.*)(?:\[(\d+)\]|:rule:(\d+))$/s.exec(at)
  if (parts === null) return null
  return {list: parts[1] ?? '', rank: Number(parts[2] ?? parts[3])}
}

/** The candidates of a step in the order in which they were tried. */
export interface Trial {
  before: PassedOver[]
  /** Those that stand behind the winner, whether they would have fitted or not. */
  after: PassedOver[]
}

/** Where a list decides the order, by its places; else what failed came before, and what would have fitted too came late. */
export function trialOf({at, decided, passedOver}: Step): Trial {
  const winner = decided === null ? null : rankOf(at)
  const isLate = (each: PassedOver): boolean => {
    const rank = rankOf(each.at)
    if (winner !== null && rank !== null && rank.list === winner.list) return rank.rank > winner.rank
    return each.check.holds === 'yes'
  }
  return {before: passedOver.filter((each) => !isLate(each)), after: passedOver.filter(isLate)}
}
