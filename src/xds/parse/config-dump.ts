import {DataError} from '../../errors.js'
import {at, boolean, isObject, type JsonObject, number, object, objects, string, typeName} from './field.js'

/** A resource as it stands in the dump, and its JSONPath there. */
export interface Located {
  raw: JsonObject
  at: string
}

/** A listener as Envoy runs it: a dynamic one's active state, or a static one. Warming and draining ones take no new connections. */
export interface ListenerEntry extends Located {
  name: string
}

/** Envoy's version, from `node.user_agent_build_version` of the bootstrap. */
export interface EnvoyVersion {
  major: number
  minor: number
  patch: number
}

/** Scopes of one name of `scoped_routes`: several connection managers may have scopes of their own. */
export interface ScopedRoutes {
  /** `scoped_routes.name` of the connection managers that they are for. */
  name: string
  scope: Located
}

/** A configuration dump by resource: what this Envoy decides with. */
export interface ConfigDump {
  /** Dynamic ones in dump order, then static ones. */
  listeners: ListenerEntry[]
  clusters: Map<string, Located>
  routeConfigs: Map<string, Located>
  /** Scoped route configurations (SRDS), each with its scope's name. */
  scopedRoutes: ScopedRoutes[]
  /** ClusterLoadAssignments by cluster name; empty when the dump was made without `include_eds`. */
  endpoints: Map<string, Located>
  /** True when the dump has an endpoints section, be it empty. */
  hasEndpoints: boolean
  secrets: Map<string, Located>
  extensionConfigs: Map<string, Located>
  bootstrap: Located | null
  /** Null where the dump has no bootstrap, or the bootstrap no version. */
  version: EnvoyVersion | null
  /** Runtime keys of the bootstrap's static layers (and whatever `/runtime` adds), later layers over earlier ones. */
  runtime: Map<string, unknown>
  /** What was found that is not modelled. */
  warnings: string[]
}

const empty = (): ConfigDump => ({
  listeners: [],
  clusters: new Map(),
  routeConfigs: new Map(),
  scopedRoutes: [],
  endpoints: new Map(),
  hasEndpoints: false,
  secrets: new Map(),
  extensionConfigs: new Map(),
  bootstrap: null,
  version: null,
  runtime: new Map(),
  warnings: [],
})

/**
 * Reads Envoy's `/config_dump` (or istiod's `/debug/config_dump`) into its resources. Nothing of a resource is interpreted here.
 * @throws DataError when the document is no configuration dump.
 */
export function parseConfigDump(document: unknown, origin: string): ConfigDump {
  if (!isObject(document) || !Array.isArray(document['configs']))
    throw new DataError('is not a config dump', origin, 'Pass the answer of Envoy’s /config_dump?include_eds')
  const dump = empty()
  document['configs'].forEach((section: unknown, index) => {
    if (isObject(section)) readSection(dump, section, at('$', 'configs', index))
  })
  return dump
}

function readSection(dump: ConfigDump, section: JsonObject, here: string): void {
  const type = typeName(section)
  const read = sections[type]
  if (read) read(dump, section, here)
  else dump.warnings.push(`section ${type || '(without @type)'} is not modelled`)
}

type SectionReader = (dump: ConfigDump, section: JsonObject, here: string) => void

const sections: Record<string, SectionReader> = {
  'envoy.admin.v3.BootstrapConfigDump': readBootstrap,
  'envoy.admin.v3.ListenersConfigDump': readListeners,
  'envoy.admin.v3.ClustersConfigDump': (dump, section, here) => {
    for (const group of ['dynamic_active_clusters', 'static_clusters'])
      put(dump.clusters, section, here, group, 'cluster', 'name')
  },
  'envoy.admin.v3.RoutesConfigDump': (dump, section, here) => {
    for (const group of ['dynamic_route_configs', 'static_route_configs'])
      put(dump.routeConfigs, section, here, group, 'route_config', 'name')
  },
  'envoy.admin.v3.EndpointsConfigDump': (dump, section, here) => {
    dump.hasEndpoints = true
    for (const group of ['dynamic_endpoint_configs', 'static_endpoint_configs'])
      put(dump.endpoints, section, here, group, 'endpoint_config', 'cluster_name')
  },
  'envoy.admin.v3.ScopedRoutesConfigDump': readScopedRoutes,
  'envoy.admin.v3.SecretsConfigDump': (dump, section, here) => {
    for (const group of ['dynamic_active_secrets', 'static_secrets'])
      for (const [entry, place] of entries(section, here, group)) {
        const name = string(entry, 'name')
        const secret = object(entry, 'secret')
        if (name !== undefined && secret && !dump.secrets.has(name))
          dump.secrets.set(name, {raw: secret, at: at(place, 'secret')})
      }
  },
  'envoy.admin.v3.EcdsConfigDump': (dump, section, here) =>
    put(dump.extensionConfigs, section, here, 'ecds_filters', 'ecds_filter', 'name'),
}

