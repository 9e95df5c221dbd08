import {DataError, jsonFault} from '../../errors.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {readDump} from '../../sources/dump-file.js'
import {longestText} from '../../sources/long-document.js'
import {write} from '../output.js'
import {byKind} from './by-kind.js'
import type {OutputFlags} from './command.js'
import type {Dumps} from './input.js'
import {printDocument} from './print-document.js'
import {whatToPass} from './sections.js'

/** Prints dumps: one as it is, several as a list of `{file, document}`. @throws DataError, SourceError */
export async function printDumps({sources, named}: Dumps, flags: OutputFlags): Promise<void> {
  if (!named) {
    for (const source of sources) await printDump(source, flags)
    return
  }
  const found: {file: string; document: unknown}[] = []
  for (const source of sources) {
    const document = parse(await piecesOf(source), source)
    found.push({file: source.origin, document: (await redacted(document, flags.redact)).value})
  }
  return printDocument(found, flags)
}

/**
 * Prints a dump as it is, its names untouched, once all of it has proved to be in order: byte by byte where nothing is to be changed in it,
 * as a document where secrets are to be replaced, for YAML and for a JSONPath. @throws DataError, SourceError
 */
async function printDump(source: ByteSource, flags: OutputFlags): Promise<void> {
  const pieces = await piecesOf(source)
  const asItIs = flags.output === 'json' && flags.jsonpath === undefined
  if (asItIs && !flags.redact) return writeAll(pieces)
  const {value, changed} = await redacted(parse(pieces, source), flags.redact)
  return asItIs && !changed ? writeAll(pieces) : printDocument(value, flags)
}

const piecesOf = (source: ByteSource): Promise<Buffer[]> => byKind(source, piecesOfEnvoy, ({bytes}) => [bytes])

async function piecesOfEnvoy(source: ByteSource): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  const keep = (piece: Uint8Array) => pieces.push(Buffer.from(piece))
  await readDump(source, {lists: {configs: {}}, pass: whatToPass}, keep)
  return pieces
}

async function writeAll(pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await write(piece)
}

function parse(pieces: readonly Uint8Array[], source: ByteSource): unknown {
  const bytes = Buffer.concat(pieces)
  if (bytes.length > longestText) {
    const hint = 'Pass -o json --no-redact, which copies it'
    throw new DataError('is too long to look for secrets in', source.origin, hint)
  }
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw new DataError('is not JSON', source.origin, jsonFault(error), {cause: error})
  }
}

async function redacted(document: unknown, wanted: boolean): Promise<{value: unknown; changed: boolean}> {
  if (!wanted) return {value: document, changed: false}
  const {redactDocument} = await import('../../snapshot/redact.js')
  const {value, report} = redactDocument(document, 'config_dump.json')
  return {value, changed: report.length > 0}
}
