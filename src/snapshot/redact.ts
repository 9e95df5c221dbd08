import {redactPart, redactValue} from './redact/document.js'
import type {Redaction, SecretKind} from './redact/redaction.js'
import {redactPatterns} from './redact/text.js'

export {redactAnswer} from './redact/answer.js'
export type {Redaction, SecretKind} from './redact/redaction.js'

/** What is left when the secrets are taken out, and where they were. */
export interface Redacted<T> {
  value: T
  report: Redaction[]
}

/**
 * A JSON document (Envoy's admin answers, a snapshot's own, in proto or lowerCamelCase spelling) without its secrets:
 * each is replaced by `[redacted]`. What holds none is returned as the same object.
 * @param path the file that the report names
 */
export function redactDocument(document: unknown, path: string): Redacted<unknown> {
  const report: Redaction[] = []
  const seen = new Set<string>()
  const value = redactValue(
    document,
    (at, kind) => {
      if (seen.has(`${at} ${kind}`)) return
      seen.add(`${at} ${kind}`)
      report.push({path, at, kind})
    },
    isFree(path) ? 'metadata' : 'no',
  )
  return {value, report}
}

/** The part of one of Envoy's documents at `steps` (members' names and indexes), without its secrets; undefined where there is none. */
export const redactedPart = (document: unknown, steps: readonly (string | number)[]): unknown =>
  redactPart(document, steps, () => {})

/** A snapshot's own document and the mesh's objects hold annotations, and headers as members; Envoy's answers are of Envoy's types. */
const isFree = (path: string): boolean => /(?:^|\/)snapshot\.json$|^objects\//.test(path)

/** Any other text (rules, logs, command lines) without private keys, tokens and whatever is assigned to a secret name. */
export function redactText(text: string, path: string): Redacted<string> {
  const report: Redaction[] = []
  const value = redactPatterns(text, (kind: SecretKind, line: number) => report.push({path, at: `line ${line}`, kind}))
  return {value, report}
}

/** A file of a snapshot by its path: JSON as a document, anything else (and JSON that does not parse) as text. */
export function redactFile(text: string, path: string): Redacted<string> {
  const document = path.endsWith('.json') ? parseJson(text) : undefined
  if (document === undefined) return redactText(text, path)
  const {value, report} = redactDocument(document, path)
  return {value: report.length === 0 ? text : `${JSON.stringify(value, null, indentOf(text))}\n`, report}
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Blanks in front of the document's first member: the file keeps its look. */
const indentOf = (text: string): number => /^[{[]\r?\n( +)/.exec(text)?.[1]?.length ?? 0
