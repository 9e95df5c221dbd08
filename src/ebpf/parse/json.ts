/** A JSON object whose members are still to be looked at. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const textsOf = (value: unknown): string[] => listOf(value).filter((item) => typeof item === 'string')

/** What a call of bpftool printed: a list, what it says instead of one, or nothing that can be read. */
export type Answer = {kind: 'list'; items: Fields[]} | {kind: 'refused'; says: string} | {kind: 'broken'; says: string}

/** A failed call answers `{"error": ..}` where a good one answers a list; `prog show id N` answers a bare object. */
export function readAnswer(text: string): Answer {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return {kind: 'broken', says: error instanceof Error ? error.message : String(error)}
  }
  if (Array.isArray(value)) return {kind: 'list', items: value.filter(isFields)}
  if (!isFields(value)) return {kind: 'broken', says: 'neither a list nor an object'}
  const says = textOf(value['error'])
  return says === null ? {kind: 'list', items: [value]} : {kind: 'refused', says}
}
