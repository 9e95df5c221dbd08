import {closeSync, createReadStream, openSync, readSync} from 'node:fs'
import type {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import {extract} from 'tar-stream'
import {DataError, isSidetraceError} from '../errors.js'
import {parseSnapshotDocument, whatToPass} from '../snapshot/document.js'
import type {Snapshot} from '../snapshot/snapshot.js'
import {type ArchiveLimits, archiveLimits, readEntries} from './archive-entries.js'
import {errorCode, fileError} from './file-error.js'
import {byteOrder, decode} from './folder.js'
import {kindOfContent} from './kind-of-content.js'

/**
 * Opens a `.tar.gz` (or plain `.tar`) of a snapshot folder, or of the folder's content, held in memory. Nothing is
 * written to disk; an archive with links, devices, paths that lead out, or beyond the limits is refused as a whole.
 * @throws SourceError, DataError with one clear reason
 */
export async function openArchive(path: string, limits: ArchiveLimits = archiveLimits): Promise<Snapshot> {
  const packing = packingOf(path)
  const files = withoutTopFolder(await readArchive(path, packing, limits))
  const text = (name: string) => decode(files.get(name) ?? null, `${path}:${name}`)
  const document = text('snapshot.json')
  if (document === null) throw new DataError('holds no snapshot.json, so it is not a snapshot', path, whatToPass)
  return {
    origin: path,
    document: parseSnapshotDocument(document, `${path}:snapshot.json`),
    files: () => [...files.keys()].sort(byteOrder),
    text,
    bytes: (name) => files.get(name) ?? null,
  }
}

function packingOf(path: string): 'gzip' | 'tar' {
  const head = readHead(path)
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.subarray(257, 262).toString('latin1') === 'ustar') return 'tar'
  const {what, hint} = kindOfContent(head)
  throw new DataError(`${what}, not a snapshot`, path, hint ?? whatToPass)
}

function readHead(path: string): Buffer {
  try {
    const file = openSync(path, 'r')
    try {
      const head = Buffer.alloc(4096)
      return head.subarray(0, readSync(file, head, 0, head.length, 0))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw fileError(error, path, whatToPass)
  }
}

async function readArchive(path: string, packing: 'gzip' | 'tar', limits: ArchiveLimits): Promise<Map<string, Buffer>> {
  const unpacked = extract()
  const source: Readable = createReadStream(path)
  const feed = packing === 'gzip' ? pipeline(source, createGunzip(), unpacked) : pipeline(source, unpacked)
  const [read, fed] = await Promise.allSettled([readEntries(unpacked, path, limits), feed])
  // A refusal of ours destroys the stream, so that the feed fails after it: the refusal is the reason.
  if (read.status === 'rejected') throw archiveError(read.reason, path)
  if (fed.status === 'rejected') throw archiveError(fed.reason, path)
  return read.value
}

function archiveError(error: unknown, path: string): Error {
  if (isSidetraceError(error)) return error
  const code = errorCode(error)
  if (code === 'Z_BUF_ERROR' || (error instanceof Error && error.message === 'Unexpected end of data'))
    return new DataError('is truncated', path, 'Copy or create the archive again', {cause: error})
  if (code.startsWith('Z_')) return new DataError('is a damaged gzip file', path, null, {cause: error})
  if (code !== '') return fileError(error, path)
  const reason = error instanceof Error ? error.message : String(error)
  return new DataError(`is not a tar archive (${reason})`, path, whatToPass, {cause: error})
}

/** `tar` is called on a folder as often as inside it: one folder at the top that holds the snapshot is taken away. */
function withoutTopFolder(files: Map<string, Buffer>): Map<string, Buffer> {
  if (files.has('snapshot.json')) return files
  const tops = [...files.keys()].filter((path) => /^[^/]+\/snapshot\.json$/.test(path))
  const top = tops.length === 1 ? tops[0]?.slice(0, -'snapshot.json'.length) : undefined
  if (top === undefined) return files
  return new Map(
    [...files].filter(([path]) => path.startsWith(top)).map(([path, bytes]) => [path.slice(top.length), bytes]),
  )
}
