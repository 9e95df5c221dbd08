import {children, decodeBase64, type Element, isConstructed, latin1} from './der.js'
import {type JsonObject, string} from './field.js'

/** What a certificate says that decides whether a peer takes it. */
export interface Certificate {
  uriSans: string[]
  dnsSans: string[]
  /** Distinguished names, byte by byte in hexadecimal; empty where they could not be read. */
  issuer: string
  subject: string
  /** Key identifiers in hexadecimal (RFC 5280, 4.2.1.1 and 4.2.1.2); empty where the certificate has none. */
  issuerKey: string
  subjectKey: string
  /** ISO time in UTC; null where it could not be read. */
  notBefore: string | null
  notAfter: string | null
}

/** Extensions by the last byte of their identifier, 2.5.29.N. */
const [subjectKeyIdentifier, subjectAltName, authorityKeyIdentifier] = [14, 17, 35]
const [oidTag, utcTimeTag] = [0x06, 0x17]
const [dnsTag, uriTag] = [0x82, 0x86] // [2] dNSName and [6] uniformResourceIdentifier of GeneralName

/** URI SANs of the first certificate in a data source; empty for what is no certificate. */
export const certificateUris = (source: JsonObject): string[] => readCertificates(source)[0]?.uriSans ?? []

/**
 * The certificates of a data source (`inline_bytes`: base64 of PEM, `inline_string`: PEM), in order. Empty for files, which the dump
 * does not hold, and for what is no certificate.
 */
export function readCertificates(source: JsonObject): Certificate[] {
  const known = certificates.get(source) ?? decode(source)
  certificates.set(source, known)
  return known
}

const certificates = new WeakMap<JsonObject, Certificate[]>()

function decode(source: JsonObject): Certificate[] {
  const bytes = string(source, 'inline_bytes')
  const text = bytes === undefined ? string(source, 'inline_string') : latin1(decodeBase64(bytes))
  const blocks = (text ?? '').matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)
  return [...blocks].map(([, body = '']) => readCertificate(decodeBase64(body)))
}

/** X.509: SEQUENCE {[0] version, serial, algorithm, issuer, validity, subject, ...} within a SEQUENCE (RFC 5280, 4.1). */
function readCertificate(der: Uint8Array): Certificate {
  const [outer] = children(der, {start: 0, end: der.length})
  const [body] = outer === undefined ? [] : children(der, outer)
  const fields = body === undefined ? [] : children(der, body)
  const first = fields[0]?.tag === 0xa0 ? 1 : 0
  const [issuer, validity, subject] = fields.slice(first + 2, first + 5)
  const [notBefore, notAfter] = validity === undefined ? [] : children(der, validity)
  return {
    uriSans: alternativeNames(der, uriTag),
    dnsSans: alternativeNames(der, dnsTag),
    issuer: hex(der, issuer),
    subject: hex(der, subject),
    issuerKey: hex(der, keyOf(der, extensionOf(der, authorityKeyIdentifier))),
    subjectKey: hex(der, extensionOf(der, subjectKeyIdentifier)[0]),
    notBefore: timeOf(der, notBefore),
    notAfter: timeOf(der, notAfter),
  }
}

const hex = (der: Uint8Array, element: Element | undefined): string =>
  element === undefined
    ? ''
    : Array.from(der.subarray(element.start, element.end), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** UTCTime `YYMMDDhhmmssZ` (years from 1950 on), or GeneralizedTime `YYYYMMDDhhmmssZ`. */
function timeOf(der: Uint8Array, element: Element | undefined): string | null {
  if (element === undefined) return null
  const text = latin1(der.subarray(element.start, element.end))
  const full = element.tag === utcTimeTag ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)
  if (parts === null) return null
  const [, year, month, day, hour, minute, second] = parts
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/** [0] keyIdentifier of AuthorityKeyIdentifier. */
const keyOf = (der: Uint8Array, [identifier]: Element[]): Element | undefined =>
  identifier === undefined ? undefined : children(der, identifier).find(({tag}) => tag === 0x80)

const alternativeNames = (der: Uint8Array, wanted: number): string[] =>
  extensionOf(der, subjectAltName)
    .flatMap((names) => children(der, names))
    .filter(({tag}) => tag === wanted)
    .map(({start, end}) => latin1(der.subarray(start, end)))

/** What the value of an extension holds: it is SEQUENCE {OID, [BOOLEAN,] OCTET STRING}. */
function extensionOf(der: Uint8Array, id: number): Element[] {
  const within = (parent: Pick<Element, 'start' | 'end'>): Element[] => {
    const parts = children(der, parent)
    const [first] = parts
    const value = parts.at(-1)
    if (first && value && isExtension(der, first, id)) return children(der, value)
    return parts.filter(isConstructed).flatMap(within)
  }
  return within({start: 0, end: der.length})
}

const isExtension = (der: Uint8Array, {tag, start, end}: Element, id: number): boolean =>
  tag === oidTag && end - start === 3 && der[start] === 0x55 && der[start + 1] === 0x1d && der[start + 2] === id
