import {isRedacted, redacted} from './redaction.js'
import {remembered} from './remembered.js'
import {isSecretSubject} from './secret-name.js'
import {isHarmlessComparison, looksIssued} from './subject.js'
import {redactPatterns} from './text.js'

/**
 * An answer of the evaluators (a match, a trace, a list of routes) as it may be shown: what a secret header, query parameter or
 * cookie is compared with and was found to be is replaced, and in every other text what looks like a secret. What holds none is
 * the same object.
 */
export function redactAnswer<T>(answer: T): T {
  const issued = new Set<string>()
  const found = (secret: string): void => {
    if (looksIssued(secret)) issued.add(secret)
  }
  const told = visit(answer, '', {found, known: new Map()})
  // What was found in one place may stand in another: in a path, in the key of a matcher's map.
  const cleaned = issued.size === 0 ? told : withoutValues(told, [...issued])
  // Gate: a text stays a text and a list a list, so the answer keeps its type.
  return cleaned as T
}

/** One pass over an answer. */
interface Pass {
  /** Told of every secret that is replaced by the name of what it belongs to. */
  found: (secret: string) => void
  /** Objects that were looked at: branches of a trace have the steps in common that they share. */
  known: Map<object, object>
}

function visit(value: unknown, name: string, pass: Pass): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) {
    const child = name === 'headers' ? headerLine(pass) : (item: unknown) => visit(item, '', pass)
    return mapList(value, child)
  }
  return typeof value === 'object' && value !== null ? visitObject(value, pass) : value
}

function mapList(list: readonly unknown[], child: (item: unknown) => unknown): readonly unknown[] {
  let cleaned: unknown[] | null = null
  for (const [index, item] of list.entries()) {
    const value = child(item)
    if (value === item) continue
    cleaned ??= [...list]
    cleaned[index] = value
  }
  return cleaned ?? list
}

function visitObject(object: object, pass: Pass): object {
  const known = pass.known.get(object)
  if (known !== undefined) return known
  const subject = subjectOf(object)
  const made = mapMembers(object, (name, value) =>
    subject !== null && typeof value === 'string' && valueMembers.has(name)
      ? hideCompared(value, subject, pass)
      : visit(value, name, pass),
  )
  pass.known.set(object, made)
  return made
}

function mapMembers(object: object, child: (name: string, value: unknown) => unknown): object {
  let cleaned: Record<string, unknown> | null = null
  for (const [name, value] of Object.entries(object)) {
    const next = child(name, value)
    if (next === value) continue
    cleaned ??= {...object}
    cleaned[name] = next
  }
  return cleaned ?? object
}

/** Members of a comparison, and of an edit of a request, that hold what the subject is or should be. */
const valueMembers: ReadonlySet<string> = new Set(['want', 'got', 'value'])

/** The secret subject of a comparison (`header x-api-key`) or of a named value, else null. */
function subjectOf(object: object): string | null {
  if ('field' in object && typeof object.field === 'string') return subjectOfField(object.field)
  if (!('name' in object && 'value' in object)) return null
  return typeof object.name === 'string' && isSecretSubject(object.name) ? object.name : null
}

function subjectOfField(field: string): string | null {
  const [, name] = /^(?:header|query|cookie) (.+)$/.exec(field) ?? []
  return name !== undefined && isSecretSubject(name) ? name : null
}

/** A header line of a request: `[name, value]`. */
const headerLine =
  (pass: Pass) =>
  (line: unknown): unknown => {
    const [name, value]: unknown[] = Array.isArray(line) ? line : []
    if (typeof name !== 'string' || typeof value !== 'string' || !isSecretSubject(name)) return visit(line, '', pass)
    const hidden = hideCompared(value, name, pass)
    return hidden === value ? line : [name, hidden]
  }

const notation = /^(!?(?:exact|prefix|suffix|contains|regex|present|range) )?([\s\S]*)$/

/** What a comparison says without telling a value. */
const says =
  /^(?:!?(?:present|absent|any value|exact|prefix|suffix|contains|regex)|\((?:absent|none|unknown|any|a value)\)|(?:a|an|any) (?:value|key|cluster|entry)[a-z ]*|address)$/

function hideCompared(text: string, subject: string, pass: Pass): string {
  const [, kind = '', value = ''] = notation.exec(text) ?? []
  if (says.test(text) || value === '' || isRedacted(value) || isHarmlessComparison(value, subject)) return text
  pass.found(value)
  return `${kind}${redacted}`
}

/** A comparison inside of a sentence, as assumptions have it. */
const comparison =
  /\b((?:header|query|cookie) ([\w-]+) !?(?:exact|prefix|suffix|contains|regex) )(.+?)(?=, (?:header|query|cookie) |$)/gs

const cleanText = remembered((text: string): string => {
  const phrased = text.replace(comparison, (whole, front: string, name: string, value: string) =>
    isSecretSubject(name) && !isRedacted(value) && !isHarmlessComparison(value, name) ? `${front}${redacted}` : whole,
  )
  return redactPatterns(phrased, () => {})
})

function withoutValues(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string')
    return secrets.reduce((text, secret) => (text.includes(secret) ? text.replaceAll(secret, redacted) : text), value)
  if (Array.isArray(value)) return mapList(value, (item) => withoutValues(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return mapMembers(value, (_, member) => withoutValues(member, secrets))
}
