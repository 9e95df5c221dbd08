import {MemberTable} from './member-table.js'

/** What is wanted of an object: some of its values as bytes, without the object itself. What is no object is passed over. */
export interface Visit {
  kind: 'visit'
  table: MemberTable<Visit | VisitedList | Leaf>
  /** Told when the object begins. */
  begin?(): void
  /** Told when it has ended. */
  end?(): void
}

/** A list of which each item is treated in the same way. What is no list is passed over. */
export interface VisitedList {
  kind: 'list'
  item: Visit | VisitedList | Leaf
}

/** A value that is handed out as its bytes, which are valid during the call. */
export interface Leaf {
  kind: 'leaf'
  take(bytes: Uint8Array, from: number, to: number): void
}

export const visit = (
  members: Readonly<Record<string, Visit | VisitedList | Leaf>>,
  told: Pick<Visit, 'begin' | 'end'> = {},
): Visit => ({kind: 'visit', table: new MemberTable(Object.entries(members)), ...told})

export const eachItem = (item: Visit | VisitedList | Leaf): VisitedList => ({kind: 'list', item})
