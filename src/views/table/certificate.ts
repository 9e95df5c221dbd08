import {X509Certificate} from 'node:crypto'

/** What a secret's first certificate says; members are empty where there is none that can be read. */
export interface CertificateFacts {
  type: 'CA' | 'Cert Chain' | ''
  /** Hexadecimal, at least 32 digits. */
  serialNumber: string
  /** RFC 3339 in UTC, to the second. */
  notAfter: string
  notBefore: string
  /** Host of the last spiffe:// name. */
  trustDomain: string
  /** Its subject alternative names, without their kinds. */
  names: string[]
  /** Distinguished names, their parts joined by commas. */
  subject: string
  issuer: string
}

const unreadable: CertificateFacts = {
  type: '',
  serialNumber: '',
  notAfter: '',
  notBefore: '',
  trustDomain: '',
  names: [],
  subject: '',
  issuer: '',
}

/** The certificates of a PEM text, each in one spelling: without line ends. */
export const pemBlocks = (pem: string): string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)].flatMap(([, block]) =>
    block === undefined ? [] : [block.replace(/\s/g, '')],
  )

/** Reads the first certificate of a PEM text. */
export function certificateFacts(pem: string): CertificateFacts {
  const [block] = pemBlocks(pem)
  if (block === undefined) return unreadable
  try {
    const certificate = new X509Certificate(Buffer.from(block, 'base64'))
    return {
      type: certificate.ca ? 'CA' : 'Cert Chain',
      serialNumber: BigInt(`0x${certificate.serialNumber}`).toString(16).padStart(32, '0'),
      notAfter: rfc3339(certificate.validTo),
      notBefore: rfc3339(certificate.validFrom),
      trustDomain: trustDomain(certificate.subjectAltName ?? ''),
      names: alternativeNames(certificate.subjectAltName ?? ''),
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
    }
  } catch {
    // OpenSSL refuses it: the table says so with blanks, as istioctl's does.
    return unreadable
  }
}

/** OpenSSL writes `Nov 23 02:21:52 2026 GMT`. */
const rfc3339 = (date: string): string => new Date(date).toISOString().replace('.000Z', 'Z')

const trustDomain = (names: string): string => [...names.matchAll(/URI:"?spiffe:\/\/([^/",]+)/g)].at(-1)?.[1] ?? ''

/** OpenSSL writes `URI:spiffe://a/b, DNS:c, IP Address:1.2.3.4`, names with commas in quotes. */
const alternativeNames = (names: string): string[] =>
  [...names.matchAll(/(?:^|, )[^:,]+:("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, name = '']) =>
    name.startsWith('"') ? String(JSON.parse(name)) : name,
  )

/** OpenSSL writes a part a line; a certificate without a subject has none. */
const oneLine = (distinguishedName: string | undefined): string => (distinguishedName ?? '').replaceAll('\n', ', ')

/** Is `now` strictly inside the validity? */
export const isValidAt = ({notBefore, notAfter}: CertificateFacts, now: Date): boolean =>
  notBefore !== '' && Date.parse(notBefore) < now.getTime() && now.getTime() < Date.parse(notAfter)
