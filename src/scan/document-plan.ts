import {MemberTable} from './member-table.js'
import {type Fields, ignored, keep, type Plan, planOf} from './plan.js'
import type {Shape} from './shape.js'

/** What is wanted of the items of one list: their shape, and who takes them. */
export interface ListWanted {
  shape: Shape
  take(items: unknown[]): void
}

/** What is wanted of a section of a config dump: some of its lists, or all of it in one piece. */
export type SectionWanted =
  | {lists: Readonly<Record<string, ListWanted>>; begin?(): void}
  | {whole: true; take(section: unknown): void}

const listPlan = (name: string, {shape, take}: ListWanted): Plan => ({kind: 'items', name, item: planOf(shape), take})

const members = (entries: [string, Plan][]): MemberTable<Plan> => new MemberTable(entries)

const document = (name: string, plan: Plan, other: (name: string) => void): Fields => ({
  kind: 'fields',
  name: 'the document',
  table: members([[name, plan]]),
  other,
})

/**
 * The plan for an answer of Envoy's `/config_dump`: sections by the type name in their `@type`
 * (`envoy.admin.v3.ListenersConfigDump`). `other` is told the names of the document's members beside `configs`.
 */
export function configDumpPlan(
  sections: Readonly<Record<string, SectionWanted>>,
  other: (member: string) => void,
): Plan {
  const plans = new Map(Object.entries(sections).map(([type, wanted]) => [type, sectionPlan(type, wanted)]))
  return document('configs', {kind: 'typed', name: 'configs', plan: (type) => plans.get(type)}, other)
}

function sectionPlan(type: string, wanted: SectionWanted): Plan {
  if ('whole' in wanted) return {kind: 'whole', value: keep, take: wanted.take}
  const lists = Object.entries(wanted.lists).map(([name, list]): [string, Plan] => [name, listPlan(name, list)])
  return {
    kind: 'fields',
    name: type,
    table: members([['@type', ignored], ...lists]),
    ...(wanted.begin && {begin: wanted.begin}),
  }
}

/** The plan for a document that is one list beside other members, as `/clusters?format=json` with its `cluster_statuses`. */
export const listDocumentPlan = (name: string, wanted: ListWanted, other: (member: string) => void): Plan =>
  document(name, listPlan(name, wanted), other)
