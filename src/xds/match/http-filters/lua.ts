import {loadFunction} from '../../lua/interpreter.js'
import {parseLua} from '../../lua/parser.js'
import type {Statement} from '../../lua/syntax.js'
import {
  fromJson,
  LuaError,
  type LuaFunction,
  type LuaObject,
  type LuaValue,
  luaString,
  toJson,
  Unsupported,
} from '../../lua/value.js'
import {boolean, type JsonObject, object, string} from '../../parse/field.js'
import type {LocalReply} from '../local-reply.js'
import {type Passage, withMetadata} from '../passage.js'
import {headerValues, withAddedHeader, withHeader, withoutHeaders} from '../routed-request.js'
import {type FilterCall, type FilterWay, goOn, type HttpFilter} from './http-filter.js'
import {suppose} from './supposed.js'

/**
 * Runs simple scripts: headers, dynamic metadata, answers, clearing of the route cache. A script that does more (calls,
 * bodies, loops) is taken to let the request go on unchanged, which is said.
 */
export const lua: HttpFilter = (call, passage) => {
  if (call.perRoute && boolean(call.perRoute.raw, 'disabled')) return goOn(passage)
  const script = scriptOf(call)
  if (script === null) return goOn(passage)
  try {
    const run = script.text === undefined ? unreadable() : requestFunction(script.text)
    return run ? runScript(call, passage, run) : goOn(passage)
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return suppose(call, passage, {
      word: 'lua',
      byDefault: `lets the request go on, unchanged (its script uses ${error.message})`,
      answers: {deny: {status: null, responseFlags: '-', details: 'lua_response'}},
      opaque: ['*'],
    })
  }
}

function unreadable(): never {
  throw new Unsupported('a source that is not in the dump')
}

/** The script in force; null where there is none, its text undefined where the dump does not have it. */
function scriptOf({filter, perRoute}: FilterCall): {text: string | undefined} | null {
  const name = perRoute && string(perRoute.raw, 'name')
  const source = name
    ? object(object(filter.raw, 'source_codes') ?? {}, name)
    : ((perRoute && object(perRoute.raw, 'source_code')) ?? object(filter.raw, 'default_source_code'))
  const inline = perRoute ? undefined : string(filter.raw, 'inline_code')
  if (!source) return inline === undefined ? null : {text: inline}
  return {text: string(source, 'inline_string')}
}

const parsed = new Map<string, readonly Statement[] | Unsupported>()

/** `envoy_on_request` of a script, which is parsed once and run anew for each request. */
function requestFunction(script: string): LuaFunction | null {
  let found = parsed.get(script)
  if (found === undefined) {
    found = parse(script)
    parsed.set(script, found)
  }
  if (found instanceof Unsupported) throw found
  return loadFunction(found, 'envoy_on_request')
}

function parse(script: string): readonly Statement[] | Unsupported {
  try {
    return parseLua(script)
  } catch (error) {
    if (error instanceof Unsupported) return error
    throw error
  }
}

/** What a script has done so far. */
interface ScriptRun {
  passage: Passage
  clears: boolean
  answer: LocalReply | null
}

class Answered extends Error {}

function runScript(call: FilterCall, passage: Passage, script: LuaFunction): FilterWay[] {
  const run: ScriptRun = {passage, clears: false, answer: null}
  const clearsOnChange = boolean(call.filter.raw, 'clear_route_cache') ?? true
  try {
    script.call([streamHandle(run, clearsOnChange)])
  } catch (error) {
    // A failing script is logged by Envoy, and the request goes on; an answer ends the script.
    if (!(error instanceof LuaError || error instanceof Answered)) throw error
  }
  if (run.answer) return [{passage: run.passage, answer: run.answer}]
  const ways = run.clears ? call.reselect(run.passage) : [run.passage]
  return ways.flatMap(goOn)
}

const nothing = (): LuaValue => null

const luaObject = (name: string, methods: LuaObject['methods']): LuaObject => ({kind: 'object', name, methods})

function streamHandle(run: ScriptRun, clearsOnChange: boolean): LuaObject {
  const logs = ['logTrace', 'logDebug', 'logInfo', 'logWarn', 'logErr', 'logCritical']
  return luaObject('request_handle', {
    headers: () => headersObject(run, clearsOnChange),
    streamInfo: () => streamInfo(run),
    metadata: () => routeMetadata(run),
    clearRouteCache: () => {
      run.clears = true
      return null
    },
    respond: ([headers]) => {
      run.answer = {status: statusOf(headers ?? null), responseFlags: '-', details: 'lua_response'}
      throw new Answered()
    },
    ...Object.fromEntries(logs.map((name) => [name, nothing])),
  })
}

function statusOf(headers: LuaValue): number {
  const status =
    headers !== null && typeof headers === 'object' && headers.kind === 'table' ? headers.entries.get(':status') : null
  const number = Number(luaString(status ?? null))
  if (!(number >= 200)) throw new LuaError(':status must be between 200-599')
  return number
}

function headersObject(run: ScriptRun, clearsOnChange: boolean): LuaObject {
  const values = (name: LuaValue | undefined) => headerValues(run.passage.request, luaString(name).toLowerCase())
  const change = (changed: Passage['request']): LuaValue => {
    run.passage = {...run.passage, request: changed}
    if (clearsOnChange) run.clears = true
    return null
  }
  return luaObject('headers', {
    get: ([name]) => {
      const found = values(name)
      return found.length === 0 ? null : found.join(',')
    },
    getAtIndex: ([name, index]) => values(name)[Number(index)] ?? null,
    getNumValues: ([name]) => values(name).length,
    add: ([name, value]) =>
      change(withAddedHeader(run.passage.request, luaString(name).toLowerCase(), luaString(value))),
    replace: ([name, value]) =>
      change(withHeader(run.passage.request, luaString(name).toLowerCase(), luaString(value))),
    remove: ([name]) => change(withoutHeaders(run.passage.request, new Set([luaString(name).toLowerCase()]))),
  })
}

function streamInfo(run: ScriptRun): LuaObject {
  return luaObject('streamInfo', {
    dynamicMetadata: () =>
      luaObject('dynamicMetadata', {
        get: ([namespace]) => fromJson(run.passage.metadata[luaString(namespace)] ?? null),
        set: ([namespace, key, value]) => {
          run.passage = withMetadata(run.passage, luaString(namespace), {[luaString(key)]: toJson(value ?? null)})
          return null
        },
      }),
    routeName: () => run.passage.selection.route?.name ?? '',
  })
}

/** `metadata()`: the route's, under the filter's name. */
function routeMetadata(run: ScriptRun): LuaObject {
  const route = run.passage.selection.route
  const all: JsonObject = (route && object(object(route.raw, 'metadata') ?? {}, 'filter_metadata')) ?? {}
  const own = object(all, 'envoy.filters.http.lua') ?? object(all, 'envoy.lua') ?? {}
  return luaObject('metadata', {get: ([key]) => fromJson(own[luaString(key)] ?? null)})
}
