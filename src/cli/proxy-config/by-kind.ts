import {gunzipSync} from 'node:zlib'
import {DataError} from '../../errors.js'
import type {MosnDump} from '../../mosn/parse/dump.js'
import {mosnDocumentKind} from '../../mosn/parse/shape.js'
import type {MosnStatistics} from '../../mosn/parse/stats.js'
import type {ByteSource} from '../../sources/byte-source.js'

/** A MOSN whose dump was read, and its statistics where they are at hand. */
export interface OpenedMosn {
  dump: MosnDump
  statistics: MosnStatistics | null
  /** The document as it came, unpacked. */
  bytes: Buffer
}

/** What is made of a MOSN's dump: loaded where one is met. */
type MosnTables = typeof import('./mosn.js')

/** A document of MOSN is small; whatever is longer is left to the reader of Envoy's. */
const longest = 64 * 1024 * 1024

/** Members by which an answer of Envoy's is known at once, wherever they stand in its beginning. */
const envoyMembers = /"(configs|cluster_statuses|clusterStatuses)"\s*:/

/** Reads a source by what it turns out to be: the dump of a MOSN, or anything else, which is handed on as it came. */
export async function byKind<T>(
  source: ByteSource,
  envoy: (source: ByteSource) => Promise<T>,
  mosn: (opened: OpenedMosn, tables: MosnTables) => Promise<T> | T,
): Promise<T> {
  const pieces = iterate(source.pieces())
  const first = await pieces.next()
  if (first.done === true) return envoy({origin: source.origin, pieces: () => []})
  const head = Buffer.from(first.value.subarray(0, 1 << 16))
  const isPacked = head[0] === 0x1f && head[1] === 0x8b
  if (!isPacked && (envoyMembers.test(head.toString()) || !/^\ufeff?\s*\{/.test(head.toString())))
    return envoy({origin: source.origin, pieces: () => rejoin([first.value], pieces)})
  const read = [Uint8Array.from(first.value)]
  let length = first.value.length
  for (;;) {
    if (length > longest) return envoy({origin: source.origin, pieces: () => rejoin(read, pieces)})
    const next = await pieces.next()
    if (next.done === true) break
    read.push(Uint8Array.from(next.value))
    length += next.value.length
  }
  const bytes = unpack(Buffer.concat(read), isPacked)
  const document = parse(bytes)
  if (bytes === null || mosnDocumentKind(document) === null) return envoy({origin: source.origin, pieces: () => read})
  const [{parseMosnDump}, tables] = await Promise.all([import('../../mosn/parse/dump.js'), import('./mosn.js')])
  const dump = parseMosnDump(document, source.origin)
  return mosn({dump, statistics: await statisticsOf(source), bytes}, tables)
}

async function* iterate(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces
}

async function* rejoin(read: readonly Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* read
  yield* rest
}

/** Null for what is broken: the reader of Envoy's dumps says how. */
function unpack(bytes: Buffer, isPacked: boolean): Buffer | null {
  try {
    return isPacked ? gunzipSync(bytes) : bytes
  } catch {
    return null
  }
}

/** Undefined for what is broken, as `unpack`. */
function parse(bytes: Buffer | null): unknown {
  try {
    return bytes === null ? undefined : JSON.parse(bytes.toString().replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

async function statisticsOf(source: ByteSource): Promise<MosnStatistics | null> {
  const text = (await source.mosnStatistics?.()) ?? null
  if (text === null) return null
  const {readStatistics} = await import('../../mosn/parse/stats.js')
  try {
    return readStatistics(JSON.parse(text))
  } catch (error) {
    throw new DataError('is not JSON', `statistics beside ${source.origin}`, null, {cause: error})
  }
}
