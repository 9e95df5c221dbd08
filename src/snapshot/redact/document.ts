import {decodeBase64, encodeBase64, memberStep, snakeCase} from './encoding.js'
import {
  byteFields,
  freeFields,
  luaFields,
  namingFields,
  privateJwkMembers,
  secretFields,
  valueFields,
  wholeFields,
} from './fields.js'
import {redactLua} from './lua.js'
import {isOnlyOperators, isRedacted, redacted, redactedBytes, type SecretKind} from './redaction.js'
import {isPasswordName, isSecretName} from './secret-name.js'
import {isHarmlessComparison, isMatchMap, isValueOfSubject, subjectOf} from './subject.js'
import {looksRandom, redactPatterns} from './text.js'

/** A JSONPath by its last step: few of them are ever told. */
interface Path {
  above: Path | null
  step: string | number
}

function pathText({above, step}: Path): string {
  if (above === null) return '$'
  return `${pathText(above)}${typeof step === 'number' ? `[${step}]` : memberStep(step)}`
}

/** What a place below a secret field means. */
interface Secrecy {
  kind: SecretKind
  /** Every text below is secret, not just those of a DataSource. */
  whole: boolean
  /** The header or parameter that the text is the value of, or is compared with. */
  subject: string | null
}

/** Where the walk through a document stands. */
interface Place {
  at: Path
  /** Proto name of the nearest member above. */
  field: string
  secret: Secrecy | null
  /** Where names alone tell: Structs (`metadata`), plugins' own configuration; `names` holds names of carriers, no secrets. */
  free: 'no' | 'metadata' | 'plugin' | 'names'
  lua: boolean
  /** The members' names are secret: the keys of a map of header values. */
  keyed: boolean
}

export type Report = (at: string, kind: SecretKind) => void

/**
 * `value` without its secrets; whatever holds none is the same object. Members may be in proto or in lowerCamelCase
 * spelling. With `free: 'metadata'` it is a document of no type that Envoy knows.
 */
export const redactValue = (value: unknown, report: Report, free: Place['free'] = 'no'): unknown =>
  visit(value, root(free), report)

const root = (free: Place['free']): Place => ({
  at: {above: null, step: ''},
  field: '',
  secret: null,
  free,
  lua: false,
  keyed: false,
})

/**
 * The part of a document at `steps`, without its secrets: what stands above and beside decides as it does in the whole document.
 * Undefined where the document has no such part.
 */
export function redactPart(document: unknown, steps: readonly (string | number)[], report: Report): unknown {
  let [value, place]: [unknown, Place] = [document, root('no')]
  for (const step of steps) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    const inner: unknown = Reflect.get(value, step)
    place = Array.isArray(value)
      ? {...place, at: {above: place.at, step: Number(step)}}
      : placeOf(String(step), inner, value, subjectOf(Object.entries(value)), place)
    value = inner
  }
  return visit(value, place, report)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function visit(value: unknown, place: Place, report: Report): unknown {
  if (typeof value === 'string') return visitText(value, place, report)
  if (Array.isArray(value)) return visitList(value, place, report)
  if (typeof value === 'object' && value !== null) return visitObject(value, place, report)
  return typeof value === 'number' && place.secret?.whole && isPasswordName(place.field) ? hide(place, report) : value
}

function visitList(list: readonly unknown[], place: Place, report: Report): readonly unknown[] {
  let cleaned: unknown[] | null = null
  for (let index = 0; index < list.length; index++) {
    const item = visit(list[index], {...place, at: {above: place.at, step: index}}, report)
    if (item === list[index]) continue
    cleaned ??= [...list]
    cleaned[index] = item
  }
  return cleaned ?? list
}

function visitObject(object: object, place: Place, report: Report): object {
  const members: [string, unknown][] = Object.entries(object)
  const subject = subjectOf(members)
  let cleaned: [string, unknown][] | null = null
  for (const [index, [name, value]] of members.entries()) {
    const child = visit(value, placeOf(name, value, object, subject, place), report)
    const keyed = place.keyed && place.field === 'map' && !name.startsWith(redacted)
    if (keyed) report(pathText(place.at), 'header')
    if (!keyed && child === value) continue
    cleaned ??= [...members]
    cleaned[index] = [keyed ? `${redacted}-${index + 1}` : name, child]
  }
  return cleaned === null ? object : Object.fromEntries(cleaned)
}

