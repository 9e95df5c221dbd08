import type {OwnAnswer} from '../own-answer.js'
import {type Passage, withAssumption} from '../passage.js'
import {type FilterCall, type FilterWay, goOn} from './http-filter.js'

/** Something outside this Envoy that may answer in the filter's place. */
export interface Outsider {
  /** The word for `--assume`: `ext_authz`. */
  word: string
  /** What it is taken to do where nothing is supposed, in words: `allows`. */
  byDefault: string
  /** Answers by supposition: `deny`, `error`; null where the request goes on all the same. */
  answers: Readonly<Record<string, OwnAnswer | null>>
  /** Whether it may write dynamic metadata that later filters look at. */
  opaque: boolean
}

/** The request goes on under an assumption, or is answered as the asker supposes, by filter name before the general word. */
export function suppose({situation, filter}: FilterCall, passage: Passage, outsider: Outsider): FilterWay[] {
  const {suppositions} = situation
  const key = suppositions[filter.name] === undefined ? outsider.word : filter.name
  const supposed = suppositions[key]
  const answer = supposed === undefined ? undefined : outsider.answers[supposed]
  const choices = Object.keys(outsider.answers)
  const assumed = withAssumption(passage, {
    about: `${filter.name} (${outsider.word})`,
    assumed: answer === undefined ? outsider.byDefault : `${supposed}`,
    at: filter.at,
    turn: choices.length === 0 ? null : `--assume ${key}=${answer === undefined ? choices.join('|') : 'allow'}`,
  })
  if (answer) return [{passage: assumed, answer}]
  return goOn(outsider.opaque ? {...assumed, opaque: true} : assumed)
}
