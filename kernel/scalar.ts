import {isDigit, MINUS, PLUS, POINT, ZERO} from './bytes'

// The states of a number, as RFC 8259 builds it: - (0 | [1-9] digits) (. digits)? ([eE] [+-]? digits)?
const SIGN = 16
const LONE_ZERO = 17
const WHOLE = 18
const DOT = 19
const FRACTION = 20
const EXPONENT = 21
const EXPONENT_SIGN = 22
const POWER = 23
/** In a literal: as many of its letters are met as the state is above. */
const LITERAL = 32

/** A state that no byte leads to. */
export const REFUSED = -1
/** The scalar ended before this byte. */
export const ENDED = -2

const literals = memory.data<u8>([
  0x74, 0x72, 0x75, 0x65, 0, 0x66, 0x61, 0x6c, 0x73, 0x65, 0, 0x6e, 0x75, 0x6c, 0x6c, 0,
])
const FALSE_AT = 5
const NULL_AT = 11

/** The state after the first byte of a number, `true`, `false` or `null`. */
export function firstOfScalar(byte: u8): i32 {
  if (byte === ZERO) return LONE_ZERO
  if (isDigit(byte)) return WHOLE
  if (byte === MINUS) return SIGN
  if (byte === 0x74) return LITERAL + 1
  if (byte === 0x66) return LITERAL + FALSE_AT + 1
  if (byte === 0x6e) return LITERAL + NULL_AT + 1
  return REFUSED
}

/** The state after one more byte; ENDED where the scalar is whole without it. */
export function nextOfScalar(state: i32, byte: u8): i32 {
  if (state >= LITERAL) {
    const wanted = load<u8>(literals + (state - LITERAL))
    if (wanted === 0) return mayFollow(byte)
    return wanted === byte ? state + 1 : REFUSED
  }
  const digit = isDigit(byte)
  const exponent = (byte | 0x20) === 0x65
  switch (state) {
    case SIGN:
      return byte === ZERO ? LONE_ZERO : digit ? WHOLE : REFUSED
    case LONE_ZERO:
      return byte === POINT ? DOT : exponent ? EXPONENT : mayFollow(byte)
    case WHOLE:
      return digit ? WHOLE : byte === POINT ? DOT : exponent ? EXPONENT : mayFollow(byte)
    case DOT:
      return digit ? FRACTION : REFUSED
    case FRACTION:
      return digit ? FRACTION : exponent ? EXPONENT : mayFollow(byte)
    case EXPONENT:
      return digit ? POWER : byte === PLUS || byte === MINUS ? EXPONENT_SIGN : REFUSED
    case EXPONENT_SIGN:
      return digit ? POWER : REFUSED
    default:
      return digit ? POWER : mayFollow(byte)
  }
}

/** A letter, digit, sign or point right after a scalar is part of it; anything else is for the structure to judge. */
function mayFollow(byte: u8): i32 {
  const letter = (byte | 0x20) - 0x61 < 26
  return letter || isDigit(byte) || byte === PLUS || byte === MINUS || byte === POINT ? REFUSED : ENDED
}
