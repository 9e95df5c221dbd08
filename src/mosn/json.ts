/** The gate for MOSN's JSON: everything in a dump is `unknown` until one of these readers has looked at it. MOSN writes snake_case. */
export interface JsonObject {
  readonly [key: string]: unknown
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function object(parent: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = parent?.[name]
  return isObject(value) ? value : undefined
}

export function list(parent: JsonObject | undefined, name: string): readonly unknown[] {
  const value = parent?.[name]
  return Array.isArray(value) ? value : []
}

export const objects = (parent: JsonObject | undefined, name: string): JsonObject[] =>
  list(parent, name).filter(isObject)

export const strings = (parent: JsonObject | undefined, name: string): string[] =>
  list(parent, name).filter((value): value is string => typeof value === 'string')

/** A text that is there and not empty: Go leaves empty texts out, and an empty one means the same. */
export function text(parent: JsonObject | undefined, name: string): string | null {
  const value = parent?.[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** A number; MOSN's statistics write them as texts. */
export function number(parent: JsonObject | undefined, name: string): number | null {
  const value = parent?.[name]
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null
}

export const isTrue = (parent: JsonObject | undefined, name: string): boolean => parent?.[name] === true

/** The members of an object whose values are texts. */
export const textMembers = (parent: JsonObject | undefined): [string, string][] =>
  Object.entries(parent ?? {}).filter((member): member is [string, string] => typeof member[1] === 'string')

/** The JSONPath of a member below `parent`; names that are no identifiers are quoted. */
export const at = (parent: string, ...steps: (string | number)[]): string =>
  steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    if (/^[A-Za-z_]\w*$/.test(step)) return `${path}.${step}`
    return `${path}['${step.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`
  }, parent)
