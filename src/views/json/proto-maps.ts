import table from './proto-maps.json' with {type: 'json'}

/**
 * What the members of a field are, where that is not a message with field names of its own:
 * - `free`: google.protobuf.Struct, Value or ListValue: nothing below is a field name;
 * - `map`: the names are keys; `value` is the type of the values (`any` where each names its own, `free` where they are no messages);
 * - `message`: a message of this type.
 */
export type FieldKind = {kind: 'free'} | {kind: 'map'; value: string} | {kind: 'message'; type: string}

/** By message type, then field name in both spellings: the fields of Envoy's API v3 (and xDS, UDPA) that hold maps or Structs somewhere below. */
const types: Record<string, Record<string, string>> = table

const compiled = new Map<string, Map<string, FieldKind>>()

/** The kinds of a message's fields that are not plain; undefined for a type without any, and for an unknown one. */
export function fieldKinds(type: string): Map<string, FieldKind> | undefined {
  const fields = types[type]
  if (fields === undefined) return undefined
  let kinds = compiled.get(type)
  if (kinds === undefined) {
    kinds = new Map(
      Object.entries(fields).flatMap(([name, code]) => {
        const kind = fieldKind(code)
        return [
          [name, kind],
          [lowerCamelCase(name), kind],
        ]
      }),
    )
    compiled.set(type, kinds)
  }
  return kinds
}

/** The table writes `*` for free content, `map:` with the values' type, or a message type. */
function fieldKind(code: string): FieldKind {
  if (code === '*') return {kind: 'free'}
  if (!code.startsWith('map:')) return {kind: 'message', type: code}
  const value = code.slice('map:'.length)
  return {kind: 'map', value: value === '' || value === '*' ? 'free' : value}
}

const spellings = new Map<string, string>()

/** The name that protobuf's JSON mapping gives a field. */
export function lowerCamelCase(name: string): string {
  let spelling = spellings.get(name)
  if (spelling === undefined) {
    spelling = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    spellings.set(name, spelling)
  }
  return spelling
}
