import {at, boolean, isObject, type JsonObject, member, object, objects, string, strings} from '../../parse/field.js'
import {cookieValue} from '../cookie-matcher.js'
import {metadataOf, type Passage, withAssumption, withMetadata} from '../passage.js'
import {queryValues} from '../query-matcher.js'
import {compileRoute, judgeRoute} from '../route.js'
import {headerValue} from '../routed-request.js'
import {type FilterCall, goOn, type HttpFilter, reply} from './http-filter.js'

/** Where Envoy writes the claims of a token, as `payload_in_metadata` says. */
const namespace = 'envoy.filters.http.jwt_authn'

/**
 * Looks for the token that the first fitting rule requires. A missing one is certain to be refused, a present one is taken
 * to be valid (`--assume jwt=invalid`), since no key checks it here; its claims become metadata.
 */
export const jwtAuthentication: HttpFilter = (call, passage) => {
  const required = requirementOf(call, passage)
  if (!required) return goOn(passage)
  const {status, passage: read} = fulfil(call, passage, required)
  if (status === null) return goOn(read)
  // A CORS preflight is let through where the configuration says so; a refusal names the token's fault.
  if (boolean(call.filter.raw, 'bypass_cors_preflight') && isPreflight(passage)) return goOn(passage)
  return [
    reply(read, status === wrongAudience ? 403 : 401, '-', `jwt_authn_access_denied{${status.replace(/ /g, '_')}}`),
  ]
}

const isPreflight = ({request}: Passage): boolean =>
  request.method === 'OPTIONS' &&
  !!headerValue(request, 'origin') &&
  !!headerValue(request, 'access-control-request-method')

/** The requirement of the route's own configuration, else of the first rule whose match fits. */
function requirementOf(call: FilterCall, passage: Passage): JsonObject | null {
  const {filter, perRoute, situation} = call
  const named = (name: string | undefined) =>
    name === undefined ? undefined : object(object(filter.raw, 'requirement_map') ?? {}, name)
  if (perRoute) {
    if (boolean(perRoute.raw, 'disabled')) return null
    const requirement = named(string(perRoute.raw, 'requirement_name'))
    if (requirement) return requirement
  }
  const {connection, suppositions, surroundings} = situation
  const subject = {
    request: passage.request,
    connection,
    metadata: (name: string) => metadataOf(passage, name),
    suppositions,
    filterState: passage.filterState,
    random: situation.random,
  }
  const rule = objects(filter.raw, 'rules').find((raw, index) => {
    const route = compileRoute({raw, at: at(filter.at, 'rules', index)}, index, surroundings, false)
    return judgeRoute(route, subject).holds === true
  })
  return rule ? (named(string(rule, 'requirement_name')) ?? object(rule, 'requires') ?? null) : null
}

interface Fulfilment {
  /** jwt_verify's status where the requirement is not met, else null. */
  status: string | null
  passage: Passage
}

/** Verifier: a provider, any of several, all of several, or leniency towards missing and failed tokens. */
function fulfil(call: FilterCall, passage: Passage, requirement: JsonObject): Fulfilment {
  const provider = string(requirement, 'provider_name')
  if (provider !== undefined) return verify(call, passage, provider)
  const audiences = object(requirement, 'provider_and_audiences')
  if (audiences) return verify(call, passage, string(audiences, 'provider_name') ?? '', strings(audiences, 'audiences'))
  const any = object(requirement, 'requires_any')
  if (any) return fulfilAny(call, passage, objects(any, 'requirements'))
  const all = object(requirement, 'requires_all')
  if (all)
    return objects(all, 'requirements').reduce<Fulfilment>(
      (before, inner) => (before.status === null ? fulfil(call, before.passage, inner) : before),
      {status: null, passage},
    )
  if (object(requirement, 'allow_missing_or_failed')) return {status: null, passage: verifyAny(call, passage).passage}
  if (object(requirement, 'allow_missing')) {
    const found = verifyAny(call, passage)
    return {...found, status: found.status === missing ? null : found.status}
  }
  return {status: null, passage}
}

const missing = 'Jwt is missing'
const foreign = 'Jwt issuer is not configured'
const wrongAudience = 'Audiences in Jwt are not allowed'

