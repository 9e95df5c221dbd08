/** A JSON object of libnftables (libnftables-json(5)), or what the text reader makes in its likeness. */
export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export const numeric = (value: unknown): number | null => (typeof value === 'number' ? value : null)

export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** The only member of an object such as `{"match": {...}}`. */
export function onlyMember(value: unknown): [string, unknown] | null {
  if (!isObject(value)) return null
  return Object.entries(value)[0] ?? null
}
