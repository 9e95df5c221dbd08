import {DataError} from '../../errors.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {type SectionSink, whatToPass} from './sections.js'

/** What a sink found. @throws DataError in istioctl's words where the dump has no such section */
export function requiredSection<T>(sink: SectionSink<T>, source: ByteSource): T {
  const found = sink.found()
  if (found !== undefined) return found
  const what = `config dump has no configuration type type.googleapis.com/${sink.type}`
  throw new DataError(what, source.origin, whatToPass)
}

/** The same for a list that must not be empty; `name` is what istioctl calls its items. @throws DataError */
export function requiredItems<T>(sink: SectionSink<T[]>, name: string, source: ByteSource): T[] {
  const items = requiredSection(sink, source)
  if (items.length === 0) throw new DataError(`no ${name} found`, source.origin)
  return items
}
