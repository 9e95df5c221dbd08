/** What kind of secret was taken out. */
export type SecretKind =
  | 'private-key'
  | 'password'
  | 'token'
  | 'session-ticket-key'
  | 'generic-secret'
  | 'basic-auth'
  | 'credential'
  | 'header'
  | 'code'
  | 'configuration'
  | 'looks-secret'

/** One secret that was taken out; the value itself is nowhere kept. */
export interface Redaction {
  /** The file inside the snapshot. */
  path: string
  /** JSONPath in the file, or `line N` of a text. */
  at: string
  kind: SecretKind
}

/** What stands in the place of a secret; Envoy's own word for it. */
export const redacted = '[redacted]'

/** The same where a field holds base64. */
export const redactedBytes = 'W3JlZGFjdGVkXQ=='

/** What is redacted already, by Envoy, istiod or MOSN, or is no value at all. */
export const isRedacted = (text: string): boolean =>
  text === '' || text === redacted || text === redactedBytes || text === '<redacted>' || /^\*{3,}\w*\*{0,}$/.test(text)

/** A value that only names what Envoy fills in (`%REQ(AUTHORIZATION)%`, `Bearer %DYNAMIC_METADATA(a:b)%`) is no secret. */
export const isOnlyOperators = (text: string): boolean =>
  text
    .replace(/%[A-Z0-9_]+(?:\([^)]*\))?(?::\d+)?%/g, '')
    .replace(/\b(?:Bearer|Basic)\b/gi, '')
    .trim() === ''
