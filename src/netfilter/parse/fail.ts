import {DataError} from '../../errors.js'

/** Refuses a text at a place of it. */
export type Fail = (what: string) => never

/** Refuses `origin` at a line. */
export const failAt =
  (origin: string, line: number): Fail =>
  (what) => {
    throw new DataError(what, `${origin}:${line}`)
  }
