import type {Ruleset} from '../../ruleset.js'
export const parseNftJson = (_text: string, origin: string): Ruleset => { throw new Error(origin) }
