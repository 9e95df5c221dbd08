import {isJson, type Json, typeName} from '../table/field.js'
import {type FieldKind, fieldKinds, lowerCamelCase} from './proto-maps.js'

/**
 * A resource or section with the member names that istioctl prints: lowerCamelCase for the fields of messages; keys of maps and whatever
 * stands in a Struct stay as they are. `type` is its protobuf type where it names none itself; the `@type` at the top is left out.
 * Nothing else is lost on the way.
 */
export function toIstioctlJson(resource: Json, type = ''): unknown {
  const {'@type': _, ...members} = resource
  return message(members, typeName(resource) || type)
}

/** Types that JSON writes with one member `value`, which is free content. */
const freeValue = new Set(['google.protobuf.Struct', 'google.protobuf.Value', 'google.protobuf.ListValue'])

/** Fields that hold maps in every message that has them: what can be said of types that are not known. */
const usualMaps: ReadonlyMap<string, FieldKind> = new Map(
  (
    [
      ['filter_metadata', 'free'],
      ['labels', 'free'],
      ['typed_filter_metadata', 'any'],
      ['typed_per_filter_config', 'any'],
      ['typed_extension_protocol_options', 'any'],
    ] as const
  ).flatMap(([name, value]) =>
    [name, lowerCamelCase(name)].map((spelling) => [spelling, {kind: 'map', value}] as const),
  ),
)

function message(value: unknown, type: string): unknown {
  if (Array.isArray(value)) return value.map((item) => message(item, type))
  if (!isJson(value)) return value
  const own = typeof value['@type'] === 'string' ? typeName(value) : type
  if (freeValue.has(own)) return value
  const kinds = fieldKinds(own) ?? usualMaps
  const members: Record<string, unknown> = {}
  for (const name in value) members[lowerCamelCase(name)] = field(value[name], kinds.get(name))
  return members
}

function field(value: unknown, kind: FieldKind | undefined): unknown {
  if (kind === undefined) return message(value, '')
  switch (kind.kind) {
    case 'free':
      return value
    case 'message':
      return message(value, kind.type)
    case 'map':
      return kind.value === 'free' || !isJson(value) ? value : mapValues(value, kind.value)
    default:
      return kind satisfies never
  }
}

const mapValues = (map: Json, type: string): Json =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, message(value, type)]))
