import {mkdir, open, writeFile} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'
import {type Pack, pack} from 'tar-stream'
import {writeWhole} from './whole-write.js'

/** A file of a snapshot, by its path inside. */
export interface SnapshotFile {
  path: string
  content: string | Uint8Array
}

/** Files in the order in which they are written; the next is asked for when the last one is. */
export type SnapshotFiles = Iterable<SnapshotFile> | AsyncIterable<SnapshotFile>

export interface WriteOptions {
  /** Replaces what is there. */
  force: boolean
  /** Only the owner may read it: it holds secrets. */
  secret: boolean
}

/** Writes a snapshot as a folder, or as a `.tar.gz` where `path` ends so; whole or not at all. */
export function writeSnapshot(path: string, files: SnapshotFiles, options: WriteOptions): Promise<void> {
  const write = isArchive(path) ? writeArchive : writeFolder
  return writeWhole(path, options.force, (temporary) => write(temporary, files, options, topFolder(path)))
}

/** Writes one text, whole or not at all. */
export const writeText = (path: string, text: string, options: WriteOptions): Promise<void> =>
  writeWhole(path, options.force, (temporary) => writeFile(temporary, text, {mode: fileMode(options)}))

export const isArchive = (path: string): boolean => /\.(?:tar\.gz|tgz)$/.test(path)

const fileMode = ({secret}: WriteOptions): number => (secret ? 0o600 : 0o666)

/** An archive unpacks into one folder of its own name. */
const topFolder = (path: string): string => basename(path).replace(/\.(?:tar\.gz|tgz)$/, '') || 'snapshot'

async function writeFolder(folder: string, files: SnapshotFiles, options: WriteOptions): Promise<void> {
  await mkdir(folder, {recursive: true, mode: options.secret ? 0o700 : 0o777})
  for await (const {path, content} of files) {
    const file = join(folder, path)
    await mkdir(dirname(file), {recursive: true})
    await writeFile(file, content, {mode: fileMode(options), flag: 'wx'})
  }
}

async function writeArchive(file: string, files: SnapshotFiles, options: WriteOptions, top: string): Promise<void> {
  const tar = pack()
  // Opened before anything can fail: a stream that opens by itself could still make the file after it was cleaned away.
  const opened = await open(file, 'wx', fileMode(options))
  const written = pipeline(tar, createGzip(), opened.createWriteStream())
  const packed = packFiles(tar, files, top).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  })
  const [first, second] = await Promise.allSettled([packed, written])
  for (const end of [first, second]) if (end.status === 'rejected') throw end.reason
}

/** One file after the other: the next is asked for when the last is handed over. */
async function packFiles(tar: Pack, files: SnapshotFiles, top: string): Promise<void> {
  for await (const {path, content} of files) await packFile(tar, `${top}/${path}`, Buffer.from(content))
  tar.finalize()
}

/** Written as a stream, so that the archive's reader sets the pace. The time is left out: equal snapshots make equal archives. */
const packFile = (tar: Pack, name: string, content: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const header = {name, size: content.length, mode: 0o644, mtime: new Date(0)}
    tar.entry(header, (error) => (error ? reject(error) : resolve())).end(content)
  })
