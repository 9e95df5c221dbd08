import type {ByteSource} from '../../sources/byte-source.js'
import type {Json} from '../../views/table/field.js'
import {requiredItems, requiredSection} from './required.js'
import {
  type ResourceName,
  type ResourceReader,
  readSections,
  resourceSink,
  type WholeName,
  wholeSink,
} from './sections.js'

/** The resources of one kind, of which there must be at least one. @throws DataError, SourceError */
export async function readItems<T>(source: ByteSource, name: ResourceName, reader: ResourceReader<T>): Promise<T[]> {
  const sink = resourceSink(name, reader)
  await readSections(source, sink)
  return requiredItems(sink, name, source)
}

/** The one section of a type; the last, where there are several. @throws DataError, SourceError */
export async function readSection(source: ByteSource, name: WholeName): Promise<Json> {
  const sink = wholeSink(name)
  await readSections(source, sink)
  return requiredSection(sink, source).at(-1) ?? {}
}

/** Reads resources whole, beside what they are filtered and sorted by. */
export const whole = <K extends object>(key: (resource: Json) => K): ResourceReader<K & {resource: Json}> => ({
  shape: true,
  read: (resource) => ({...key(resource), resource}),
})
