import {BACKSLASH, COLON, isSpace, OPEN_OBJECT, QUOTE} from './bytes.js'

/** More white space than this between a brace and its `@type` is not looked through. */
export const longestTypePrefix = 4096

const typeMember = new TextEncoder().encode('"@type"')

/**
 * The `@type` of the object at `from`, where it is the first member, as protobuf writes it: its type name without the address.
 * Undefined where something else comes first, `more` where the bytes end too early to tell.
 */
export function leadingType(bytes: Uint8Array, from: number): {type: string} | undefined | 'more' {
  const to = bytes.length
  let i = from
  const skipSpace = () => {
    while (i < to && isSpace(bytes[i] as number)) i++
  }
  if (bytes[i++] !== OPEN_OBJECT) return undefined
  skipSpace()
  for (const byte of typeMember) {
    if (i >= to) return 'more'
    if (bytes[i++] !== byte) return undefined
  }
  skipSpace()
  if (i >= to) return 'more'
  if (bytes[i++] !== COLON) return undefined
  skipSpace()
  if (i >= to) return 'more'
  if (bytes[i++] !== QUOTE) return undefined
  const start = i
  for (; i < to; i++) {
    if (bytes[i] === BACKSLASH) return undefined
    if (bytes[i] === QUOTE) return {type: typeName(Buffer.from(bytes.subarray(start, i)).toString())}
  }
  return 'more'
}

/** The type name in a type URL: what follows the last slash. */
export const typeName = (url: string): string => url.slice(url.lastIndexOf('/') + 1)
