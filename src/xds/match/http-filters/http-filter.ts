import type {Extension} from '../../parse/extension.js'
import type {LocalReply} from '../local-reply.js'
import type {Passage} from '../passage.js'
import type {Situation} from '../situation.js'

/** One filter of the chain, as it meets one request. */
export interface FilterCall {
  situation: Situation
  /** The filter's entry in the connection manager. */
  filter: Extension
  /** The most specific per-route configuration, which takes the place of the filter's own as a whole; null without one. */
  perRoute: Extension | null
  /** Selects the route anew, as a filter does that clears the route cache. */
  reselect(passage: Passage): Passage[]
}

/** What becomes of the request at a filter, on one of its ways: it goes on, or the filter answers. */
export interface FilterWay {
  passage: Passage
  answer: LocalReply | null
}

/** Judges a request at one type of filter. */
export type HttpFilter = (call: FilterCall, passage: Passage) => FilterWay[]

/** The request goes on. */
export const goOn = (passage: Passage): FilterWay[] => [{passage, answer: null}]

/** The filter answers. */
export const reply = (
  passage: Passage,
  status: number | null,
  responseFlags: string,
  details: string | null,
): FilterWay => ({
  passage,
  answer: {status, responseFlags, details},
})

/** The configuration in force: the per-route one where there is one. */
export const settings = ({filter, perRoute}: FilterCall): Extension => perRoute ?? filter
