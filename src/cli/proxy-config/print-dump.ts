import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import {write} from '../output.js'
import {type OutputFlags, printDocument} from './command.js'
import {whatToPass} from './sections.js'

/**
 * Prints a dump as it is, its names untouched, once all of it has proved to be in order: byte by byte where nothing is to be changed in it,
 * as a document for YAML and for a JSONPath. @throws DataError, SourceError
 */
export async function printDump(source: ByteSource, flags: OutputFlags): Promise<void> {
  const pieces: Buffer[] = []
  const keep = (piece: Uint8Array) => pieces.push(Buffer.from(piece))
  await readDump(source, {lists: {configs: {}}, pass: whatToPass}, keep)
  if (flags.output === 'json' && flags.jsonpath === undefined) return writeAll(pieces)
  return printDocument(JSON.parse(Buffer.concat(pieces).toString()), flags)
}

async function writeAll(pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await write(piece)
}
