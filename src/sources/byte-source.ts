import {closeSync, openSync, readSync} from 'node:fs'
import {SourceError} from '../errors.js'
import type {Snapshot} from '../snapshot/snapshot.js'
import type {AdminPoint} from './admin-point.js'
import {fileError} from './file-error.js'

/** One document, as bytes in pieces. A piece is valid only until the next one is asked for. */
export interface ByteSource {
  /** What messages call it: a path, an address. */
  origin: string
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** The statistics of the MOSN that the document is of, as text; null where they are not at hand. */
  mosnStatistics?(): Promise<string | null>
}

/** Large enough that reading costs little, small enough that a piece and its copy for the kernel stay in the processor’s cache. */
const pieceSize = 1 << 18

/** The file at `path`; `-` is standard input. Reading throws SourceError or DataError. */
export const fileSource = (path: string): ByteSource =>
  path === '-'
    ? {origin: 'standard input', pieces: () => process.stdin}
    : {origin: path, pieces: () => filePieces(path)}

/** Synchronous reads into one buffer: twice as fast as a stream, and nothing waits for something else here. */
function* filePieces(path: string): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(pieceSize)
  const file = attempt(path, () => openSync(path, 'r'))
  try {
    for (;;) {
      const length = attempt(path, () => readSync(file, buffer, 0, buffer.length, null))
      if (length === 0) return
      yield buffer.subarray(0, length)
    }
  } finally {
    closeSync(file)
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw fileError(error, path)
  }
}

/**
 * One file of a snapshot.
 * @throws SourceError (missing) when the snapshot does not hold it
 */
export function snapshotSource(snapshot: Snapshot, path: string): ByteSource {
  const bytes = snapshot.bytes(path)
  if (bytes === null) throw new SourceError('missing', `does not hold ${path}`, snapshot.origin)
  return {origin: `${snapshot.origin}: ${path}`, pieces: () => [bytes]}
}

/**
 * The dump of the MOSN of a pod's folder, with the statistics beside it.
 * @throws SourceError (missing) when the snapshot does not hold it
 */
export const mosnSnapshotSource = (snapshot: Snapshot, folder: string): ByteSource => ({
  ...snapshotSource(snapshot, `${folder}/mosn/config_dump.json`),
  mosnStatistics: async () => snapshot.text(`${folder}/mosn/stats.json`),
})

/** An answer of an Envoy's admin interface, as it arrives; of a MOSN's its own dump in place of it. */
export const pointSourceOfAny = (point: AdminPoint, path: string): ByteSource => ({
  origin: `${point.where}${path}`,
  pieces: async function* () {
    const {mosnOrOther} = await import('./mosn-admin.js')
    yield* mosnOrOther(point, path)
  },
  mosnStatistics: async () => {
    const {mosnText} = await import('./mosn-admin.js')
    return mosnText(point, '/api/v1/stats')
  },
})

/** An answer of an Envoy's admin port, as it arrives. */
export const adminSource = (hostPort: string, path: string): ByteSource => ({
  origin: `${hostPort}${path}`,
  pieces: async function* () {
    const {adminPort} = await import('./admin-port.js')
    yield* pointSource(adminPort(hostPort), path).pieces()
  },
})

/** An answer of an Envoy's admin interface, whatever way leads to it. */
export const pointSource = (point: AdminPoint, path: string): ByteSource => ({
  origin: `${point.where}${path}`,
  pieces: async function* () {
    const {askPieces} = await import('./admin-point.js')
    yield* askPieces(point, path)
  },
})
