/** Something that only a running system knows, and what the answer takes it to be. */
export interface Assumption {
  /** What is not known: `ext_authz on route 9080`, `ipset trusted`. */
  about: string
  /** What the answer supposes: `allows`, `is empty`. */
  assumed: string
  /** The place that asks for it, or null. */
  at: string | null
  /** The flag that turns it (`--assume ext_authz=deny`), or null where none does. */
  turn: string | null
}
