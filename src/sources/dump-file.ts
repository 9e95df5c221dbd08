import {DataError} from '../errors.js'
import {BrokenJson} from '../scan/broken-json.js'
import {type DocumentLists, documentPlan} from '../scan/document-plan.js'
import {JsonScanner} from '../scan/json-scanner.js'
import type {ByteSource} from './byte-source.js'
import {kindByBeginning, kindByMember} from './dump-kind.js'

/** What a command reads of a document, and what to say to somebody who passes another. */
export interface Reading {
  lists: DocumentLists
  /** What should have been passed: `the answer of Envoy's /config_dump`. */
  pass: string
}

/**
 * Reads a dump in one pass and hands out what `reading` asks for. Gzip is unpacked on the way; `tee` sees the unpacked bytes, valid
 * until it returns.
 * @throws DataError when it is broken or another kind of file; what the source throws passes through
 */
export async function readDump(source: ByteSource, reading: Reading, tee?: (piece: Uint8Array) => void): Promise<void> {
  const recognised = {found: false}
  const plan = documentPlan(reading.lists, {
    known: () => {
      recognised.found = true
    },
    other: (member) => {
      const kind = recognised.found ? undefined : kindByMember(member)
      if (kind !== undefined) throw wrongKind(`is ${kind}`, source, reading)
    },
  })
  const scanner = new JsonScanner(plan)
  let started = false
  try {
    for await (const piece of unpacked(source)) {
      tee?.(piece)
      scanner.push(started ? piece : beginning(piece, source, reading))
      started ||= piece.length > 0
    }
    scanner.end()
  } catch (error) {
    throw error instanceof BrokenJson ? brokenDump(error, source, reading) : error
  }
  if (!recognised.found) throw wrongKind('is JSON of another kind', source, reading)
}

function brokenDump(error: BrokenJson, source: ByteSource, {pass}: Reading): DataError {
  if (error.what === 'is empty') return new DataError('is empty', source.origin, pass)
  return new DataError(`is broken JSON: ${error.message}`, source.origin, null, {cause: error})
}

const wrongKind = (what: string, source: ByteSource, {pass}: Reading): DataError =>
  new DataError(what, source.origin, pass)

/** The first piece without a byte order mark, if it can be the beginning of a JSON object. */
function beginning(piece: Uint8Array, source: ByteSource, reading: Reading): Uint8Array {
  const bytes = piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? piece.subarray(3) : piece
  const first = bytes.find((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d))
  if (first !== undefined && first !== 0x7b) throw wrongKind(kindByBeginning(bytes), source, reading)
  return bytes
}

async function* unpacked(source: ByteSource): AsyncGenerator<Uint8Array> {
  let packed: AsyncGenerator<Uint8Array> | null = null
  const pieces = iterate(source.pieces())
  const first = await pieces.next()
  if (first.done === true) return
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) packed = gunzip(first.value, pieces, source)
  if (packed !== null) return yield* packed
  yield first.value
  yield* pieces
}

async function* iterate(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces
}

async function* gunzip(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const [{createGunzip}, {Readable}] = await Promise.all([import('node:zlib'), import('node:stream')])
  const copies = async function* () {
    yield Buffer.from(first)
    for await (const piece of rest) yield Buffer.from(piece)
  }
  const unzip = createGunzip()
  const input = Readable.from(copies())
  input.on('error', (error) => unzip.destroy(error))
  try {
    yield* input.pipe(unzip)
  } catch (error) {
    const isZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
    throw isZlib ? new DataError('is broken gzip', source.origin, null, {cause: error}) : error
  }
}
