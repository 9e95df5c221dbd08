import type {Canary} from './planted-snapshot.js'

const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g

/** What base64 may hide is looked at as well. */
const decoded = (text: string): string =>
  (text.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? [])
    .map((run) => Buffer.from(run, 'base64').toString('latin1'))
    .join('\n')

/** The places whose secrets a text shows, plainly or as base64. */
export function survivors(text: string, canaries: readonly Canary[]): string[] {
  const plain = text.replace(escapes, '')
  const all = plain.includes('cnry') || decoded(plain).includes('cnry') ? `${plain}\n${decoded(plain)}` : ''
  return canaries.filter(({secret}) => all.includes(secret)).map(({where}) => where)
}
