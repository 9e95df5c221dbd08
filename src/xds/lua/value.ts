/** A script uses something that is not modelled: nothing certain can be said of what it does. */
export class Unsupported extends Error {}

/** The script itself fails, as it would in Envoy, which then lets the request go on. */
export class LuaError extends Error {}

/** A value of a script; nil is null. */
export type LuaValue = null | boolean | number | string | LuaTable | LuaFunction | LuaObject

export interface LuaTable {
  kind: 'table'
  entries: Map<string | number, LuaValue>
}

export interface LuaFunction {
  kind: 'function'
  call(args: LuaValue[]): LuaValue
}

/** An object of Envoy's API: methods alone. */
export interface LuaObject {
  kind: 'object'
  name: string
  methods: Record<string, (args: LuaValue[]) => LuaValue>
}

export const truthy = (value: LuaValue): boolean => value !== null && value !== false

export function luaText(value: LuaValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (value === null) return 'nil'
  if (typeof value === 'boolean') return String(value)
  throw new Unsupported(`the text of a ${value.kind}`)
}

/** Text of a text or number; anything else is an error of the script. */
export function luaString(value: LuaValue | undefined): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new LuaError('a string is expected')
}

/** A value as JSON: what it becomes in dynamic metadata. */
export function toJson(value: LuaValue): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value.kind !== 'table') throw new LuaError(`a ${value.kind} is no metadata`)
  const {entries} = value
  const isList = entries.size > 0 && [...entries.keys()].every((key, index) => key === index + 1)
  if (isList) return [...entries.values()].map(toJson)
  return Object.fromEntries([...entries].map(([key, inner]) => [String(key), toJson(inner)]))
}

/** JSON as a value of the script. */
export function fromJson(json: unknown): LuaValue {
  if (json === null || json === undefined) return null
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json
  const entries: [string | number, LuaValue][] = Array.isArray(json)
    ? json.map((inner, index) => [index + 1, fromJson(inner)])
    : Object.entries(json).map(([key, inner]) => [key, fromJson(inner)])
  return {kind: 'table', entries: new Map(entries)}
}
