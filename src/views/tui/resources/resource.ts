import type {LandingTarget} from '../../../trace/landing.js'
import {type Column, cellText, type Mark} from '../../table/column.js'
import {naturalKey} from '../table/natural-key.js'

export const resourceNames = [
  'pods',
  'services',
  'listeners',
  'chains',
  'routes',
  'clusters',
  'endpoints',
  'iptables',
  'secrets',
  'checks',
] as const

export type ResourceName = (typeof resourceNames)[number]

/** What narrows a table to what a row of another one leads to. */
export type Scope =
  | {kind: 'pods'; names: readonly string[]; label: string}
  | {kind: 'listener'; at: string; label: string}
  /** The chains of virtualInbound that take connections to a port. */
  | {kind: 'inbound'; port: number; label: string}
  | {kind: 'route-config'; name: string; label: string}
  /** The route configuration that a chain has in itself, by its JSONPath. */
  | {kind: 'inline'; at: string; label: string}
  | {kind: 'clusters'; names: readonly string[]; label: string}
  | {kind: 'rules-chain'; table: string; chain: string; label: string}

/** Which table: a resource of a pod (a node has rules), or a part of it. */
export interface Where {
  resource: ResourceName
  /** `namespace/name`, a node's name; null for tables of the whole mesh. */
  place: string | null
  scope: Scope | null
}

/** Where a row leads along the way of a request. */
export type Follow = {kind: 'table'; where: Where} | {kind: 'nowhere'; text: string}

export const nowhere = (text: string): Follow => ({kind: 'nowhere', text})

/** What a row was made from. */
export interface Source {
  /** File of the snapshot's folder of the pod. */
  file: string
  /** JSONPath in it, or a rule's name. */
  at: string
  /** JSON, or a rule's text. */
  document: unknown
}

/** A table, and what its rows are beside their cells. */
export interface Resource<Row> {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  /** What a row is called in a path and in a search. */
  name: (row: Row) => string
  source: (row: Row) => Source | null
  follow: (row: Row) => Follow
  /** The words after `sidetrace` that show the row. */
  command: (row: Row) => readonly string[]
  /** What a request has to reach to land on the row; null where no request does. */
  target: (row: Row) => LandingTarget | null
}

/** A resource whose type of row is forgotten: rows are asked for by their number. */
export interface Listing {
  titles: readonly string[]
  count: number
  /** Safe for a terminal. */
  cell: (row: number, column: number) => string
  mark: (row: number, column: number) => Mark
  /** All cells in lower case, for filters; made once. */
  text: (row: number) => string
  /** What a column is sorted by; made once. */
  key: (row: number, column: number) => string
  name: (row: number) => string
  source: (row: number) => Source | null
  follow: (row: number) => Follow
  command: (row: number) => readonly string[]
  target: (row: number) => LandingTarget | null
}

/** Cells are made when they are asked for: of a table of a hundred thousand rows those on the screen, and those that a filter has to look at. */
export function listingOf<Row>(resource: Resource<Row>): Listing {
  const {columns, rows} = resource
  const texts: string[] = []
  const keys: string[][] = columns.map(() => [])
  const kept = (made: string[], row: number, make: () => string): string => {
    const found = made[row] ?? make()
    made[row] = found
    return found
  }
  const at = <T>(row: number, read: (row: Row) => T, none: T): T => {
    const found = rows[row]
    return found === undefined ? none : read(found)
  }
  const cell = (row: number, column: number): string =>
    at(row, (found) => cellText(columns[column]?.cell(found) ?? ''), '')
  return {
    titles: columns.map(({title}) => title),
    count: rows.length,
    cell,
    mark: (row, column) => at(row, (found) => columns[column]?.mark?.(found) ?? null, null),
    text: (row) =>
      kept(texts, row, () =>
        columns
          .map((_, column) => cell(row, column))
          .join('\n')
          .toLowerCase(),
      ),
    key: (row, column) => kept(keys[column] ?? [], row, () => naturalKey(cell(row, column))),
    name: (row) => at(row, resource.name, ''),
    source: (row) => at(row, resource.source, null),
    follow: (row) => at<Follow>(row, resource.follow, nowhere('nothing is selected')),
    command: (row) => at<readonly string[]>(row, resource.command, []),
    target: (row) => at(row, resource.target, null),
  }
}

/** Columns in another order: those that are named first, then the others as they were. */
export function arranged<Row>(columns: readonly Column<Row>[], first: readonly string[]): Column<Row>[] {
  const named = first.flatMap((title) => columns.filter((column) => column.title === title))
  return [...named, ...columns.filter(({title}) => !first.includes(title))]
}

/** The columns of a part of a row. */
export const columnsOf = <Row, Part>(columns: readonly Column<Part>[], part: (row: Row) => Part): Column<Row>[] =>
  columns.map(({title, cell, mark}) => ({
    title,
    cell: (row) => cell(part(row)),
    ...(mark ? {mark: (row: Row) => mark(part(row))} : {}),
  }))
