import {protoMember, snakeCase} from './encoding.js'
import {isOnlyOperators} from './redaction.js'
import {isSecretName, isSecretSubject} from './secret-name.js'

/** Members by which a message says which header, parameter, tag or variable it is about. */
const subjectFields: ReadonlySet<string> = new Set([
  'key',
  'name',
  'header_name',
  'header',
  'tag',
  'object_key',
  'descriptor_key',
])

/** Members that give the subject its value. */
const givenValues: ReadonlySet<string> = new Set(['value', 'raw_value', 'literal', 'format_string', 'descriptor_value'])

/** Members that say what the subject is compared with. */
const wantedValues: ReadonlySet<string> = new Set([
  'exact_match',
  'prefix_match',
  'suffix_match',
  'contains_match',
  'safe_regex_match',
  'regex_match',
  'string_match',
  'value_match',
  // A condition of an AuthorizationPolicy.
  'values',
  'not_values',
])

/** The secret header, parameter, tag or variable that a message is about, or null. */
export function subjectOf(members: [string, unknown][]): string | null {
  for (const [name, value] of members) {
    const field = snakeCase(name)
    const subject = field === 'input' ? headerOfInput(value) : subjectFields.has(field) ? value : null
    if (typeof subject === 'string' && isSecretSubject(subject)) return subject
  }
  return null
}

/** The header that a matcher's input reads: `input.typed_config.header_name`. */
const headerOfInput = (input: unknown): unknown => protoMember(protoMember(input, 'typed_config'), 'header_name')

/** Whether the member `field` of a message about a secret subject holds the subject's value. */
export const isValueOfSubject = (field: string): boolean => givenValues.has(field) || wantedValues.has(field)

/** The member of a matcher whose map is keyed by what the header must be. */
export const isMatchMap = (field: string): boolean => field === 'exact_match_map' || field === 'prefix_match_map'

/**
 * Whether a text that a secret subject is compared with says nothing secret: an open pattern (`Bearer .*`), or a cookie
 * whose name and look are plain (`^(.*?;)?(user=jason)(;.*)?$`): routes by cookie are rules, and should stay readable.
 */
export function isHarmlessComparison(text: string, subject: string): boolean {
  if (isOnlyOperators(text.replace(/\\[sSdDwWbB]|[\^$.*+?()[\]{}|\\]/g, ''))) return true
  if (!/^(?:set-)?cookie$/i.test(subject)) return false
  return !(text.match(/[\w-]+/g) ?? []).some((word) => isSecretSubject(word) || isSecretName(word) || looksIssued(word))
}

/** Eight characters and more of letters and digits mixed: nobody's word. */
export const looksIssued = (word: string): boolean => word.length >= 8 && /\d/.test(word) && /[A-Za-z]/.test(word)
