import type {ConfigDump, Located} from './config-dump.js'
import {at, type JsonObject, object, string, typeName} from './field.js'

/** A configured extension: a filter, transport socket, matcher input or action. */
export interface Extension extends Located {
  /** The name in the configuration, which per-route configurations refer to. */
  name: string
  /** The message's full name without URL, `envoy.extensions.filters.http.rbac.v3.RBAC`; empty where none is given. */
  type: string
  /** False where discovery (ECDS) should bring the configuration and the dump does not have it. */
  known: boolean
}

const structTypes = new Set(['udpa.type.v1.TypedStruct', 'xds.type.v3.TypedStruct'])
const nothing: JsonObject = {}

/** Unpacks a TypedStruct, which carries another message's name and its fields. */
export function unpack(any: JsonObject, here: string): {raw: JsonObject; type: string; at: string} {
  const type = typeName(any)
  if (!structTypes.has(type)) return {raw: any, type, at: here}
  const url = string(any, 'type_url') ?? ''
  return {raw: object(any, 'value') ?? nothing, type: url.slice(url.lastIndexOf('/') + 1), at: at(here, 'value')}
}

/**
 * The extension that `entry` (a filter, a transport socket, a TypedExtensionConfig) configures: its `typed_config`,
 * or for `config_discovery` what the dump's ECDS section has under its name, else the default that it states.
 */
export function readExtension(dump: ConfigDump, entry: JsonObject, here: string): Extension {
  const discovery = object(entry, 'typed_config') ? undefined : object(entry, 'config_discovery')
  if (!discovery) return readExtensionOf(entry, here)
  return discovered(dump, string(entry, 'name') ?? '', discovery, at(here, 'config_discovery'))
}

/** The extension of an entry that is never discovered: a `TypedExtensionConfig`. */
export function readExtensionOf(entry: JsonObject, here: string): Extension {
  const name = string(entry, 'name') ?? ''
  const typed = object(entry, 'typed_config')
  if (typed) return {name, known: true, ...unpack(typed, at(here, 'typed_config'))}
  return {name, type: '', known: true, raw: nothing, at: here}
}

function discovered(dump: ConfigDump, name: string, discovery: JsonObject, here: string): Extension {
  const found = dump.extensionConfigs.get(name)
  const config = found && object(found.raw, 'typed_config')
  if (found && config) return {name, known: true, ...unpack(config, at(found.at, 'typed_config'))}
  const byDefault = object(discovery, 'default_config')
  if (byDefault) return {name, known: true, ...unpack(byDefault, at(here, 'default_config'))}
  return {name, type: '', known: false, raw: nothing, at: here}
}
