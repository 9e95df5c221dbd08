import {type JsonObject, string} from './field.js'

const subjectAltName = [0x55, 0x1d, 0x11] // 2.5.29.17
const oidTag = 0x06
const uriTag = 0x86 // [6] uniformResourceIdentifier of GeneralName

/**
 * URI SANs of the first certificate in a data source (`inline_bytes`: base64 of PEM, `inline_string`: PEM).
 * Empty for files, which the dump does not hold, and for what is no certificate.
 */
export function certificateUris(source: JsonObject): string[] {
  const bytes = string(source, 'inline_bytes')
  const text = bytes === undefined ? string(source, 'inline_string') : latin1(decodeBase64(bytes))
  const body = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(text ?? '')?.[1]
  return body === undefined ? [] : subjectAltUris(decodeBase64(body))
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes of a base64 text; characters outside the alphabet are passed over. */
function decodeBase64(text: string): Uint8Array {
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

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

interface Element {
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

function children(der: Uint8Array, {start, end}: Pick<Element, 'start' | 'end'>): Element[] {
  const found: Element[] = []
  for (let next = element(der, start, end); next; next = element(der, next.end, end)) found.push(next)
  return found
}

const isConstructed = ({tag}: Element): boolean => (tag & 0x20) !== 0

/** X.509: an extension is SEQUENCE {OID, [BOOLEAN,] OCTET STRING}; for SANs that string holds a SEQUENCE of GeneralName. */
function subjectAltUris(der: Uint8Array): string[] {
  const within = (parent: Pick<Element, 'start' | 'end'>): string[] => {
    const parts = children(der, parent)
    const [first] = parts
    const value = parts.at(-1)
    if (first && value && isSubjectAltName(der, first))
      return children(der, value)
        .flatMap((names) => children(der, names))
        .filter(({tag}) => tag === uriTag)
        .map(({start, end}) => latin1(der.subarray(start, end)))
    return parts.filter(isConstructed).flatMap(within)
  }
  return within({start: 0, end: der.length})
}

const isSubjectAltName = (der: Uint8Array, {tag, start, end}: Element): boolean =>
  tag === oidTag &&
  end - start === subjectAltName.length &&
  subjectAltName.every((byte, index) => der[start + index] === byte)
