/** The bytes that make up the structure of JSON (RFC 8259). */
export const TAB: u8 = 0x09
export const LINE_FEED: u8 = 0x0a
export const CARRIAGE_RETURN: u8 = 0x0d
export const SPACE: u8 = 0x20
export const QUOTE: u8 = 0x22
export const PLUS: u8 = 0x2b
export const COMMA: u8 = 0x2c
export const MINUS: u8 = 0x2d
export const POINT: u8 = 0x2e
export const SLASH: u8 = 0x2f
export const ZERO: u8 = 0x30
export const NINE: u8 = 0x39
export const COLON: u8 = 0x3a
export const OPEN_ARRAY: u8 = 0x5b
export const BACKSLASH: u8 = 0x5c
export const CLOSE_ARRAY: u8 = 0x5d
export const OPEN_OBJECT: u8 = 0x7b
export const CLOSE_OBJECT: u8 = 0x7d

export function isDigit(byte: u8): bool {
  return byte - ZERO <= 9
}

export function isHexDigit(byte: u8): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 <= 5
}

/** What may follow a backslash, but for `u`. */
export function isEscape(byte: u8): bool {
  return (
    byte === QUOTE ||
    byte === BACKSLASH ||
    byte === SLASH ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  )
}

/** The first byte from `from` that is no white space, at most `to`. Reads up to 15 bytes beyond `to`. */
export function afterSpace(from: usize, to: usize): usize {
  let i = from
  while (i < to) {
    const byte = load<u8>(i)
    if (byte > SPACE) return i
    const x = v128.load(i)
    const space = v128.or(
      v128.or(i8x16.eq(x, i8x16.splat(SPACE)), i8x16.eq(x, i8x16.splat(LINE_FEED))),
      v128.or(i8x16.eq(x, i8x16.splat(CARRIAGE_RETURN)), i8x16.eq(x, i8x16.splat(TAB))),
    )
    const other = ~i8x16.bitmask(space) & 0xffff
    if (other !== 0) return min(i + ctz(other), to)
    i += 16
  }
  return to
}

/** The first quote, backslash or control character from `from`, at most `to`. Reads up to 15 bytes beyond `to`. */
export function afterPlainText(from: usize, to: usize): usize {
  for (let i = from; i < to; i += 16) {
    const x = v128.load(i)
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(x, i8x16.splat(QUOTE)), i8x16.eq(x, i8x16.splat(BACKSLASH))),
        i8x16.lt_u(x, i8x16.splat(SPACE)),
      ),
    )
    if (special !== 0) return min(i + ctz(special), to)
  }
  return to
}
