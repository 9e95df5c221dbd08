import {requestInputs} from '../match/matcher-inputs.js'
import {evaluateMatcher} from '../match/matcher-tree.js'
import {queryValues} from '../match/query-matcher.js'
import {type CompiledRoute, judgeRoute} from '../match/route.js'
import {matcherOf, type RouteTable, routesOfAction} from '../match/route-config.js'
import {headerValues} from '../match/routed-request.js'
import type {VirtualHostEntry} from '../match/virtual-host.js'
import type {Located} from '../parse/config-dump.js'
import {unpack} from '../parse/extension.js'
import {at, type JsonObject, object, objects, string} from '../parse/field.js'
import type {Reach} from './reach.js'
import {type Draft, fieldsOf, openFieldsOf, requestSpace, subjectOf} from './request-space.js'

/** What a matcher tree leads to, and what it looks at. */
export interface TreeRoutes {
  routes: CompiledRoute[]
  /** Whether a request can come to one of them. */
  reach(route: CompiledRoute): Reach
}

/** More combinations of values than these are not tried. */
const mostDrafts = 4000

/** The routes that the matcher tree of a virtual host leads to; null where it has none. */
export function treeRoutes(
  table: RouteTable,
  host: VirtualHostEntry,
  authorities: readonly string[],
): TreeRoutes | null {
  const tree = matcherOf(host)
  if (!tree) return null
  const seen: Seen = {table, routes: [], demands: [], open: false}
  look(seen, tree.raw, tree.at)
  const drafts = allDrafts(seen, authorities)
  return {routes: seen.routes, reach: (route) => reachOf(route, seen, tree, drafts)}
}

interface Seen {
  table: RouteTable
  routes: CompiledRoute[]
  /** What the tree asks of headers, as routes would. */
  demands: Pick<CompiledRoute, 'raw'>[]
  /** It looks at something that is no header. */
  open: boolean
}

function look(seen: Seen, matcher: JsonObject, here: string): void {
  objects(object(matcher, 'matcher_list') ?? {}, 'matchers').forEach((entry, index) => {
    const place = at(here, 'matcher_list', 'matchers', index)
    lookAtPredicate(seen, object(entry, 'predicate') ?? {})
    lookAtResult(seen, object(entry, 'on_match'), at(place, 'on_match'))
  })
  const tree = object(matcher, 'matcher_tree')
  if (tree) lookAtMaps(seen, tree, at(here, 'matcher_tree'))
  lookAtResult(seen, object(matcher, 'on_no_match'), at(here, 'on_no_match'))
}

function lookAtResult(seen: Seen, result: JsonObject | undefined, here: string): void {
  const nested = result && object(result, 'matcher')
  if (nested) look(seen, nested, at(here, 'matcher'))
  const action = nested ? undefined : object((result && object(result, 'action')) ?? {}, 'typed_config')
  if (!action) return
  const {type, raw, at: place} = unpack(action, at(here, 'action', 'typed_config'))
  seen.routes.push(...routesOfAction(seen.table, type, {raw, at: place}))
}

const maps = {exact_match_map: 'exact', prefix_match_map: 'prefix'} as const

function lookAtMaps(seen: Seen, tree: JsonObject, here: string): void {
  for (const [name, kind] of Object.entries(maps))
    for (const [key, result] of Object.entries(object(object(tree, name) ?? {}, 'map') ?? {})) {
      demand(seen, object(tree, 'input'), {[kind]: key})
      lookAtResult(seen, object({result}, 'result'), at(here, name, 'map', key))
    }
  if (object(tree, 'custom_match')) seen.open = true
}

function lookAtPredicate(seen: Seen, predicate: JsonObject): void {
  const single = object(predicate, 'single_predicate')
  if (single) demand(seen, object(single, 'input'), object(single, 'value_match'))
  for (const name of ['or_matcher', 'and_matcher'])
    for (const inner of objects(object(predicate, name) ?? {}, 'predicate')) lookAtPredicate(seen, inner)
  const negated = object(predicate, 'not_matcher')
  if (negated) lookAtPredicate(seen, negated)
}

/** The input and what it is compared with, in the form of a route's header matcher. */
function demand(seen: Seen, input: JsonObject | undefined, value: JsonObject | undefined): void {
  const name = string(object(input ?? {}, 'typed_config') ?? {}, 'header_name')
  if (name === undefined || !value) seen.open = true
  else seen.demands.push({raw: {match: {prefix: '/', headers: [{name, string_match: value}]}}})
}

/** Requests of every kind that the tree and its routes tell apart; not `complete` where some are left out. */
interface Drafts {
  drafts: Draft[]
  complete: boolean
}

function allDrafts({routes, demands, open}: Seen, authorities: readonly string[]): Drafts {
  const all = [...routes, ...demands]
  const space = requestSpace(all, authorities)
  const fields = [...new Set(['header :authority', ...all.flatMap(fieldsOf)])]
  const undecided = open || space.incomplete.size > 0 || all.some((each) => openFieldsOf(each).length > 0)
  let drafts: Draft[] = [new Map()]
  for (const field of fields) {
    const values = [...new Set(space.values.get(field) ?? [null])]
    if (drafts.length * values.length > mostDrafts) return {drafts, complete: false}
    drafts = drafts.flatMap((draft) => values.map((value) => new Map(draft).set(field, value)))
  }
  return {drafts, complete: !undecided}
}

function reachOf(route: CompiledRoute, seen: Seen, tree: Located, {drafts, complete}: Drafts): Reach {
  const fitting = drafts.filter((draft) => judgeRoute(route, subjectOf(draft)).holds !== false)
  const example = fitting.find((draft) => takerOf(seen.table, tree, draft) === route)
  if (example) return {reachable: 'yes', example}
  const reason = complete
    ? 'its matcher tree never leads here'
    : 'not everything that its matcher tree tells apart was tried'
  // Which entry takes a request hangs on what it has; no single route stands before this one.
  return {reachable: complete ? 'no' : 'undecided', takenBy: [], reason}
}

/** The route that takes a request for certain; null where none does, or where that is not known. */
function takerOf(table: RouteTable, tree: Located, draft: Draft): CompiledRoute | null {
  const subject = subjectOf(draft)
  const {request, connection} = subject
  const inputs = {
    header: (name: string) => headerValues(request, name.toLowerCase()),
    query: (name: string) => queryValues(request.path, name),
  }
  const read = requestInputs(connection, inputs)
  const {action, assumptions} = evaluateMatcher(tree.raw, tree.at, {read, suppositions: {}, explain: false})
  if (!action || assumptions.length > 0) return null
  const routes = routesOfAction(table, action.type, {raw: action.raw, at: action.at})
  const first = routes.find((route) => judgeRoute(route, subject).holds !== false)
  const judgement = first && judgeRoute(first, subject)
  return judgement?.holds === true && judgement.draw === null ? (first ?? null) : null
}
