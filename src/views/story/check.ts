import type {Check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import {shorten} from '../wrap.js'

/** Values longer than this (a header of 70 KB) tell nothing more. */
const longest = 64

const short = (text: string): string => shorten(text, longest)

/** Fields in the words of a reader who knows none. */
const fieldNames: Record<string, string> = {
  dport: 'port',
  sport: 'source port',
  src: 'source',
  dst: 'destination',
  in: 'comes by',
  out: 'leaves by',
  domains: 'domain',
  authenticated: 'caller',
}

export const fieldName = (field: string): string => fieldNames[field] ?? field

/** Notations of Envoy's string matchers as a reader says them, plain and negated. */
const notations: readonly [RegExp, string, string][] = [
  [/^exact /, '= ', 'is not '],
  [/^(?:path_separated_)?prefix /, 'begins with ', 'does not begin with '],
  [/^suffix /, 'ends with ', 'does not end with '],
  [/^contains /, 'contains ', 'does not contain '],
  [/^regex /, 'matches ', 'does not match '],
]

function wantText(want: string): string {
  const negated = want.startsWith('!')
  const plain = negated ? want.slice(1).trim() : want
  const found = notations.find(([notation]) => notation.test(plain))
  if (found === undefined) return short(negated ? `not ${plain}` : plain)
  return short(plain.replace(found[0], negated ? found[2] : found[1]))
}

/** What a filter chain asks for, in words that need no knowledge of Envoy. */
const chainWords: Record<string, (want: string) => string> = {
  destination_port: (want) => `port ${want}`,
  transport_protocol: (want) => ({tls: 'TLS', raw_buffer: 'plaintext'})[want] ?? want,
  application_protocols: (want) => (want.startsWith('istio') ? `ALPN ${want}` : want),
  server_names: (want) => `server name ${want}`,
}

const absent = (text: string): boolean => text === '' || text === '(absent)' || text === '(none)'

const byChance = (text: string): boolean => text === 'a random value' || text === 'by chance'

/** What is asked of a field, in words: `header end-user = jason`, `any path`. */
export function sayWant({field, want}: Check): string {
  if (field === 'path' && want === 'prefix /') return 'any path'
  if (want === '' || want === '(any)') return fieldName(field)
  return chainWords[field]?.(short(want)) ?? `${fieldName(field)} ${wantText(want)}`
}

/** Whether what was found adds anything to what was asked. */
const tellsMore = ({want, got}: Check): boolean =>
  !absent(got) &&
  got !== want &&
  !want.endsWith(` ${got}`) &&
  want !== 'prefix /' &&
  got !== `${want.replace(/\/(32|128)$/, '')}`

/** A comparison that held, in words. */
export function sayHolds(check: Check): string {
  if (byChance(check.got)) return `by chance, ${check.want}`
  if (check.holds === 'unknown') return `${sayWant(check)}: not known from the snapshot`
  if (check.field === 'filter_chain_match' && check.want === 'no other chain') return 'no other chain fits'
  return tellsMore(check) ? `${sayWant(check)} (${short(check.got.replace(/^\((.*)\)$/, '$1'))})` : sayWant(check)
}

/** The comparison that ruled a candidate out, in words. */
export function sayFails(check: Check): string {
  const {got, holds} = check
  if (holds === 'yes') return `would match too (${sayWant(check)}), an earlier one had won`
  if (byChance(got) || got === 'another was drawn') return `${check.want}, another was drawn`
  if (holds === 'unknown') return `${sayWant(check)}: not known from the snapshot`
  return absent(got) ? `${sayWant(check)}: absent` : `${sayWant(check)}: is ${short(got)}`
}

export const sayBecause = (because: readonly Check[]): string | null => {
  const told = because.filter(({field, want}) => want !== '(any)' && field !== 'any').map(sayHolds)
  return told.length === 0 ? null : [...new Set(told)].join(', ')
}

/** The last part of a JSONPath: `routes[3]`. A rule's name stays whole. */
const placeName = (at: string): string => (at.startsWith('$') ? at.slice(at.lastIndexOf('.') + 1) : at)

/** What a candidate is called: its own name, else its place. */
export const candidateName = ({at, name}: PassedOver): string =>
  name === undefined || name === '' ? placeName(at) : name

/** The answer for a candidate, as a word that needs no colour. */
export const candidateMark = ({check}: PassedOver): 'no' | 'late' | 'unsure' =>
  check.holds === 'yes' ? 'late' : check.holds === 'no' ? 'no' : 'unsure'
