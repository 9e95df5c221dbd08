import {MemberTable} from './member-table.js'
import {type Fields, type ItemList, ignored, type Plan, planOf, type TypedList, type Whole} from './plan.js'
import type {Shape} from './shape.js'
import type {Visit} from './visit.js'

/** What is wanted of the items of one list: their shape, and who takes them; or a plan that hands out what they hold. */
export type ListWanted = (TakenItems | {item: Visit}) & {
  /** Told when the list's name is met. */
  begin?(): void
}

interface TakenItems {
  shape: Shape
  take(items: unknown[]): void
}

/** What is wanted of an object that is known by its `@type`: some of its lists, or all of it in one piece. */
export type SectionWanted =
  | {lists: Readonly<Record<string, ListWanted>>; begin?(): void}
  | {whole: true; take(section: unknown): void}

/**
 * What is wanted of a document: lists that stand in it by their own name (`cluster_statuses` of `/clusters?format=json`), and the
 * objects of `configs` by their type name (`envoy.admin.v3.ListenersConfigDump`).
 */
export interface DocumentLists {
  lists?: Readonly<Record<string, ListWanted>>
  configs?: Readonly<Record<string, SectionWanted>>
}

/** Who is told of the members at the top of the document: one that is wanted, or the name of any other. */
export interface MemberNotice {
  known(): void
  other(name: string): void
}

export function documentPlan({lists = {}, configs}: DocumentLists, {known, other}: MemberNotice): Plan {
  const entries = Object.entries(lists).map(([name, list]): [string, Plan] => [name, listPlan(name, list)])
  if (configs !== undefined) entries.push(['configs', configsPlan(configs)])
  return {kind: 'fields', name: 'the document', table: new MemberTable(entries), known, other}
}

function configsPlan(sections: Readonly<Record<string, SectionWanted>>): TypedList {
  const plans = new Map(Object.entries(sections).map(([type, wanted]) => [type, sectionPlan(type, wanted)]))
  return {kind: 'typed', name: 'configs', plan: (type) => plans.get(type)}
}

function sectionPlan(type: string, wanted: SectionWanted): Fields | Whole {
  if ('whole' in wanted) return {kind: 'whole', take: wanted.take}
  const lists = Object.entries(wanted.lists).map(([name, list]): [string, Plan] => [name, listPlan(name, list)])
  const table = new MemberTable<Plan>([['@type', ignored], ...lists])
  return {kind: 'fields', name: type, table, ...(wanted.begin && {begin: wanted.begin})}
}

const listPlan = (name: string, {begin, ...wanted}: ListWanted): Plan => ({
  ...('item' in wanted ? visitedItems(name, wanted.item) : takenList(name, wanted)),
  ...(begin && {begin}),
})

const takenList = (name: string, {shape, take}: TakenItems): ItemList => ({
  kind: 'items',
  name,
  item: planOf(shape),
  take,
})

/** A list whose items are not handed out themselves. */
const visitedItems = (name: string, item: Visit): ItemList => ({kind: 'items', name, item, take: () => undefined})
