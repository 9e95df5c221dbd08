import {boolean, type JsonObject, object, objects, string} from '../../parse/field.js'
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

/** set_metadata: fixed values; several entries of a namespace are merged. */
export const setMetadata: HttpFilter = (call, passage) => {
  const {raw} = settings(call)
  return goOn(
    [raw, ...objects(raw, 'metadata')].reduce<Passage>((before, entry) => {
      const [namespace, value] = [string(entry, 'metadata_namespace'), object(entry, 'value')]
      return namespace && value ? withMetadata(before, namespace, value) : before
    }, passage),
  )
}
