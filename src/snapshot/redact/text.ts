import {isOnlyOperators, isRedacted, redacted, type SecretKind} from './redaction.js'
import {isSecretName, mayHoldSecret} from './secret-name.js'

/** Tells that a secret was found, and in which line of the text, counted from 1. */
export type Found = (kind: SecretKind, line: number) => void

export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** A way in which texts show secrets. */
interface Pattern {
  kind: SecretKind
  expression: RegExp
  /** Splits a match into what stays in front, the secret, and what stays behind; null where there is no secret. */
  split(groups: string[], match: string): [string, string, string] | null
}

const whole = (_: string[], match: string): [string, string, string] => ['', match, '']

const patterns: Pattern[] = [
  {
    kind: 'private-key',
    expression: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
    split: whole,
  },
  {kind: 'token', expression: /\beyJ[\w-]{8,}\.eyJ[\w-]+(?:\.[\w-]*)?/g, split: whole},
  {
    kind: 'token',
    expression:
      /\b(?:A[KS]IA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|[sr]k_(?:live|test)_\w{10,}|glpat-[\w-]{10,}|hvs\.[\w-]{16,}|SG\.[\w-]{10,}\.[\w-]{10,}|npm_\w{30,})/g,
    split: whole,
  },
  {
    kind: 'token',
    expression: /\b((?:Bearer|Basic|Digest|Negotiate)\s+)([A-Za-z0-9+/._~=-]{6,})/gi,
    split: ([scheme = '', secret = '']) =>
      /^[a-z]+$/i.test(secret) && secret.length < 16 ? null : [scheme, secret, ''],
  },
  {
    kind: 'password',
    expression: /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:"']{0,256}:)([^\s/@"']{1,1024})@/gi,
    split: ([front = '', secret = '']) => [front, secret, '@'],
  },
  {
    // authorization: …, Cookie: … as lines of HTTP: everything up to the end of the line is the value.
    kind: 'header',
    expression:
      /((?:^|[\s"'{,>])(?:proxy-)?(?:authorization|cookie|set-cookie)["']?\s*[:=]\s*["']?)([^\s"'%][^"'\n\r]*)/gi,
    split: ([front = '', secret = '']) => [front, secret, ''],
  },
]

const assignment = /(["']?)([A-Za-z_][\w.-]{0,127})\1\s*(?::=|=>|[=:])\s*/g
const assigned = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s"'&;,{}()[\]]+/y

/** `token="…"`, `API_KEY=…`, `password: …`, `&access_token=…`: what is assigned to a secret name. */
function redactAssignments(text: string, found: Found): string {
  let cleaned = ''
  let done = 0
  for (const match of text.matchAll(assignment)) {
    const start = match.index + match[0].length
    assigned.lastIndex = start
    const value = match.index >= done && isSecretName(match[2] ?? '') ? assigned.exec(text)?.[0] : undefined
    const quote = /^["']/.exec(value ?? '')?.[0] ?? ''
    if (value === undefined || isNoSecret(value.slice(quote.length, value.length - quote.length))) continue
    found('looks-secret', lineAt(text, start))
    cleaned += `${text.slice(done, start)}${quote}${redacted}${quote}`
    done = start + value.length
  }
  return cleaned + text.slice(done)
}

const isNoSecret = (value: string): boolean => isRedacted(value) || value.includes(redacted) || isOnlyOperators(value)

/** `text` with every secret that a pattern finds replaced; the same text where there is none. */
export function redactPatterns(text: string, found: Found): string {
  if (!mayHoldSecret.test(text)) return text
  return redactAssignments(
    patterns.reduce((rest, pattern) => applyPattern(rest, pattern, found), text),
    found,
  )
}

function applyPattern(text: string, {kind, expression, split}: Pattern, found: Found): string {
  return text.replace(expression, (match: string, ...rest: unknown[]) => {
    const groups = rest.filter((group): group is string => typeof group === 'string')
    const offset = rest.find((group) => typeof group === 'number')
    // The text itself follows the offset among replace's arguments.
    const parts = split(groups.slice(0, -1), match)
    if (parts === null || isNoSecret(parts[1])) return match
    found(kind, lineAt(text, typeof offset === 'number' ? offset : 0))
    // Lines stay countable: what is found behind a key of many lines keeps its line.
    return `${parts[0]}${redacted}${parts[1].replace(/[^\n]+/g, '')}${parts[2]}`
  })
}

/** Whether a text without a telling name is one by its look: long, mixed, and of no words. */
export function looksRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{20,}$/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false
  return entropy(text) >= 3.5 && !/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
}

/** Shannon's entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}
