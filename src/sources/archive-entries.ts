import type {Extract, Header} from 'tar-stream'
import {DataError} from '../errors.js'

/** What an archive may hold, in bytes of unpacked content and in files. */
export interface ArchiveLimits {
  fileBytes: number
  totalBytes: number
  entries: number
}

const MiB = 1024 * 1024

/** A thousand proxies of a few MB fit; what goes beyond is a mistake or a decompression bomb. */
export const archiveLimits: ArchiveLimits = {fileBytes: 512 * MiB, totalBytes: 2048 * MiB, entries: 200_000}

/** Reads every file of a tar stream; the first entry that a snapshot never holds refuses the whole. */
export async function readEntries(tar: Extract, origin: string, limits: ArchiveLimits): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  let total = 0
  let count = 0
  for await (const entry of tar) {
    count++
    if (count > limits.entries) throw tooLarge(origin, `more than ${limits.entries} entries`)
    const path = safePath(entry.header, origin)
    if (path === null) {
      entry.resume()
      continue
    }
    if (files.has(path)) throw new DataError(`holds ${path} twice`, origin)
    const content = await readEntry(entry, Math.min(limits.fileBytes, limits.totalBytes - total), path, origin)
    total += content.length
    files.set(path, content)
  }
  return files
}

/** The entry's path inside the snapshot, or null for a folder. */
function safePath(header: Header, origin: string): string | null {
  const refuse = (what: string) =>
    new DataError(`holds ${what} (${header.name})`, origin, 'A snapshot holds plain files only')
  if (header.type !== 'file' && header.type !== 'contiguous-file' && header.type !== 'directory')
    throw refuse(`a ${header.type} entry`)
  if (/^[/\\]|^[A-Za-z]:|\\|\0/.test(header.name)) throw refuse('an absolute or foreign path')
  const parts = header.name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw refuse('a path that leads out of it')
  if (header.type === 'directory') return null
  if (parts.length === 0) throw refuse('a file without a name')
  return parts.join('/')
}

async function readEntry(
  entry: AsyncIterable<unknown> & {header: Header},
  limit: number,
  path: string,
  origin: string,
) {
  // The size a header states is a claim; the bytes that come are counted as well.
  if (entry.header.size > limit) throw tooLarge(origin, path)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of entry) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('tar-stream gave something else than bytes')
    size += chunk.length
    if (size > limit) throw tooLarge(origin, path)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const tooLarge = (origin: string, what: string): DataError =>
  new DataError(`is larger than a snapshot may be (${what})`, origin, 'Unpack it and pass the folder')
