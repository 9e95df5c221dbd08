import {BrokenJson} from './broken-json.js'
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endsPlainText,
  inScalar,
  LINE_FEED,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
  startsScalar,
  TAB,
} from './bytes.js'
import type {Chunk} from './chunk.js'
import {isScalar} from './scalar.js'

/** Deeper than this is no proto JSON: protobuf's own readers stop at 10 000 levels at the latest. */
export const maxDepth = 10_000

/** What may stand next. `_OR_END` follows an opening bracket. */
const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const AFTER_KEY = 4
const AFTER_VALUE = 5

const expected = [
  'a value is missing',
  'neither a value nor the end of the list',
  'a member name is missing',
  'neither a member name nor the end of the object',
  'no colon after a member name',
  'neither a comma nor the matching bracket',
]

/** The token that the last chunk ended in. */
const NOTHING = 0
const STRING = 1
const ESCAPE = 2
const SCALAR = 3
/** The four digits after `\u`; as many are still to come as the state is above SCALAR. */
const LAST_DIGIT = 4
const FIRST_DIGIT = 7

const nothing = new Uint8Array()

const inObject = 1
const inArray = 2

/**
 * Passes over one JSON value of any size without making anything of it, in pieces as they arrive. Structure is held to the
 * grammar: what JSON.parse refuses is refused here, but for the validity of UTF-8 (which JSON.parse never sees).
 */
export class OpaqueValue {
  /** True as soon as the value has ended. */
  done = false
  private next = VALUE
  private inside = NOTHING
  private depth = 0
  private kinds: Uint8Array = new Uint8Array(64)
  /** The part of a number or literal that stood in earlier chunks. */
  private scalarHead: Uint8Array = nothing

  start(): void {
    this.done = false
    this.next = VALUE
    this.inside = NOTHING
    this.depth = 0
    this.scalarHead = nothing
  }

  /** True in a number or literal that stands alone: only the byte after it, or the end of the document, ends it. */
  get inBareScalar(): boolean {
    return this.inside === SCALAR && this.depth === 0
  }

  /** What the end of the document here would break off. */
  get endsIn(): string {
    return this.inside === NOTHING || this.inside === SCALAR ? 'ends before its last bracket' : 'ends inside a string'
  }

