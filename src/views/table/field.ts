/**
 * Readers for the proto JSON that tables are made of. Fields are named as in the proto files (snake_case, as Envoy writes them);
 * lowerCamelCase, as istiod's debug endpoint writes, is read too. A field of an unexpected type reads as absent.
 */
export interface Json {
  readonly [key: string]: unknown
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const spellings = new Map<string, string>()

function camel(name: string): string {
  let spelling = spellings.get(name)
  if (spelling === undefined) {
    spelling = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    spellings.set(name, spelling)
  }
  return spelling
}

export function member(parent: Json | undefined, name: string): unknown {
  return parent === undefined ? undefined : (parent[name] ?? parent[camel(name)] ?? undefined)
}

export function object(parent: Json | undefined, name: string): Json | undefined {
  const value = member(parent, name)
  return isJson(value) ? value : undefined
}

export function text(parent: Json | undefined, name: string): string | undefined {
  const value = member(parent, name)
  return typeof value === 'string' ? value : undefined
}

/** A number, also one that proto JSON writes as a string because it has 64 bits. */
export function number(parent: Json | undefined, name: string): number | undefined {
  const value = member(parent, name)
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined
}

export const isTrue = (parent: Json | undefined, name: string): boolean => member(parent, name) === true

export function list(parent: Json | undefined, name: string): readonly unknown[] {
  const value = member(parent, name)
  return Array.isArray(value) ? value : []
}

export const objects = (parent: Json | undefined, name: string): Json[] => list(parent, name).filter(isJson)

export const texts = (parent: Json | undefined, name: string): string[] =>
  list(parent, name).filter((value): value is string => typeof value === 'string')

/** The type name of an `Any`: its `@type` after the last slash; empty where it has none. */
export function typeName(any: Json | undefined): string {
  const url = text(any, '@type') ?? ''
  return url.slice(url.lastIndexOf('/') + 1)
}
