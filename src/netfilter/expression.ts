import type {Action} from './statement.js'

/** A value that nftables compares: numbers (ports, marks, ids, bits), addresses as bigint, names (interfaces, types) as string. */
export type Value = number | bigint | string

/** One side of a comparison of nftables. */
export type Expression =
  | {kind: 'meta'; key: string}
  | {kind: 'ct'; key: string; direction: 'original' | 'reply' | null}
  | {kind: 'payload'; protocol: string; field: string}
  | {kind: 'fib'; result: string; flags: string[]}
  | {kind: 'numgen'; mode: 'inc' | 'random'; modulus: number; offset: number}
  /** `meta random`: 32 bits drawn by chance. */
  | {kind: 'binary'; operator: '&' | '|' | '^' | '<<' | '>>'; left: Expression; right: Expression}
  | {kind: 'concat'; parts: Expression[]}
  | {kind: 'constant'; value: Value}
  | {kind: 'map'; key: Expression; elements: {kind: 'elements'; elements: SetElement[]} | {kind: 'named'; name: string}}
  | {kind: 'unmodelled'; text: string}

/** One element of a set, as intervals, one per part of a concatenation. `data`: what a map gives for it. */
export interface SetElement {
  key: Interval[]
  data: Value[] | Action | null
}

/** Both ends included; a name that ends in `*` stands for all that begin so. */
export type Interval = {low: Value; high: Value}

/** What a comparison asks for: values, a set of the table, or something that is not modelled. */
export type ValueSet =
  /** `set`: written in braces, so that `in` and `!=` compare with elements and not with bits. */
  | {kind: 'values'; elements: SetElement[]; set: boolean; text: string}
  | {kind: 'named'; name: string}
  | {kind: 'expression'; expression: Expression; text: string}
  | {kind: 'unmodelled'; text: string}

/** A set or map that a table holds under a name. */
export interface NamedSet {
  name: string
  types: string[]
  elements: SetElement[]
  /** Rules may add elements while packets pass: the content is what the capture saw. */
  dynamic: boolean
}
