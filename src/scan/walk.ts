import {BrokenJson} from './broken-json.js'
import {BACKSLASH, CLOSE_OBJECT, COLON, COMMA, endsPlainText, isSpace, OPEN_OBJECT, QUOTE} from './bytes.js'
import type {Chunk} from './chunk.js'
import {MemberTable} from './member-table.js'
import {OpaqueValue} from './opaque-value.js'

/** What is wanted of an object: some of its values as bytes, without the object itself. What is no object is passed over. */
export interface Visit {
  kind: 'visit'
  table: MemberTable<{wanted: Visit | Leaf; bit: number}>
  /** Told when the object begins: once more where its first bytes were not all of it. */
  begin?(): void
  /** Told when it has ended. */
  end?(): void
}

/** A value that is handed out as its bytes, which are valid during the call. */
export interface Leaf {
  kind: 'leaf'
  take(bytes: Uint8Array, from: number, to: number): void
}

export const visit = (
  members: Readonly<Record<string, Visit | Leaf>>,
  told: Pick<Visit, 'begin' | 'end'> = {},
): Visit => ({
  kind: 'visit',
  table: new MemberTable(Object.entries(members).map(([name, wanted], i) => [name, {wanted, bit: 1 << i}] as const)),
  ...told,
})

const opaque = new OpaqueValue()

/**
 * Walks over the value at `from`, hands out what is wanted of it and checks all of it; gives the index after it, or -1 where the chunk ends
 * before that is certain. Then all must be walked again with more bytes. It goes straight from token to token, without the states
 * that let a scan pause anywhere: made for small values of which there are very many.
 * @throws BrokenJson where the value is no JSON, or holds a wanted member twice.
 */
export function walk(wanted: Visit | Leaf, chunk: Chunk, from: number): number {
  const {bytes} = chunk
  const to = bytes.length
  const isPlan = wanted.kind === 'visit'
  if (isPlan && bytes[from] === OPEN_OBJECT) return walkMembers(wanted, chunk, from)
  const end = valueEnd(chunk, from, to)
  if (!isPlan && end >= 0) wanted.take(bytes, from, end)
  return end
}

function walkMembers(visited: Visit, chunk: Chunk, from: number): number {
  const {bytes, base} = chunk
  const to = bytes.length
  let seen = 0
  visited.begin?.()
  let i = afterSpace(bytes, from + 1, to)
  let isFirst = true
  while (i < to) {
    if (isFirst && bytes[i] === CLOSE_OBJECT) break
    isFirst = false
    if (bytes[i] !== QUOTE) throw new BrokenJson('a member name is missing', base + i)
    const nameEnd = valueEnd(chunk, i, to)
    if (nameEnd < 0) return -1
    const member = memberAt(visited, bytes, i + 1, nameEnd - 1)
    if (member !== undefined) {
      if ((seen & member.bit) !== 0) throw new BrokenJson('a member stands twice in one object', base + i)
      seen |= member.bit
    }
    i = afterSpace(bytes, nameEnd, to)
    if (i >= to) return -1
    if (bytes[i] !== COLON) throw new BrokenJson('no colon after a member name', base + i)
    i = afterSpace(bytes, i + 1, to)
    if (i >= to) return -1
    i = member === undefined ? valueEnd(chunk, i, to) : walk(member.wanted, chunk, i)
    if (i < 0) return -1
    i = afterSpace(bytes, i, to)
    if (i >= to) return -1
    if (bytes[i] === CLOSE_OBJECT) break
    if (bytes[i] !== COMMA) throw new BrokenJson('neither a comma nor the matching bracket', base + i)
    i = afterSpace(bytes, i + 1, to)
  }
  if (i >= to) return -1
  visited.end?.()
  return i + 1
}

function memberAt({table}: Visit, bytes: Uint8Array, from: number, to: number) {
  for (let i = from; i < to; i++)
    if (bytes[i] === BACKSLASH)
      return table.findText(JSON.parse(Buffer.from(bytes.subarray(from - 1, to + 1)).toString()))
  return table.find(bytes, from, to)
}

/** The index after the value at `from`, -1 where it may go on beyond the chunk. Short strings are looked through here. */
function valueEnd(chunk: Chunk, from: number, to: number): number {
  const {bytes} = chunk
  if (bytes[from] === QUOTE) {
    let i = from + 1
    while (i < to && endsPlainText[bytes[i] as number] === 0) i++
    if (i < to && bytes[i] === QUOTE) return i + 1
  }
  opaque.start()
  const end = opaque.pass(chunk, from, to)
  return opaque.done ? end : -1
}

function afterSpace(bytes: Uint8Array, from: number, to: number): number {
  let i = from
  while (i < to && isSpace(bytes[i] as number)) i++
  return i
}
