import type {Ruleset} from '../../ruleset.js'
export const parseNftText = (_text: string, origin: string): Ruleset => { throw new Error(origin) }
