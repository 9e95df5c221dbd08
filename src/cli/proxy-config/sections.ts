import type {ListWanted, SectionWanted} from '../../scan/document-plan.js'
import type {Shape} from '../../scan/shape.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import {isJson, type Json, object} from '../../views/table/field.js'

export type ResourceName = 'listeners' | 'clusters' | 'routes' | 'endpoints'

/** The resources of a config dump: their section, its lists, and where a resource stands in an item of each. */
const places: Record<ResourceName, {type: string; lists: Record<string, readonly string[]>}> = {
  listeners: {
    type: 'envoy.admin.v3.ListenersConfigDump',
    lists: {dynamic_listeners: ['active_state', 'listener'], static_listeners: ['listener']},
  },
  clusters: {
    type: 'envoy.admin.v3.ClustersConfigDump',
    lists: {dynamic_active_clusters: ['cluster'], static_clusters: ['cluster']},
  },
  routes: {
    type: 'envoy.admin.v3.RoutesConfigDump',
    lists: {dynamic_route_configs: ['route_config'], static_route_configs: ['route_config']},
  },
  endpoints: {
    type: 'envoy.admin.v3.EndpointsConfigDump',
    lists: {dynamic_endpoint_configs: ['endpoint_config'], static_endpoint_configs: ['endpoint_config']},
  },
}

const wholeTypes = {
  bootstrap: 'envoy.admin.v3.BootstrapConfigDump',
  secrets: 'envoy.admin.v3.SecretsConfigDump',
  ecds: 'envoy.admin.v3.EcdsConfigDump',
} as const

export type WholeName = keyof typeof wholeTypes

/** The full type name that istioctl's message names when a section is missing. */
export const sectionType = (name: ResourceName | WholeName): string =>
  name in wholeTypes ? wholeTypes[name as WholeName] : places[name as ResourceName].type

export const whatToPass = 'Pass the answer of Envoy’s /config_dump?include_eds'

/** What is wanted of a dump: resources, each with the members that are read of it, and sections that are read whole. */
export interface Wanted {
  resources?: Partial<Record<ResourceName, Shape>>
  whole?: readonly WholeName[]
}

/** What a dump holds of it. A section that stands in it twice counts as its last, as in istioctl; a missing one is absent. */
export interface Sections {
  /** Resources in istioctl's order: dynamic ones, then static ones. */
  resources: Partial<Record<ResourceName, Json[]>>
  /** All sections of that type, in the dump's order. */
  whole: Partial<Record<WholeName, Json[]>>
}

/** Reads what is wanted of a config dump, in one pass. @throws DataError, SourceError */
export async function readSections(source: ByteSource, wanted: Wanted): Promise<Sections> {
  const gathering = gatherSections(wanted)
  await readDump(source, {lists: {configs: gathering.configs}, pass: whatToPass})
  return gathering.sections()
}

/** The sections of a scan under way: what to ask the scanner for, and what it has found at its end. */
export interface Gathering {
  configs: Record<string, SectionWanted>
  sections(): Sections
}

export function gatherSections({resources = {}, whole = []}: Wanted): Gathering {
  const configs: Record<string, SectionWanted> = {}
  const found: Sections = {resources: {}, whole: {}}
  const finish: (() => void)[] = []
  for (const name of whole) {
    configs[wholeTypes[name]] = {
      whole: true,
      take: (section) => {
        if (isJson(section)) found.whole[name] = [...(found.whole[name] ?? []), section]
      },
    }
  }
  for (const [name, shape] of Object.entries(resources) as [ResourceName, Shape][]) {
    const gathered = gatherResources(name, shape)
    configs[places[name].type] = gathered.wanted
    finish.push(() => {
      const all = gathered.resources()
      if (all) found.resources[name] = all
    })
  }
  return {
    configs,
    sections: () => {
      for (const step of finish) step()
      return found
    },
  }
}

function gatherResources(name: ResourceName, shape: Shape): {wanted: SectionWanted; resources(): Json[] | null} {
  let lists: Json[][] | null = null
  const entries = Object.entries(places[name].lists).map(([list, path], index): [string, ListWanted] => [
    list,
    {
      shape: path.reduceRight<Shape>((inner, member) => ({[member]: inner}), shape),
      take: (items) => {
        const into = lists?.[index]
        for (const item of items) {
          const resource = path.reduce<Json | undefined>(object, isJson(item) ? item : undefined)
          if (resource) into?.push(resource)
        }
      },
    },
  ])
  const begin = () => {
    lists = entries.map(() => [])
  }
  return {wanted: {lists: Object.fromEntries(entries), begin}, resources: () => lists?.flat() ?? null}
}
