import type {Step} from '../../../decision/step.js'
import type {Located} from '../../parse/config-dump.js'
import {type Extension, readExtension} from '../../parse/extension.js'
import {at, boolean, type JsonObject, objects} from '../../parse/field.js'
import type {Proxy as Envoy} from '../../proxy.js'
import type {Passage} from '../passage.js'
import type {Situation} from '../situation.js'
import {filterTypes, routerType} from './filter-types.js'
import type {FilterCall, FilterWay, HttpFilter} from './http-filter.js'
import {perRouteConfig} from './per-route.js'
import {unmodelled} from './unmodelled.js'

/** A filter of a connection manager, with its judge. */
interface ChainEntry {
  filter: Extension
  disabled: boolean
  judge: HttpFilter
}

const chains = new WeakMap<Envoy, WeakMap<readonly JsonObject[], ChainEntry[]>>()
const filterLists = new WeakMap<JsonObject, readonly JsonObject[]>()

/** The connection manager's own list of filters, always the same array for the same configuration. */
export function managerFilters(manager: JsonObject): readonly JsonObject[] {
  let list = filterLists.get(manager)
  if (!list) {
    list = objects(manager, 'http_filters')
    filterLists.set(manager, list)
  }
  return list
}

function entriesOf(envoy: Envoy, filters: readonly JsonObject[], manager: Located): ChainEntry[] {
  const ofEnvoy = chains.get(envoy) ?? new WeakMap<readonly JsonObject[], ChainEntry[]>()
  chains.set(envoy, ofEnvoy)
  let entries = ofEnvoy.get(filters)
  if (!entries) {
    const here = at(manager.at, 'http_filters')
    entries = filters.flatMap((raw, index) => {
      const filter = readExtension(envoy.dump, raw, at(here, index))
      if (filter.type === routerType) return []
      return {filter, disabled: boolean(raw, 'disabled') ?? false, judge: filterTypes[filter.type] ?? unmodelled}
    })
    ofEnvoy.set(filters, entries)
  }
  return entries
}

/**
 * Puts a request through the filters in order, the router excepted. A filter that answers ends its way.
 * Per-route configurations are those of the route as it stands when the filter runs.
 */
export function runFilters(
  situation: Situation,
  filters: readonly JsonObject[],
  start: Passage,
  reselect: (passage: Passage) => Passage[],
): FilterWay[] {
  let ways: FilterWay[] = [{passage: start, answer: null}]
  for (const entry of entriesOf(situation.surroundings.envoy, filters, situation.manager)) {
    const [only] = ways
    ways =
      ways.length === 1 && only && !only.answer
        ? runFilter(situation, entry, only.passage, reselect)
        : ways.flatMap((way) => (way.answer ? [way] : runFilter(situation, entry, way.passage, reselect)))
  }
  return ways
}

function runFilter(
  situation: Situation,
  {filter, disabled, judge}: ChainEntry,
  passage: Passage,
  reselect: (passage: Passage) => Passage[],
): FilterWay[] {
  const perRoute = perRouteConfig(passage.selection, filter.name)
  if (perRoute.disabled ?? disabled) return [{passage, answer: null}]
  const call: FilterCall = {situation, filter, perRoute: perRoute.config, reselect}
  const ways = judge(call, passage)
  return situation.explain ? ways.map((way) => explained(way, passage, filter)) : ways
}

/** A filter that says nothing of itself still stands on the way. */
function explained(way: FilterWay, before: Passage, filter: Extension): FilterWay {
  if (way.passage.steps.length > before.steps.length) return way
  const answer = way.answer && `answers ${way.answer.status ?? ''} ${way.answer.details ?? ''}`.trimEnd()
  const step: Step = {
    at: filter.at,
    level: 'http filter',
    decided: `${filter.name}: ${answer ?? 'goes on'}`,
    because: [],
    passedOver: [],
  }
  return {...way, passage: {...way.passage, steps: [...way.passage.steps, step]}}
}
