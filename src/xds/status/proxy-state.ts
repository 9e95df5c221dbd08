import {isObject, type JsonObject, list, number, object, objects, string, typeName} from '../parse/field.js'

/** Resources that a control plane sends, each with its own versions. */
export const resourceKinds = ['listeners', 'clusters', 'routes', 'endpoints', 'secrets'] as const

export type ResourceKind = (typeof resourceKinds)[number]

/** A resource that Envoy did not take (`error_state` of a config dump): it goes on with what it had before, if anything. */
export interface RejectedResource {
  kind: ResourceKind
  name: string
  /** Why, in Envoy's words. */
  details: string
  /** RFC 3339, or null. */
  at: string | null
  /** Version of the rejected resource, where the control plane names any. */
  version: string | null
}

/** How many resources an Envoy holds; endpoints are hosts of all clusters, static ones and those of EDS. */
export type ResourceCounts = Record<ResourceKind, number>

/** The newest version that an Envoy has of each kind; null where the control plane has sent none. */
export type ResourceVersions = Record<ResourceKind, string | null>

/** What a config dump tells of how an Envoy stands with its control plane. */
export interface ProxyState {
  /** `ISTIO_VERSION` of its node's metadata. */
  istioVersion: string | null
  /** `major.minor.patch`. */
  envoyVersion: string | null
  /** The control plane that it asks, as far as the metadata tell: peers have the same. */
  controlPlane: string
  /** When it last took a resource, RFC 3339; null for a dump without dates. */
  lastUpdated: string | null
  counts: ResourceCounts
  versions: ResourceVersions
  rejected: RejectedResource[]
  /** Resources that are held, and not in force yet: they wait for others. */
  warming: {kind: ResourceKind; name: string}[]
}

const sections: Readonly<Record<string, ResourceKind>> = {
  'envoy.admin.v3.ListenersConfigDump': 'listeners',
  'envoy.admin.v3.ClustersConfigDump': 'clusters',
  'envoy.admin.v3.RoutesConfigDump': 'routes',
  'envoy.admin.v3.EndpointsConfigDump': 'endpoints',
  'envoy.admin.v3.SecretsConfigDump': 'secrets',
}

/** Reads the answer of `/config_dump?include_eds`. Sections that are absent count as empty. */
export function proxyState(dump: JsonObject): ProxyState {
  const state: ProxyState = {
    ...nodeOf(dump),
    lastUpdated: null,
    counts: {listeners: 0, clusters: 0, routes: 0, endpoints: 0, secrets: 0},
    versions: {listeners: null, clusters: null, routes: null, endpoints: null, secrets: null},
    rejected: [],
    warming: [],
  }
  for (const section of objects(dump, 'configs')) {
    const kind = sections[typeName(section)]
    if (kind !== undefined) readSection(state, kind, section)
  }
  return state
}

function nodeOf(dump: JsonObject): Pick<ProxyState, 'istioVersion' | 'envoyVersion' | 'controlPlane'> {
  const holder = objects(dump, 'configs').find((config) => typeName(config) === 'envoy.admin.v3.BootstrapConfigDump')
  const bootstrap = holder && object(holder, 'bootstrap')
  const node = (bootstrap && object(bootstrap, 'node')) ?? {}
  const metadata = object(node, 'metadata') ?? {}
  const proxyConfig = object(metadata, 'PROXY_CONFIG') ?? {}
  const build = object(object(node, 'user_agent_build_version') ?? {}, 'version')
  const numbers = ['major_number', 'minor_number', 'patch'].map((name) => (build && number(build, name)) ?? 0)
  return {
    istioVersion: string(metadata, 'ISTIO_VERSION') ?? null,
    envoyVersion: build === undefined ? null : numbers.join('.'),
    controlPlane: [string(metadata, 'CLUSTER_ID'), string(proxyConfig, 'discoveryAddress')].filter(Boolean).join(' '),
  }
}

/** Lists of a section are `static_…`, `dynamic_…`, `dynamic_active_…` and `dynamic_warming_…`; a listener's states are members of its entry. */
function readSection(state: ProxyState, kind: ResourceKind, section: JsonObject): void {
  take(state, kind, section)
  for (const [name, value] of Object.entries(section)) {
    if (!Array.isArray(value)) continue
    const isWarming = /warming/i.test(name)
    for (const entry of list(section, name)) {
      if (!isObject(entry)) continue
      const active = object(entry, 'active_state')
      const warming = object(entry, 'warming_state')
      const holds = !isWarming && (kind !== 'listeners' || active !== undefined || 'listener' in entry)
      if (holds) state.counts[kind] += kind === 'endpoints' ? hostsOf(entry) : 1
      if (isWarming || warming !== undefined) state.warming.push({kind, name: nameOf(entry)})
      for (const dated of [entry, active, warming]) if (dated !== undefined) take(state, kind, dated)
      const error = object(entry, 'error_state')
      if (error !== undefined) state.rejected.push(rejectedOf(kind, entry, error))
    }
  }
}

function take(state: ProxyState, kind: ResourceKind, entry: JsonObject): void {
  const updated = string(entry, 'last_updated')
  if (updated !== undefined && (state.lastUpdated === null || isLater(updated, state.lastUpdated)))
    state.lastUpdated = updated
  const version = string(entry, 'version_info')
  if (version !== undefined && version !== '' && (compareVersions(version, state.versions[kind]) ?? 1) > 0)
    state.versions[kind] = version
}

const isLater = (a: string, b: string): boolean => Date.parse(a) > Date.parse(b)

function hostsOf(entry: JsonObject): number {
  const assignment = object(entry, 'endpoint_config')
  const localities = assignment === undefined ? [] : objects(assignment, 'endpoints')
  return localities.reduce((sum, locality) => sum + list(locality, 'lb_endpoints').length, 0)
}

const resources = ['listener', 'cluster', 'route_config', 'endpoint_config', 'secret', 'failed_configuration']

/** The entry's own name, else that of the resource in it. */
function nameOf(entry: JsonObject): string {
  const states = membersOf(entry, ['active_state', 'warming_state', 'error_state'])
  const inside = [entry, ...states].flatMap((state) => membersOf(state, resources))
  const [first] = inside.flatMap((resource) => string(resource, 'name') ?? string(resource, 'cluster_name') ?? [])
  return string(entry, 'name') ?? first ?? '(unnamed)'
}

const membersOf = (parent: JsonObject, names: readonly string[]): JsonObject[] =>
  names.map((name) => object(parent, name)).filter((value) => value !== undefined)

const rejectedOf = (kind: ResourceKind, entry: JsonObject, error: JsonObject): RejectedResource => ({
  kind,
  name: nameOf(entry),
  details: string(error, 'details') ?? 'no details given',
  at: string(error, 'last_update_attempt') ?? null,
  version: string(error, 'version_info') ?? null,
})

/** istiod's versions: when it made the push, and the push's number. */
const push = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\/(\d+)$/

/** The time of a version of istiod's form, in milliseconds; null for any other. */
export function versionTime(version: string | null): number | null {
  const time = Date.parse(push.exec(version ?? '')?.[1] ?? '')
  return Number.isNaN(time) ? null : time
}

/** Which of two versions is newer: negative, 0 or positive; null where their form does not tell. */
export function compareVersions(a: string, b: string | null): number | null {
  if (b === null) return 1
  if (a === b) return 0
  const [first, second] = [push.exec(a), push.exec(b)]
  if (first === null || second === null) return /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : null
  return Date.parse(first[1] ?? '') - Date.parse(second[1] ?? '') || Number(first[2]) - Number(second[2])
}
