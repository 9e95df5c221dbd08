const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes of a base64 text; characters outside the alphabet are passed over. */
export function decodeBase64(text: string): Uint8Array {
  const bytes: number[] = []
  let [bits, held] = [0, 0]
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0) continue
    bits = ((bits << 6) | value) & 0xffffff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes.push((bits >> held) & 0xff)
    }
  }
  return Uint8Array.from(bytes)
}

export const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

/** A DER element: its content lies from `start` up to `end`. */
export interface Element {
  tag: number
  start: number
  end: number
}

/** The DER element at `offset`; null where none fits. */
function element(der: Uint8Array, offset: number, limit: number): Element | null {
  const [tag, first] = [der[offset], der[offset + 1]]
  if (tag === undefined || first === undefined) return null
  const long = first & 0x80 ? first & 0x7f : 0
  let length = long ? 0 : first
  for (const byte of der.subarray(offset + 2, offset + 2 + long)) length = length * 256 + byte
  const start = offset + 2 + long
  return start + length > limit ? null : {tag, start, end: start + length}
}

/** The elements in an element, in order. */
export function children(der: Uint8Array, {start, end}: Pick<Element, 'start' | 'end'>): Element[] {
  const found: Element[] = []
  for (let next = element(der, start, end); next; next = element(der, next.end, end)) found.push(next)
  return found
}

export const isConstructed = ({tag}: Element): boolean => (tag & 0x20) !== 0
