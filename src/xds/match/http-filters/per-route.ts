import {type Extension, unpack} from '../../parse/extension.js'
import {at, boolean, isObject, type JsonObject, object} from '../../parse/field.js'
import {type Selection, settingLevels} from '../route-selection.js'

/** What the route says of a filter. */
export interface PerRoute {
  config: Extension | null
  /** True or false where the most specific level that speaks of the filter decides it; null where none speaks of it. */
  disabled: boolean | null
}

const silent: PerRoute = {config: null, disabled: null}

/**
 * The most specific entry for a filter's name in `typed_per_filter_config`: weighted cluster, route, virtual host, route
 * configuration. It replaces others as a whole. Without a route no level is asked.
 */
export function perRouteConfig(selection: Selection, name: string): PerRoute {
  if (!selection.route) return silent
  for (const level of settingLevels(selection)) {
    const entry = entriesOf(level.raw)?.[name]
    if (isObject(entry)) return readEntry(name, entry, at(level.at, 'typed_per_filter_config', name))
  }
  return silent
}

const entriesOfLevel = new WeakMap<JsonObject, JsonObject | null>()

function entriesOf(level: JsonObject): JsonObject | null {
  let entries = entriesOfLevel.get(level)
  if (entries === undefined) {
    entries = object(level, 'typed_per_filter_config') ?? null
    entriesOfLevel.set(level, entries)
  }
  return entries
}

/** An entry is the configuration itself, or a FilterConfig around it that may switch the filter off. */
function readEntry(name: string, entry: JsonObject, here: string): PerRoute {
  const {raw, type, at: place} = unpack(entry, here)
  if (type !== 'envoy.config.route.v3.FilterConfig')
    return {config: {name, type, raw, at: place, known: true}, disabled: false}
  const inner = object(raw, 'config')
  return {
    config: inner ? {name, known: true, ...unpack(inner, at(place, 'config'))} : null,
    disabled: boolean(raw, 'disabled') ?? false,
  }
}