function placeOf(name: string, value: unknown, object: object, subject: string | null, place: Place): Place {
  const field = isBytesValue(object) && name === 'value' ? 'inline_bytes' : snakeCase(name)
  return {
    at: {above: place.at, step: name},
    field,
    secret: secretOf(field, value, object, subject, place),
    free: namingFields.has(field) ? 'names' : (freeFields.get(field) ?? place.free),
    lua: luaFields.has(field) || place.lua,
    keyed: isMatchMap(field) ? subject !== null : place.keyed && field === 'map',
  }
}

/** Whether the member `field` of `object` is secret: by what is above it, by its name, or by what its message is about. */
function secretOf(field: string, value: unknown, object: object, subject: string | null, place: Place): Secrecy | null {
  const above = place.secret
  if (place.free === 'names' || namingFields.has(field)) return null
  if (above && (above.whole || !isMessage(value))) return above
  const whole = place.free !== 'no' || !isMessage(value)
  const wholeKind =
    place.field === 'private_key_provider' && /config$/.test(field) ? 'private-key' : wholeFields.get(field)
  if (wholeKind) return {kind: wholeKind, whole: true, subject: null}
  const kind = secretFields.get(field)
  if (kind === 'basic-auth') return isDataSource(value) ? {kind, whole: false, subject: null} : above
  if (kind) return {kind, whole, subject: null}
  if ('kty' in object && privateJwkMembers.has(field)) return {kind: 'private-key', whole: true, subject: null}
  if (subject !== null && isValueOfSubject(field)) return {kind: 'header', whole: true, subject}
  // The API key filter's list of clients.
  if (field === 'key' && place.field === 'credentials') return {kind: 'credential', whole: true, subject: null}
  // The API's own `cookie` is a cookie's name.
  if (field === 'cookie' && place.free === 'no') return above
  if (isSecretName(field) && (whole || isDataSource(value))) return {kind: 'looks-secret', whole, subject: null}
  return above
}

const isMessage = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(isMessage) : typeof value === 'object' && value !== null

const isDataSource = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).some((name) => valueFields.has(snakeCase(name)))

const isBytesValue = (object: object): boolean =>
  '@type' in object && String(object['@type']).endsWith('google.protobuf.BytesValue')

function visitText(text: string, place: Place, report: Report): string {
  if (isRedacted(text) || place.field === '@type') return text
  if (place.secret && (place.secret.whole || valueFields.has(place.field)))
    return hideText(text, place.secret, place, report)
  if (place.field === 'inline_bytes') return visitBytes(text, place, report)
  const nested = place.lua ? null : visitNested(text, place, report)
  if (nested !== null) return nested
  if (place.free === 'plugin' && looksRandom(text)) return hide(place, report)
  const found = (kind: SecretKind) => report(pathText(place.at), kind)
  return place.lua ? redactLua(text, found) : redactPatterns(text, found)
}

function hideText(text: string, secret: Secrecy, place: Place, report: Report): string {
  if (isOnlyOperators(text)) return text
  return secret.subject !== null && isHarmlessComparison(text, secret.subject) ? text : hide(place, report)
}

function hide(place: Place, report: Report): string {
  report(pathText(place.at), place.secret?.kind ?? 'looks-secret')
  return byteFields.has(place.field) ? redactedBytes : redacted
}

/** Base64 of a text may hold what the text may not: a key beside its certificate. */
function visitBytes(text: string, place: Place, report: Report): string {
  const plain = decodeBase64(text)
  if (plain === null) return text
  const cleaned = visitText(plain, {...place, field: 'inline_string'}, report)
  return cleaned === plain ? text : encodeBase64(cleaned)
}

/** JSON inside of a text (plugin configuration, key sets, annotations): walked as what it is. Null where it is none. */
function visitNested(text: string, place: Place, report: Report): string | null {
  const inner = parseNested(text)
  if (inner === undefined) return null
  const free = place.free === 'no' ? 'metadata' : place.free
  const cleaned = visit(inner, {...place, field: '', free, secret: null}, report)
  return cleaned === inner ? text : JSON.stringify(cleaned)
}

function parseNested(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
