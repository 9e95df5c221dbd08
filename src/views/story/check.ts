import type {Check} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import {shorten} from '../wrap.js'

/** Values longer than this (a header of 70 KB) tell nothing more. */
const longest = 60

const short = (text: string): string => shorten(text, longest)

/** Fields of netfilter's rules in the words of a reader who knows none. */
const fieldNames: Record<string, string> = {
  dport: 'port',
  sport: 'source port',
  'uid-owner': 'uid',
  'gid-owner': 'gid',
  'out-interface': 'leaves by',
  'in-interface': 'comes by',
  source: 'source',
  destination: 'destination',
}

const fieldName = (field: string): string => fieldNames[field] ?? field

const absent = (text: string): boolean => text === '' || text === '(absent)'

/** A comparison that held, in words. */
export function sayHolds({field, want, got, holds}: Check): string {
  const name = fieldName(field)
  if (holds === 'unknown') return `${name} ${short(want)}: not known from the snapshot`
  if (want === '' || want === got) return `${name} ${short(got)}`.trim()
  if (absent(got)) return `${name} ${short(want)}`
  return want.startsWith('!')
    ? `${name} ${short(got)}, not ${short(want.slice(1).trim())}`
    : `${name} ${short(want)} (${short(got)})`
}

/** The comparison that ruled a candidate out, in words. */
export function sayFails({field, want, got, holds}: Check): string {
  const name = fieldName(field)
  if (holds === 'yes') return `would match too (${name} ${short(want)}), an earlier one had won`
  const wanted = want === '' ? name : `${name} ${short(want)}`
  if (holds === 'unknown') return `${wanted}: not known from the snapshot`
  return absent(got) ? `${wanted}: absent` : `${wanted}: is ${short(got)}`
}

export const sayBecause = (because: readonly Check[]): string | null =>
  because.length === 0 ? null : because.map(sayHolds).join(', ')

/** What a candidate is called: its own name, else its place. */
export const candidateName = ({at, name}: PassedOver): string => (name === undefined || name === '' ? at : name)

/** The answer for a candidate, as a word that needs no colour. */
export const candidateMark = ({check}: PassedOver): 'no' | 'late' | 'unsure' =>
  check.holds === 'yes' ? 'late' : check.holds === 'no' ? 'no' : 'unsure'
