import {boolean, type JsonObject, objects, string} from '../../parse/field.js'
import {cookieValue} from '../cookie-matcher.js'
import type {Passage} from '../passage.js'
import {queryValues} from '../query-matcher.js'
import {headerValue} from '../routed-request.js'
import {type FilterCall, type FilterWay, goOn, type HttpFilter, reply} from './http-filter.js'
import {suppose} from './supposed.js'

/** The dump hides credentials: one that is there and well formed is taken to be right. */
const trusted = (call: FilterCall, passage: Passage, word: string, details: string): FilterWay[] =>
  suppose(call, passage, {
    word,
    byDefault: 'knows the credential',
    answers: {deny: {status: 401, responseFlags: '-', details}},
    opaque: [],
  })

const isOff = ({perRoute}: FilterCall): boolean => perRoute !== null && (boolean(perRoute.raw, 'disabled') ?? false)

/** basic_auth: `--assume basic_auth=deny` for a name or password that is wrong. */
export const basicAuthentication: HttpFilter = (call, passage) => {
  if (isOff(call)) return goOn(passage)
  const header = string(call.filter.raw, 'authentication_header')?.toLowerCase() || 'authorization'
  const value = headerValue(passage.request, header)
  const refused = (reason: string) => [reply(passage, 401, '-', `${reason}_for_basic_auth`)]
  if (!value) return refused('no_credential')
  const [, scheme, coded = ''] = /^(basic) (.*)$/is.exec(value) ?? []
  if (!scheme) return refused('invalid_scheme')
  return isPair(coded)
    ? trusted(call, passage, 'basic_auth', 'invalid_credential_for_basic_auth')
    : refused('invalid_format')
}

/** `name:password` in base64. */
function isPair(coded: string): boolean {
  try {
    return coded !== '' && coded.length % 4 === 0 && atob(coded).includes(':')
  } catch {
    return false
  }
}

/** api_key_auth: the first source that has a key counts; `--assume api_key=deny` for one that is not known. */
export const apiKeyAuthentication: HttpFilter = (call, passage) => {
  if (isOff(call)) return goOn(passage)
  const own = call.perRoute ? objects(call.perRoute.raw, 'key_sources') : []
  const sources = own.length > 0 ? own : objects(call.filter.raw, 'key_sources')
  const key = sources.map((source) => keyIn(source, passage)).find((found) => found)
  return key ? trusted(call, passage, 'api_key', 'unknown_api_key') : [reply(passage, 401, '-', 'missing_api_key')]
}

/** `header` (with `Bearer ` before the key or not), `query` or `cookie`. */
function keyIn(source: JsonObject, {request}: Passage): string | undefined {
  const header = string(source, 'header')
  if (header) return headerValue(request, header.toLowerCase())
  const query = string(source, 'query')
  if (query) return queryValues(request.path, query)[0]
  const cookie = string(source, 'cookie')
  return cookie ? cookieValue(request, cookie) : undefined
}
