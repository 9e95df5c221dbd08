/**
 * The gate for proto JSON: everything in a dump is `unknown` until one of these readers has looked at it.
 * Fields are asked for by their proto name (snake_case, as Envoy writes); istiod's debug endpoint and istioctl write
 * lowerCamelCase, which every reader accepts too.
 */
export interface JsonObject {
  readonly [key: string]: unknown
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const camelNames = new Map<string, string>()

/** `filter_chains` -> `filterChains`, as protobuf's JSON mapping does. */
export function camelCase(name: string): string {
  let camel = camelNames.get(name)
  if (camel === undefined) {
    camel = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    camelNames.set(name, camel)
  }
  return camel
}

/** The member called `name` in either spelling; undefined where it is absent or null. */
export function member(object: JsonObject, name: string): unknown {
  const value = object[name]
  if (value !== undefined && value !== null) return value
  const camel = camelCase(name)
  return camel === name ? undefined : (object[camel] ?? undefined)
}

export function object(parent: JsonObject, name: string): JsonObject | undefined {
  const value = member(parent, name)
  return isObject(value) ? value : undefined
}

export function list(parent: JsonObject, name: string): readonly unknown[] {
  const value = member(parent, name)
  return Array.isArray(value) ? value : []
}

export const objects = (parent: JsonObject, name: string): JsonObject[] => list(parent, name).filter(isObject)

export const strings = (parent: JsonObject, name: string): string[] =>
  list(parent, name).filter((value): value is string => typeof value === 'string')

export function string(parent: JsonObject, name: string): string | undefined {
  const value = member(parent, name)
  return typeof value === 'string' ? value : undefined
}

/** A number, also where proto JSON writes a 64-bit one as a string. */
export function number(parent: JsonObject, name: string): number | undefined {
  const value = member(parent, name)
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const parsed = Number(value)
  return Number.isNaN(parsed) ? undefined : parsed
}

export function boolean(parent: JsonObject, name: string): boolean | undefined {
  const value = member(parent, name)
  return typeof value === 'boolean' ? value : undefined
}

/** Milliseconds of a proto JSON duration (`"1.5s"`). */
export function duration(parent: JsonObject, name: string): number | undefined {
  const parts = /^(-?\d+(?:\.\d+)?)s$/.exec(string(parent, name) ?? '')
  return parts?.[1] === undefined ? undefined : Number(parts[1]) * 1000
}

/** The type name of an `Any`: the part of `@type` after the last slash, or an empty text. */
export function typeName(any: JsonObject): string {
  const url = any['@type']
  return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : ''
}

/** The JSONPath of a member below `at`; names that are no identifiers are quoted. */
export const at = (parent: string, ...steps: (string | number)[]): string =>
  steps.reduce<string>(
    (path, step) =>
      typeof step === 'number'
        ? `${path}[${step}]`
        : /^[A-Za-z_]\w*$/.test(step)
          ? `${path}.${step}`
          : `${path}['${step.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`,
    parent,
  )
