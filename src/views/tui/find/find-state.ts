import {type Field, fieldOf} from '../field.js'
import {type Growing, grown, noneYet} from '../growing.js'
import type {World} from '../world.js'
import {scoreWords} from './fuzzy.js'
import {type Thing, thingsOf} from './things.js'

/** A search over everything, as far as it has come. */
export interface FindState {
  field: Field
  /** What there is, as far as it was listed; grows while one types. */
  index: Index
  /** What alone can fit, as it fitted a shorter text; null for all that is listed. */
  pool: Growing<Thing> | null
  /** How many of it were looked at for this text. */
  looked: number
  /** Those that were listed fit so far, in no order; what goes on from the last text is sought among them. */
  fitting: Growing<Thing>
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
const atOnce = 200
const mostShown = 200

export const openFind = (world: World, first: string | null): FindState => ({
  field: fieldOf(''),
  index: {things: [], rest: thingsOf(world, first), done: false},
  pool: null,
  looked: 0,
  fitting: noneYet(),
  best: [],
  cursor: 0,
})

const wordsOf = ({text}: Field): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

/** What is not looked at yet is left for later slices. */
export const isSearching = ({field, index, pool, looked}: FindState): boolean =>
  wordsOf(field).length > 0 && (pool === null ? looked < index.things.length || !index.done : looked < pool.count)

export function typeFind(state: FindState, field: Field): FindState {
  const words = wordsOf(field)
  const next: FindState = {...state, field, pool: null, looked: 0, fitting: noneYet(), best: [], cursor: 0}
  if (words.length === 0) return next
  const narrower =
    wordsOf(state.field).length > 0 && field.text.toLowerCase().startsWith(state.field.text.toLowerCase())
  const pool = narrower ? (isSearching(state) ? state.pool : state.fitting) : null
  return searchOn({...next, pool}, atOnce)
}

const scoreAll = (things: readonly Thing[], words: readonly string[]): Scored[] =>
  things.flatMap((thing) => {
    const score = scoreWords(thing.text, words)
    return score === null ? [] : [{thing, score}]
  })

const bestOf = (scored: readonly Scored[]): Scored[] =>
  [...scored].sort((a, b) => b.score - a.score).slice(0, mostShown)

/** Looks at one slice more. What there is, is one growing list: whoever looks first has it listed. */
export function searchOn(state: FindState, most: number): FindState {
  const {index, pool, looked} = state
  if (pool === null) listMore(index, looked + most)
  const [things, count] = pool === null ? [index.things, index.things.length] : [pool.items, pool.count]
  const end = Math.min(count, looked + most)
  const scored = scoreAll(things.slice(looked, end), wordsOf(state.field))
  if (scored.length === 0) return {...state, looked: end}
  return {
    ...state,
    looked: end,
    fitting: grown(
      state.fitting,
      scored.map(({thing}) => thing),
    ),
    best: bestOf([...state.best, ...scored]),
  }
}

function listMore(index: Index, wanted: number): void {
  while (index.things.length < wanted && !index.done) {
    const {value, done} = index.rest.next()
    if (done === true) index.done = true
    else index.things.push(value)
  }
}

export const moveFind = (state: FindState, by: number): FindState => ({
  ...state,
  cursor: Math.max(0, Math.min(state.cursor + by, state.best.length - 1)),
})

export const chosen = ({best, cursor}: FindState): Thing | null => best[cursor]?.thing ?? null
