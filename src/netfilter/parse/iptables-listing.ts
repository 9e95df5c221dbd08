import type {Family, Ruleset} from '../ruleset.js'
export const parseIptablesListing = (_text: string, origin: string, _table: string, _family: Family): Ruleset => { throw new Error(origin) }