  /**
   * Goes on from `from`, and gives the index after the value's last byte, or `to` where the value goes on beyond it.
   *
   * One function with local variables: it sees every byte of a dump, and a call or field access for each would double the time. Indexes
   * stay below `to`, hence the casts. Strings are read four bytes at a time: of a word `x`, `(x - 0x01010101) & ~x & 0x80808080` has the top
   * bit of each zero byte set, and below the lowest such bit it sets none in error; with other constants it finds bytes below a bound.
   */
  pass({bytes, view, base}: Chunk, from: number, to: number): number {
    let i = from
    let {next, inside, depth, kinds} = this
    let byte = 0
    let scalarFrom = from
    for (;;) {
      if (inside === NOTHING) {
        if (i >= to) break
        byte = bytes[i] as number
        while (byte <= SPACE) {
          if (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB)
            throw new BrokenJson(expected[next] as string, base + i)
          if (++i >= to) break
          byte = bytes[i] as number
        }
        if (i >= to) break
        if (byte === QUOTE) {
          if (next >= AFTER_KEY) throw new BrokenJson(expected[next] as string, base + i)
          inside = STRING
        } else if (byte === COLON) {
          if (next !== AFTER_KEY) throw new BrokenJson(expected[next] as string, base + i)
          next = VALUE
        } else if (byte === COMMA) {
          if (next !== AFTER_VALUE) throw new BrokenJson(expected[next] as string, base + i)
          next = kinds[depth] === inObject ? KEY : VALUE
        } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
          if (next > VALUE_OR_END) throw new BrokenJson(expected[next] as string, base + i)
          if (++depth >= kinds.length) kinds = this.kinds = deeper(kinds, base + i)
          kinds[depth] = byte === OPEN_OBJECT ? inObject : inArray
          next = byte === OPEN_OBJECT ? KEY_OR_END : VALUE_OR_END
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
          if (next !== AFTER_VALUE && next !== (byte === CLOSE_OBJECT ? KEY_OR_END : VALUE_OR_END))
            throw new BrokenJson(expected[next] as string, base + i)
          if (kinds[depth] !== (byte === CLOSE_OBJECT ? inObject : inArray))
            throw new BrokenJson(expected[AFTER_VALUE] as string, base + i)
          next = AFTER_VALUE
          if (--depth === 0) {
            i++
            break
          }
        } else {
          if (next > VALUE_OR_END || startsScalar[byte] === 0) throw new BrokenJson(expected[next] as string, base + i)
          scalarFrom = i
          if (byte > ZERO && byte <= NINE) {
            do byte = ++i < to ? (bytes[i] as number) : 0
            while (byte >= ZERO && byte <= NINE)
            if (i < to && inScalar[byte] === 0) {
              next = AFTER_VALUE
              if (depth === 0) break
              continue
            }
            i--
          }
          inside = SCALAR
        }
        i++
      }
      if (inside === STRING) {
        for (; i + 4 <= to; i += 4) {
          const x = view.getInt32(i, true)
          const quote = x ^ 0x22222222
          const backslash = x ^ 0x5c5c5c5c
          const special =
            (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((x - 0x20202020) & ~x)) &
            0x80808080
          if (special !== 0) {
            i += (31 - Math.clz32(special & -special)) >> 3
            break
          }
        }
        while (i < to && endsPlainText[bytes[i] as number] === 0) i++
        if (i >= to) break
        byte = bytes[i++] as number
        if (byte === QUOTE) {
          inside = NOTHING
          if (next < KEY) {
            next = AFTER_VALUE
            if (depth === 0) break
          } else if (i < to && bytes[i] === COLON) {
            i++
            next = VALUE
          } else next = AFTER_KEY
        } else if (byte === BACKSLASH) inside = ESCAPE
        else throw new BrokenJson('a control character inside a string', base + i - 1)
      }
      if (inside === SCALAR) {
        while (i < to && inScalar[bytes[i] as number] === 1) i++
        if (i >= to) {
          this.scalarHead = Buffer.concat([this.scalarHead, bytes.subarray(scalarFrom, i)])
          break
        }
        if (!this.endsScalar(bytes, scalarFrom, i))
          throw new BrokenJson('neither a number nor true, false or null', base + i)
        inside = NOTHING
        next = AFTER_VALUE
        if (depth === 0) break
      } else if (inside >= ESCAPE) {
        if (i >= to) break
        byte = bytes[i++] as number
        if (inside >= LAST_DIGIT) {
          if (!isHexDigit(byte)) throw new BrokenJson('an escape that is none of JSON', base + i - 1)
          inside = inside === LAST_DIGIT ? STRING : inside - 1
        } else if (byte === LETTER_U) inside = FIRST_DIGIT
        else if (escapes.includes(byte)) inside = STRING
        else throw new BrokenJson('an escape that is none of JSON', base + i - 1)
      }
    }
    this.next = next
    this.inside = inside
    this.depth = depth
    this.done = next === AFTER_VALUE && depth === 0 && inside === NOTHING
    return i
  }

  /** Is the number or literal that began in an earlier chunk and ends at `to` one of JSON's? */
  private endsScalar(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.scalarHead.length === 0) return isScalar(bytes, from, to)
    const all = Buffer.concat([this.scalarHead, bytes.subarray(from, to)])
    this.scalarHead = nothing
    return isScalar(all, 0, all.length)
  }
}

const LETTER_U = 0x75
const ZERO = 0x30
const NINE = 0x39
const escapes = new TextEncoder().encode('"\\/bfnrt')

const isHexDigit = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)

function deeper(kinds: Uint8Array, offset: number): Uint8Array {
  if (kinds.length > maxDepth) throw new BrokenJson(`more than ${maxDepth} levels`, offset)
  const grown = new Uint8Array(kinds.length * 2)
  grown.set(kinds)
  return grown
}
