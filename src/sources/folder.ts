import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, relative, sep} from 'node:path'
import {DataError} from '../errors.js'
import {parseSnapshotDocument, whatToPass} from '../snapshot/document.js'
import type {Snapshot} from '../snapshot/snapshot.js'
import {fileError} from './file-error.js'

export const byteOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * A snapshot as it lies in a folder. Files are read when asked for; only regular files count (a link in a capture is
 * somebody else's file), so that no path leads out of the folder.
 * @throws SourceError, DataError when the folder cannot be read or is no snapshot
 */
export function openFolder(folder: string, origin = folder): Snapshot {
  if (!existsSync(join(folder, 'snapshot.json')))
    throw new DataError('has no snapshot.json, so it is not a snapshot', origin, whatToPass)
  const paths = new Set(listFiles(folder))
  const bytes = (path: string): Uint8Array | null => {
    if (!paths.has(path)) return null
    try {
      return readFileSync(join(folder, path))
    } catch (error) {
      throw fileError(error, join(folder, path))
    }
  }
  const text = (path: string): string | null => decode(bytes(path), `${origin}/${path}`)
  const document = text('snapshot.json')
  if (document === null) throw new DataError('is not a plain file', `${origin}/snapshot.json`, whatToPass)
  return {
    origin,
    document: parseSnapshotDocument(document, `${origin}/snapshot.json`),
    files: () => [...paths].sort(byteOrder),
    text,
    bytes,
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, {withFileTypes: true, recursive: true})
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
  } catch (error) {
    throw fileError(error, folder)
  }
}

/** Text of a file; bytes that are no UTF-8 become U+FFFD. */
export function decode(bytes: Uint8Array | null, where: string): string | null {
  if (bytes === null) return null
  try {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  } catch (error) {
    throw new DataError('is too large to be read as one text', where, null, {cause: error})
  }
}
