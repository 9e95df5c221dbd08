import {type Check, check} from '../../decision/check.js'
import {loadFunction} from '../lua/interpreter.js'
import {parseLua} from '../lua/parser.js'
import type {Statement} from '../lua/syntax.js'
import {LuaError, type LuaObject, luaString, Unsupported} from '../lua/value.js'
import type {Located} from '../parse/config-dump.js'
import {type Extension, readExtensionOf} from '../parse/extension.js'
import {at, object, objects, string} from '../parse/field.js'
import {requestInputs} from './matcher-inputs.js'
import {evaluateMatcher} from './matcher-tree.js'
import {queryValues} from './query-matcher.js'
import {headerValues} from './routed-request.js'
import type {ClusterQuestion} from './weighted-clusters.js'

/** What a cluster specifier plugin says. */
export interface Specified {
  /** Empty: no cluster, which is answered as one that is missing. */
  cluster: string
  at: string
  because: Check[]
}

const plugins = 'envoy.extensions.router.cluster_specifiers.'

/** The plugin of a RouteAction: its own, or the one of that name in the route configuration; null without one. */
export function specifierOf(action: Located, table: Located): Extension | null {
  const inline = object(object(action.raw, 'inline_cluster_specifier_plugin') ?? {}, 'extension')
  if (inline) return readExtensionOf(inline, at(action.at, 'inline_cluster_specifier_plugin', 'extension'))
  const name = string(action.raw, 'cluster_specifier_plugin')
  if (name === undefined) return null
  const all = objects(table.raw, 'cluster_specifier_plugins').map((entry) => object(entry, 'extension') ?? {})
  const index = all.findIndex((extension) => string(extension, 'name') === name)
  const found = all[index]
  return found ? readExtensionOf(found, at(table.at, 'cluster_specifier_plugins', index, 'extension')) : null
}

/** The cluster that a plugin comes to; null where it is of a kind that is not modelled, or does more than is. */
export function specifyCluster(plugin: Extension, question: ClusterQuestion): Specified | null {
  switch (plugin.type) {
    case `${plugins}matcher.v3.MatcherClusterSpecifier`:
      return byMatcher(plugin, question)
    case `${plugins}lua.v3.LuaConfig`:
      return byScript(plugin, question)
    default:
      return null
  }
}

function byMatcher({raw, at: here}: Extension, question: ClusterQuestion): Specified | null {
  const {request, connection, suppositions} = question
  const found = evaluateMatcher(object(raw, 'cluster_matcher') ?? {}, at(here, 'cluster_matcher'), {
    read: requestInputs(connection, {
      header: (name) => headerValues(request, name.toLowerCase()),
      query: (name) => queryValues(request.path, name),
    }),
    suppositions,
    explain: true,
  })
  if (found.assumptions.length > 0) return null
  const {action} = found
  return {cluster: (action && string(action.raw, 'cluster')) ?? '', at: action?.at ?? here, because: found.because}
}

const parsed = new Map<string, readonly Statement[]>()

/** `envoy_on_route`: the name that it returns, else `default_cluster`. */
function byScript({raw, at: here}: Extension, question: ClusterQuestion): Specified | null {
  const script = string(object(raw, 'source_code') ?? {}, 'inline_string')
  if (script === undefined) return null
  try {
    const cluster = runScript(script, question) ?? string(raw, 'default_cluster') ?? ''
    return {cluster, at: here, because: [check('envoy_on_route', 'a cluster', cluster, cluster !== '')]}
  } catch (error) {
    if (error instanceof Unsupported) return null
    throw error
  }
}

/** Null where the script fails, or returns no text. */
function runScript(script: string, {request}: ClusterQuestion): string | null {
  const statements = parsed.get(script) ?? parseLua(script)
  parsed.set(script, statements)
  const onRoute = loadFunction(statements, 'envoy_on_route')
  const get = (name: string) => {
    const values = headerValues(request, name.toLowerCase())
    return values.length === 0 ? null : values.join(',')
  }
  const headers: LuaObject = {kind: 'object', name: 'headers', methods: {get: ([name]) => get(luaString(name))}}
  const handle: LuaObject = {kind: 'object', name: 'route_handle', methods: {headers: () => headers, ...logs}}
  try {
    const value = onRoute?.call([handle]) ?? null
    return typeof value === 'string' ? value : null
  } catch (error) {
    if (error instanceof LuaError) return null
    throw error
  }
}

const logs: LuaObject['methods'] = Object.fromEntries(
  ['logTrace', 'logDebug', 'logInfo', 'logWarn', 'logErr', 'logCritical'].map((name) => [name, () => null]),
)

/** Named for a note: what chooses the cluster, where that is not modelled. */
export const specifierName = ({name, type}: Pick<Extension, 'name' | 'type'>): string =>
  `cluster specifier ${name} (${type || 'not known'})`
