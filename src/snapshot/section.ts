import {groupOf} from './place-files.js'

/** A part of what was captured of a pod, as `snapshot export --section` names it. */
export interface Section {
  /** Files of a place that belong to it. */
  holds(file: string): boolean
  /** Sections of Envoy's config dump by message name, where the section is a part of that file. */
  dumpTypes: readonly string[] | null
}

const ofDump = (...types: string[]): Section => ({holds: (file) => file === 'config_dump.json', dumpTypes: types})
const ofFile = (name: string): Section => ({holds: (file) => file === name, dumpTypes: null})
const ofGroup = (group: string): Section => ({holds: (file) => groupOf(file) === group, dumpTypes: null})

/** By name, in the order in which help lists them. */
export const sections = {
  listeners: ofDump('ListenersConfigDump'),
  clusters: ofDump('ClustersConfigDump'),
  routes: ofDump('RoutesConfigDump', 'ScopedRoutesConfigDump'),
  endpoints: ofDump('EndpointsConfigDump'),
  secrets: ofDump('SecretsConfigDump'),
  bootstrap: ofDump('BootstrapConfigDump'),
  ecds: ofDump('EcdsConfigDump'),
  config: ofFile('config_dump.json'),
  health: ofFile('clusters.json'),
  stats: ofFile('stats.json'),
  certs: ofFile('certs.json'),
  runtime: ofFile('runtime.json'),
  'server-info': ofFile('server_info.json'),
  rules: ofGroup('rules'),
  network: ofGroup('network'),
  ebpf: ofGroup('ebpf'),
} as const satisfies Record<string, Section>

export type SectionName = keyof typeof sections

export const sectionNames = Object.keys(sections)

export const isSectionName = (name: string): name is SectionName => Object.hasOwn(sections, name)

/** The sections of a config dump with these message names, as a dump of its own; null where it has none of them. */
export function cutDump(dump: unknown, types: readonly string[]): {configs: unknown[]} | null {
  const configs: unknown = typeof dump === 'object' && dump !== null && 'configs' in dump ? dump.configs : undefined
  if (!Array.isArray(configs)) return null
  const kept = configs.filter((config: unknown) => types.includes(messageName(config)))
  return kept.length === 0 ? null : {configs: kept}
}

/** The message's own name: the part of `@type` after the last dot. */
function messageName(config: unknown): string {
  const type: unknown = typeof config === 'object' && config !== null && '@type' in config ? config['@type'] : ''
  return typeof type === 'string' ? type.slice(type.lastIndexOf('.') + 1) : ''
}
