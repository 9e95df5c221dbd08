import {type Field, fieldOf} from '../field.js'
import type {World} from '../world.js'
import {scoreWords} from './fuzzy.js'
import {type Thing, thingsOf} from './things.js'

/** A search over everything, as far as it has come. */
export interface FindState {
  field: Field
  /** What there is, as far as it was listed; grows while one types. */
  index: Index
  /** How many of it were looked at for this text. */
  looked: number
  /** Those that were listed fit so far, in no order; what goes on from the last text is sought among them. */
  fitting: readonly Thing[]
  /** The best of them. */
  best: readonly Scored[]
  cursor: number
}

interface Scored {
  thing: Thing
  score: number
}

/** What is listed so far; more comes from `rest`. */
interface Index {
  things: Thing[]
  rest: Iterator<Thing>
  done: boolean
}

/** Things that are looked at before the first frame; the others follow in slices. */
const atOnce = 500
const mostShown = 200

export const openFind = (world: World, first: string | null): FindState => ({
  field: fieldOf(''),
  index: {things: [], rest: thingsOf(world, first), done: false},
  looked: 0,
  fitting: [],
  best: [],
  cursor: 0,
})

const wordsOf = ({text}: Field): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

/** What is not looked at yet is left for later slices. */
export const isSearching = ({field, index, looked}: FindState): boolean =>
  wordsOf(field).length > 0 && (looked < index.things.length || !index.done)

export function typeFind(state: FindState, field: Field): FindState {
  const words = wordsOf(field)
  const before = wordsOf(state.field)
  const narrower = before.length > 0 && field.text.toLowerCase().startsWith(state.field.text.toLowerCase())
  if (words.length === 0) return {...state, field, looked: 0, fitting: [], best: [], cursor: 0}
  if (!narrower) return searchOn({...state, field, looked: 0, fitting: [], best: [], cursor: 0}, atOnce)
  const scored = scoreAll(state.fitting, words)
  return {...state, field, fitting: scored.map(({thing}) => thing), best: bestOf(scored), cursor: 0}
}

const scoreAll = (things: readonly Thing[], words: readonly string[]): Scored[] =>
  things.flatMap((thing) => {
    const score = scoreWords(thing.text, words)
    return score === null ? [] : [{thing, score}]
  })

const bestOf = (scored: readonly Scored[]): Scored[] =>
  [...scored].sort((a, b) => b.score - a.score).slice(0, mostShown)

/** Looks at one slice more. The index is one growing list: whoever looks first has it listed. */
export function searchOn(state: FindState, most: number): FindState {
  const {index, looked} = state
  while (index.things.length < looked + most && !index.done) {
    const {value, done} = index.rest.next()
    if (done === true) index.done = true
    else index.things.push(value)
  }
  const end = Math.min(index.things.length, looked + most)
  const scored = scoreAll(index.things.slice(looked, end), wordsOf(state.field))
  return {
    ...state,
    looked: end,
    fitting: [...state.fitting, ...scored.map(({thing}) => thing)],
    best: scored.length === 0 ? state.best : bestOf([...state.best, ...scored]),
  }
}

export const moveFind = (state: FindState, by: number): FindState => ({
  ...state,
  cursor: Math.max(0, Math.min(state.cursor + by, state.best.length - 1)),
})

export const chosen = ({best, cursor}: FindState): Thing | null => best[cursor]?.thing ?? null
