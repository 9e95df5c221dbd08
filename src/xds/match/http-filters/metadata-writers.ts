import {boolean, isObject, type JsonObject, object, objects, string} from '../../parse/field.js'
import {compileRegex} from '../../regex.js'
import {cookieValue} from '../cookie-matcher.js'
import {type Passage, withMetadata} from '../passage.js'
import {headerValue, withoutHeaders} from '../routed-request.js'
import {goOn, type HttpFilter, settings} from './http-filter.js'

/** header_to_metadata: headers or cookies become dynamic metadata. The route is not chosen anew. */
export const headerToMetadata: HttpFilter = (call, passage) =>
  goOn(objects(settings(call).raw, 'request_rules').reduce(applyRule, passage))

function applyRule(passage: Passage, rule: JsonObject): Passage {
  const name = string(rule, 'header')?.toLowerCase()
  const cookie = string(rule, 'cookie')
  const value = name ? headerValue(passage.request, name) : cookie ? cookieValue(passage.request, cookie) : undefined
  const pair = object(rule, value === undefined ? 'on_header_missing' : 'on_header_present')
  const written = pair ? writePair(passage, pair, value) : passage
  if (!name || value === undefined || !boolean(rule, 'remove')) return written
  return {...written, request: withoutHeaders(written.request, new Set([name]))}
}

function writePair(passage: Passage, pair: JsonObject, header: string | undefined): Passage {
  const rewrite = object(pair, 'regex_value_rewrite')
  const text = header !== undefined && rewrite ? rewritten(rewrite, header) : (string(pair, 'value') ?? header ?? '')
  const value = typed(text, string(pair, 'type') ?? 'STRING')
  if (value === undefined || text === '') return passage
  const namespace = string(pair, 'metadata_namespace') || 'envoy.filters.http.header_to_metadata'
  return withMetadata(passage, namespace, {[string(pair, 'key') ?? '']: value})
}

const rewritten = (rewrite: JsonObject, text: string): string =>
  compileRegex(string(object(rewrite, 'pattern') ?? {}, 'regex') ?? '').replaceAll(
    text,
    string(rewrite, 'substitution') ?? '',
  )

/** Undefined where the text is no value of that type. */
function typed(text: string, type: string): unknown {
  if (type === 'STRING') return text
  try {
    const value: unknown = JSON.parse(text)
    return type === 'NUMBER' && typeof value !== 'number' ? undefined : value
  } catch {
    return undefined
  }
}

/**
 * set_metadata: fixed values. A namespace that is there already is left alone, unless the entry may overwrite: then they are
 * merged. The older form, outside `metadata`, always is.
 */
export const setMetadata: HttpFilter = (call, passage) => {
  const {raw} = settings(call)
  const older = {...raw, allow_overwrite: true}
  return goOn([older, ...objects(raw, 'metadata')].reduce<Passage>(setEntry, passage))
}

function setEntry(passage: Passage, entry: JsonObject): Passage {
  const [namespace, value] = [string(entry, 'metadata_namespace'), object(entry, 'value')]
  const present = namespace ? passage.metadata[namespace] : undefined
  if (!namespace || !value || (present && !boolean(entry, 'allow_overwrite'))) return passage
  return withMetadata(passage, namespace, updated(present ?? {}, value))
}

/** StructUtil::update: lists are joined, objects merged, other values replaced. */
function updated(before: JsonObject, value: JsonObject): JsonObject {
  const entries = Object.entries(value).map(([key, next]): [string, unknown] => {
    const old = before[key]
    if (Array.isArray(old) && Array.isArray(next)) return [key, [...old, ...next]]
    return [key, isObject(old) && isObject(next) ? updated(old, next) : next]
  })
  return {...before, ...Object.fromEntries(entries)}
}
