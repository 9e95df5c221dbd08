import {isJson, type Json} from '../table/field.js'

export interface DocumentOptions {
  type: string | null
  redact: boolean
}

const mapFields = new Set([
  'filter_metadata',
  'typed_filter_metadata',
  'typed_per_filter_config',
  'labels',
  'typed_extension_protocol_options',
])
const structs = new Set(['metadata_struct', 'value_struct'])

function camel(name: string): string {
  return name.startsWith('@') ? name : name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A document with the member names that istioctl prints. */
export function renderIstioctl(document: unknown, options: DocumentOptions): unknown {
  return options.type === 'raw' ? document : convert(document, null)
}

function convert(value: unknown, field: string | null): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, field))
  if (!isJson(value)) return value
  if (field !== null && structs.has(field)) return value
  if (field === 'filter_metadata') return value
  const isMap = field !== null && mapFields.has(field)
  const type = value['@type']
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    if (isMap) return [name, convert(inner, null)]
    if (name === 'value' && typeof type === 'string' && type.endsWith('TypedStruct')) return [name, inner]
    if (field === 'node' && name === 'metadata') return [name, inner]
    if (name === 'metadata' && field === 'user_agent_build_version') return [camel(name), inner]
    return [camel(name), convert(inner, name)]
  })
  return Object.fromEntries(entries)
}

export type {Json}