/** Whether one audience of the token is wanted; slashes at the end and the scheme do not count. */
function fitsAudiences(wanted: readonly string[], claims: JsonObject): boolean {
  const bare = (audience: string) => audience.replace(/^https?:\/\//, '').replace(/\/$/, '')
  const own = typeof claims['aud'] === 'string' ? [claims['aud']] : strings(claims, 'aud')
  return wanted.length === 0 || own.some((audience) => wanted.some((other) => bare(other) === bare(audience)))
}

/** Leniency beside providers takes no token of its own: it forgives that there is none, or whatever was wrong. */
function fulfilAny(call: FilterCall, passage: Passage, requirements: readonly JsonObject[]): Fulfilment {
  const lenient = requirements.some((inner) => object(inner, 'allow_missing_or_failed'))
  const optional = requirements.some((inner) => object(inner, 'allow_missing'))
  const strict = requirements.filter(
    (inner) => !object(inner, 'allow_missing_or_failed') && !object(inner, 'allow_missing'),
  )
  const found = firstFulfilled(passage, strict, (inner) => fulfil(call, passage, inner))
  return lenient || (optional && found.status === missing) ? {...found, status: null} : found
}

/** The first way that succeeds; else the failure that says most: another's token says more than none, any other more yet. */
function firstFulfilled<T>(passage: Passage, ways: readonly T[], attempt: (way: T) => Fulfilment): Fulfilment {
  let failure: Fulfilment = {status: missing, passage}
  for (const way of ways) {
    const found = attempt(way)
    if (found.status === null) return found
    if ((found.status !== missing && found.status !== foreign) || failure.status === missing) failure = found
  }
  return failure
}

/** A token of any provider. */
const verifyAny = (call: FilterCall, passage: Passage): Fulfilment =>
  firstFulfilled(passage, Object.keys(object(call.filter.raw, 'providers') ?? {}), (name) =>
    verify(call, passage, name),
  )

function verify(
  {situation, filter}: FilterCall,
  passage: Passage,
  name: string,
  audiences: readonly string[] | null = null,
): Fulfilment {
  const provider = object(object(filter.raw, 'providers') ?? {}, name) ?? {}
  const token = findToken(provider, passage)
  if (token === null) return {status: missing, passage}
  const read = readToken(token)
  if ('status' in read) return {status: read.status, passage}
  const {claims} = read
  const issuer = string(provider, 'issuer')
  if (issuer && claims['iss'] !== issuer) return {status: foreign, passage}
  if (!fitsAudiences(audiences ?? strings(provider, 'audiences'), claims)) return {status: wrongAudience, passage}
  const invalid = situation.suppositions['jwt'] === 'invalid'
  const assumed = withAssumption(passage, {
    about: `the token for provider ${name}`,
    assumed: invalid ? 'is not valid' : 'is valid',
    at: at(filter.at, 'providers', name),
    turn: `--assume jwt=${invalid ? 'valid' : 'invalid'}`,
  })
  if (invalid) return {status: 'Jwt verification fails', passage: assumed}
  const key = string(provider, 'payload_in_metadata')
  return {status: null, passage: key ? withMetadata(assumed, namespace, {[key]: claims}) : assumed}
}

/** The token in the configured headers, parameters and cookies; by default `Authorization: Bearer` and `access_token`. */
function findToken(provider: JsonObject, {request}: Passage): string | null {
  const headers = objects(provider, 'from_headers')
  const [params, cookies] = [member(provider, 'from_params'), member(provider, 'from_cookies')]
  const byDefault = headers.length === 0 && !Array.isArray(params) && !Array.isArray(cookies)
  for (const source of byDefault ? [{name: 'authorization', value_prefix: 'Bearer '}] : headers) {
    const value = headerValue(request, (string(source, 'name') ?? '').toLowerCase())
    const prefix = string(source, 'value_prefix') ?? ''
    const start = value?.indexOf(prefix) ?? -1
    if (value !== undefined && start >= 0)
      return value.slice(start + prefix.length).split(/[^A-Za-z0-9_.\-=+/]/)[0] ?? ''
  }
  for (const name of byDefault ? ['access_token'] : names(params)) {
    const [value] = queryValues(request.path, name)
    if (value !== undefined) return value
  }
  for (const name of names(cookies)) {
    const value = cookieValue(request, name)
    if (value !== undefined) return value
  }
  return null
}

const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

/** The claims of a token in compact form, or jwt_verify's word for what is wrong with its form. */
function readToken(token: string): {claims: JsonObject} | {status: string} {
  const parts = token.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3)
    return {status: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'}
  let claims: JsonObject | null = null
  for (const [name, part] of [
    ['header', header],
    ['payload', payload],
  ] as const) {
    const text = decoded(part)
    if (text === null) return {status: `Jwt ${name} is an invalid Base64url encoded`}
    claims = parsed(text)
    if (!claims) return {status: `Jwt ${name} is an invalid JSON`}
  }
  if (decoded(signature) === null) return {status: 'Jwt signature is an invalid Base64url encoded'}
  return {claims: claims ?? {}}
}

/** Base64url, null where it is none. */
function decoded(part: string): string | null {
  if (part === '' || !/^[A-Za-z0-9_-]+$/.test(part) || part.length % 4 === 1) return null
  const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
