/** Three-valued truth: `unknown` where the snapshot cannot tell. */
export type Ternary = 'yes' | 'no' | 'unknown'

/** One comparison that an evaluator made: the field looked at, what the configuration wants, what the packet or request has. */
export interface Check {
  /** The field in Envoy's or netfilter's own word: `dport`, `server_names`, `header end-user`. */
  field: string
  /** What the rule asks for, in its own notation, a leading `!` for a negated match. */
  want: string
  /** What was found; `(absent)` where the packet or request has no such thing. */
  got: string
  holds: Ternary
}

export const check = (field: string, want: string, got: string, holds: boolean | Ternary): Check => ({
  field,
  want,
  got,
  holds: typeof holds === 'boolean' ? (holds ? 'yes' : 'no') : holds,
})
