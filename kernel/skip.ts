import {
  afterPlainText,
  afterSpace,
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isEscape,
  isHexDigit,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './bytes'
import {BAD_ESCAPE, BAD_SCALAR, CONTROL_CHARACTER, NO_COMMA_OR_END, refuse, TOO_DEEP} from './problem'
import {ENDED, firstOfScalar, nextOfScalar, REFUSED} from './scalar'

/** Deeper than this is no proto JSON: protobuf's own readers stop at 10 000 levels at the latest. */
export const maxDepth: i32 = 10_000

// What may stand next; each is the problem that anything else is. `_OR_END` follows an opening bracket.
const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const AFTER_KEY = 4
const AFTER_VALUE = 5

// The token that the last chunk ended in; from SCALAR on the state of a number or literal.
const NOTHING = 0
const STRING = 1
const ESCAPE = 2
/** The four digits after `\u`; as many are still to come as the state is above. */
const LAST_DIGIT = 4
const FIRST_DIGIT = 7
const SCALAR = 16

/** For each open bracket 1 if it is an object's. */
const kinds = memory.data(10_002)

let next: i32 = VALUE
let inside: i32 = NOTHING
let depth: i32 = 0

export function startSkip(): void {
  next = VALUE
  inside = NOTHING
  depth = 0
}

/** Has the value ended? */
export function skipped(): bool {
  return next === AFTER_VALUE && depth === 0 && inside === NOTHING
}

/** Is it in a number or literal that stands alone, so that only the byte after it, or the end of the document, ends it? */
export function inBareScalar(): bool {
  return inside >= SCALAR && depth === 0
}

export function inString(): bool {
  return inside !== NOTHING && inside < SCALAR
}

/**
 * Goes on over one value from `from` without making anything of it, and gives the address after its last byte, or `to` where it goes on
 * beyond. One function with local variables, since it sees nearly every byte of a dump.
 */
export function skip(from: usize, to: usize): i32 {
  let i = from
  let state = next
  let token = inside
  let open = depth
  while (i < to) {
    if (token === STRING) {
      i = afterPlainText(i, to)
      if (i >= to) break
      const byte = load<u8>(i++)
      if (byte === QUOTE) {
        token = NOTHING
        if (state < KEY) {
          state = AFTER_VALUE
          if (open === 0) break
        } else if (i < to && load<u8>(i) === COLON) {
          i++
          state = VALUE
        } else state = AFTER_KEY
      } else if (byte === BACKSLASH) {
        token = ESCAPE
        continue
      } else return refuse(CONTROL_CHARACTER, i - 1)
    } else if (token >= SCALAR) {
      const after = nextOfScalar(token, load<u8>(i))
      if (after === REFUSED) return refuse(BAD_SCALAR, i)
      if (after !== ENDED) {
        token = after
        i++
        continue
      }
      token = NOTHING
      state = AFTER_VALUE
      if (open === 0) break
    } else if (token !== NOTHING) {
      const byte = load<u8>(i++)
      if (token >= LAST_DIGIT) {
        if (!isHexDigit(byte)) return refuse(BAD_ESCAPE, i - 1)
        token = token === LAST_DIGIT ? STRING : token - 1
      } else if (byte === 0x75) token = FIRST_DIGIT
      else if (isEscape(byte)) token = STRING
      else return refuse(BAD_ESCAPE, i - 1)
      continue
    }
    i = afterSpace(i, to)
    if (i >= to) break
    const byte = load<u8>(i)
    if (byte === QUOTE) {
      if (state >= AFTER_KEY) return refuse(state, i)
      token = STRING
    } else if (byte === COMMA) {
      if (state !== AFTER_VALUE) return refuse(state, i)
      state = load<u8>(kinds + open) === 1 ? KEY : VALUE
    } else if (byte === COLON) {
      if (state !== AFTER_KEY) return refuse(state, i)
      state = VALUE
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (state > VALUE_OR_END) return refuse(state, i)
      if (++open > maxDepth) return refuse(TOO_DEEP, i)
      store<u8>(kinds + open, byte === OPEN_OBJECT ? 1 : 0)
      state = byte === OPEN_OBJECT ? KEY_OR_END : VALUE_OR_END
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      const object = byte === CLOSE_OBJECT
      if (state !== AFTER_VALUE && state !== (object ? KEY_OR_END : VALUE_OR_END)) return refuse(state, i)
      if (load<u8>(kinds + open) !== (object ? 1 : 0)) return refuse(NO_COMMA_OR_END, i)
      state = AFTER_VALUE
      if (--open === 0) {
        i++
        break
      }
    } else {
      if (state > VALUE_OR_END) return refuse(state, i)
      token = firstOfScalar(byte)
      if (token === REFUSED) return refuse(state, i)
    }
    i++
  }
  next = state
  inside = token
  depth = open
  return <i32>i
}
