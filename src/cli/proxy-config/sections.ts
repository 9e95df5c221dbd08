import type {ListWanted, SectionWanted} from '../../scan/document-plan.js'
import type {Shape} from '../../scan/shape.js'
import {type Visit, visit} from '../../scan/visit.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import {isJson, type Json, object} from '../../views/table/field.js'

export type ResourceName = 'listeners' | 'clusters' | 'routes' | 'endpoints'

/** The resources of a config dump: their section, its lists in istioctl's order, and where a resource stands in an item of each. */
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

export const whatToPass = 'Pass the answer of Envoy’s /config_dump?include_eds'

/** What is read of each resource, and what is made of it at once, so that nothing else is held in memory. */
export type ResourceReader<T> = ParsedResource<T> | VisitedResource<T>

/** Made from an object with the members that `shape` names. */
interface ParsedResource<T> {
  shape: Shape
  read(resource: Json): T
}

/** Made from places in the dump's bytes: for resources of which there are very many. */
interface VisitedResource<T> {
  visit(take: (made: T) => void): Visit
}

/** Reads a resource as it stands. */
export const asItStands: ParsedResource<Json> = {shape: true, read: (resource) => resource}

/** Takes one kind of section out of a dump. */
export interface SectionSink<T> {
  /** The type name that the section has in its `@type`. */
  type: string
  wanted: SectionWanted
  /** What was found; undefined where the dump has no such section. */
  found(): T | undefined
}

/** Reads sections of a config dump, in one pass; each sink then holds what it found. @throws DataError, SourceError */
export const readSections = (source: ByteSource, ...sinks: readonly SectionSink<unknown>[]): Promise<void> =>
  readDump(source, {lists: {configs: wantedBy(sinks)}, pass: whatToPass})

export const wantedBy = (sinks: readonly SectionSink<unknown>[]): Record<string, SectionWanted> =>
  Object.fromEntries(sinks.map(({type, wanted}) => [type, wanted]))

/** All sections of a type, whole, in the dump's order. */
export function wholeSink(name: WholeName): SectionSink<Json[]> {
  const sections: Json[] = []
  const take = (section: unknown) => {
    if (isJson(section)) sections.push(section)
  }
  const found = () => (sections.length === 0 ? undefined : sections)
  return {type: wholeTypes[name], wanted: {whole: true, take}, found}
}

/** The resources of one kind in istioctl's order. Of a section that stands in the dump twice the last counts, as in istioctl. */
export function resourceSink<T>(name: ResourceName, reader: ResourceReader<T>): SectionSink<T[]> {
  const {type, lists} = places[name]
  let found: T[][] | undefined
  const wanted = Object.entries(lists).map(([list, path], index): [string, ListWanted] => {
    const take = (made: T) => void found?.[index]?.push(made)
    return [list, 'visit' in reader ? visited(path, reader, take) : parsed(path, reader, take)]
  })
  const begin = () => {
    found = wanted.map(() => [])
  }
  return {type, wanted: {lists: Object.fromEntries(wanted), begin}, found: () => found?.flat()}
}

/** The items of a list that have their resource at `path`, read from their bytes. */
const visited = <T>(path: readonly string[], reader: VisitedResource<T>, take: (made: T) => void): ListWanted => ({
  item: path.reduceRight((inner, member) => visit({[member]: inner}), reader.visit(take)),
})

/** The same, parsed. */
function parsed<T>(path: readonly string[], {shape, read}: ParsedResource<T>, take: (made: T) => void): ListWanted {
  return {
    shape: path.reduceRight<Shape>((inner, member) => ({[member]: inner}), shape),
    take: (items) => {
      for (const item of items) {
        const resource = path.reduce<Json | undefined>(object, isJson(item) ? item : undefined)
        if (resource) take(read(resource))
      }
    },
  }
}

/** Items of a section's lists as they stand, states and errors beside the resources; each list has its own reader. */
export function entrySink<T>(
  name: ResourceName,
  readers: Readonly<Record<string, (entry: Json) => T[]>>,
): SectionSink<T[]> {
  let found: T[][] | undefined
  const wanted = Object.entries(readers).map(([list, read], index): [string, ListWanted] => [
    list,
    {
      shape: true,
      take: (items) => {
        for (const item of items) if (isJson(item)) found?.[index]?.push(...read(item))
      },
    },
  ])
  const begin = () => {
    found = wanted.map(() => [])
  }
  return {type: places[name].type, wanted: {lists: Object.fromEntries(wanted), begin}, found: () => found?.flat()}
}
