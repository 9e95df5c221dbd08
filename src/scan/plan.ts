import {MemberTable} from './member-table.js'
import type {Shape} from './shape.js'
import type {Leaf, Visit, VisitedList} from './visit.js'

/** What a scan does with the values it meets. Values without a plan are passed over. */
export type Plan = Fields | ItemList | TypedList | Whole | ValuePlan

/** What is done with a value that is looked at in one piece. */
export type ValuePlan = Keep | Members | Visit | VisitedList | Leaf

/** Kept as it stands. */
export interface Keep {
  kind: 'keep'
}

/** Kept with some members only; lists are passed through. */
export interface Members {
  kind: 'members'
  table: MemberTable<Keep | Members>
}

/** A list whose items are handed out, parsed, in batches and in order. */
export interface ItemList {
  kind: 'items'
  name: string
  item: Fields | ValuePlan
  /** Told when the list's name is met. */
  begin?(): void
  take(items: unknown[]): void
}

/** An object of which nothing but the planned members is of interest. */
export interface Fields {
  kind: 'fields'
  name: string
  table: MemberTable<Plan>
  /** Told when the object begins. */
  begin?(): void
  /** Told of each planned member before its value is read. */
  known?(): void
  /** Told when the object has ended. */
  end?(): void
  /** Told the name of each member without a plan before its value is read; what it throws ends the scan. */
  other?(name: string): void
}

/** A list of objects, each treated as its `@type` says. */
export interface TypedList {
  kind: 'typed'
  name: string
  /** The plan for objects of this type name (`envoy.admin.v3.ListenersConfigDump`), or undefined to pass over them. */
  plan(type: string): Fields | Whole | undefined
}

/** A value that is handed out as one. */
export interface Whole {
  kind: 'whole'
  take(value: unknown): void
}

export const keep: Keep = {kind: 'keep'}

/** For a member that may stand once only and of which nothing is needed. */
export const ignored: Whole = {kind: 'whole', take: () => undefined}

/** The plan that keeps what `shape` names. */
export function planOf(shape: Shape): Keep | Members {
  if (shape === true) return keep
  const entries = Object.entries(shape).map(([name, inner]) => [name, planOf(inner)] as const)
  return {kind: 'members', table: new MemberTable(entries)}
}
