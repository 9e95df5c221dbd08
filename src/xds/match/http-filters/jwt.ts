import {at, boolean, isObject, type JsonObject, member, object, objects, string} from '../../parse/field.js'
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
  return [reply(read, 401, 'UAEX', `jwt_authn_access_denied{${status.replace(/ /g, '_')}}`)]
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
  if (audiences) return verify(call, passage, string(audiences, 'provider_name') ?? '')
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

function fulfilAny(call: FilterCall, passage: Passage, requirements: readonly JsonObject[]): Fulfilment {
  let worst: Fulfilment = {status: missing, passage}
  for (const inner of requirements) {
    const found = fulfil(call, passage, inner)
    if (found.status === null) return found
    if (found.status !== missing) worst = found
  }
  return worst
}

/** A token of any provider. */
function verifyAny(call: FilterCall, passage: Passage): Fulfilment {
  let worst: Fulfilment = {status: missing, passage}
  for (const name of Object.keys(object(call.filter.raw, 'providers') ?? {})) {
    const found = verify(call, passage, name)
    if (found.status === null) return found
    if (found.status !== missing) worst = found
  }
  return worst
}

function verify({situation, filter}: FilterCall, passage: Passage, name: string): Fulfilment {
  const provider = object(object(filter.raw, 'providers') ?? {}, name) ?? {}
  const token = findToken(provider, passage)
  if (token === null) return {status: missing, passage}
  const claims = claimsOf(token)
  if (!claims)
    return {status: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections', passage}
  const issuer = string(provider, 'issuer')
  if (issuer && claims['iss'] !== undefined && claims['iss'] !== issuer)
    return {status: 'Jwt issuer is not configured', passage}
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

/** The payload of a token in compact form; null where it is none. */
function claimsOf(token: string): JsonObject | null {
  const parts = token.split('.')
  const payload = parts[1]
  if (parts.length !== 3 || payload === undefined) return null
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isObject(claims) ? claims : null
  } catch {
    return null
  }
}
