/** The bytes that make up the structure of JSON (RFC 8259). */
export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
export const OPEN_ARRAY = 0x5b
export const CLOSE_ARRAY = 0x5d

export const SPACE = 0x20
const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** JSON's white space. */
export const isSpace = (byte: number): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB

/** 1 for bytes that a string cannot hold as they are: the quote, the backslash, control characters. */
export const endsPlainText = new Uint8Array(256)
endsPlainText.fill(1, 0, SPACE)
endsPlainText[QUOTE] = 1
endsPlainText[BACKSLASH] = 1