const entries = (section: JsonObject, here: string, group: string): [JsonObject, string][] =>
  objects(section, group).map((entry, index) => [entry, at(here, group, index)])

/** Puts each `group[].inner` under its own name. The first of equal names wins, as Envoy refuses a second. */
function put(
  into: Map<string, Located>,
  section: JsonObject,
  here: string,
  group: string,
  inner: string,
  key: string,
): void {
  for (const [entry, place] of entries(section, here, group)) {
    const raw = object(entry, inner)
    const name = raw && string(raw, key)
    if (raw && name !== undefined && !into.has(name)) into.set(name, {raw, at: at(place, inner)})
  }
}

function readListeners(dump: ConfigDump, section: JsonObject, here: string): void {
  const add = (raw: JsonObject | undefined, place: string, fallback: string) => {
    if (raw) dump.listeners.push({name: string(raw, 'name') ?? fallback, raw, at: place})
  }
  for (const [entry, place] of entries(section, here, 'dynamic_listeners')) {
    const active = object(entry, 'active_state')
    add(active && object(active, 'listener'), at(place, 'active_state', 'listener'), string(entry, 'name') ?? '')
  }
  for (const [entry, place] of entries(section, here, 'static_listeners'))
    add(object(entry, 'listener'), at(place, 'listener'), '')
}

function readScopedRoutes(dump: ConfigDump, section: JsonObject, here: string): void {
  const groups: [string, string][] = [
    ['inline_scoped_route_configs', 'scoped_route_configs'],
    ['dynamic_scoped_route_configs', 'scoped_route_configs'],
  ]
  for (const [group, inner] of groups)
    for (const [entry, place] of entries(section, here, group))
      objects(entry, inner).forEach((raw, index) => {
        dump.scopedRoutes.push({name: string(entry, 'name') ?? '', scope: {raw, at: at(place, inner, index)}})
      })
}

function readBootstrap(dump: ConfigDump, section: JsonObject, here: string): void {
  const raw = object(section, 'bootstrap')
  if (!raw) return
  dump.bootstrap = {raw, at: at(here, 'bootstrap')}
  dump.version = versionOf(object(raw, 'node'))
  const layers = object(raw, 'layered_runtime')
  for (const layer of layers ? objects(layers, 'layers') : [])
    for (const [key, value] of Object.entries(object(layer, 'static_layer') ?? {}))
      readRuntime(dump.runtime, key, value)
}

/** Runtime keys may be written dotted or nested; a fractional percent is a value, not a nest. */
function readRuntime(runtime: Map<string, unknown>, key: string, value: unknown): void {
  if (isObject(value) && !('numerator' in value || 'denominator' in value))
    for (const [inner, deeper] of Object.entries(value)) readRuntime(runtime, `${key}.${inner}`, deeper)
  else runtime.set(key, value)
}

function versionOf(node: JsonObject | undefined): EnvoyVersion | null {
  const build = node && object(node, 'user_agent_build_version')
  const version = build && object(build, 'version')
  if (!version) return null
  return {
    major: number(version, 'major_number') ?? 0,
    minor: number(version, 'minor_number') ?? 0,
    patch: number(version, 'patch') ?? 0,
  }
}

/**
 * Whether a runtime guard is on: the runtime's value where it is set, else the default of the Envoy version.
 * @param since the version whose default turned it on; without a known version the newest behaviour is taken.
 */
export function guardIsOn(dump: ConfigDump, guard: string, since: {major: number; minor: number}): boolean {
  const set = dump.runtime.get(guard)
  if (typeof set === 'boolean') return set
  if (set === 'true' || set === 'false') return set === 'true'
  if (dump.version === null) return true
  return dump.version.major > since.major || (dump.version.major === since.major && dump.version.minor >= since.minor)
}

/** A boolean field with the default that Envoy's API states. */
export const flag = (raw: JsonObject, name: string, byDefault = false): boolean => boolean(raw, name) ?? byDefault
