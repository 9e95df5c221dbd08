import type {DownstreamConnection} from '../match/connection.js'
import type {CompiledRoute, RouteSubject} from '../match/route.js'
import {withHeader} from '../match/routed-request.js'
import {type JsonObject, object, objects, string} from '../parse/field.js'
import {addMatcher, addRegex, emptyDomain, type TextDomain, valuesOf} from './text-domain.js'

/** A request as far as routes look at it: a value for each field, null where the field is absent. */
export type Draft = ReadonlyMap<string, string | null>

/** The fields that a list of routes looks at, with a value of every kind that its matchers tell apart. */
export interface RequestSpace {
  values: ReadonlyMap<string, readonly (string | null)[]>
  /** Fields with more kinds of values than are tried. */
  incomplete: ReadonlySet<string>
}

/** `path`, `tls`, `header NAME`, `query NAME`, `cookie NAME`; pseudo-headers are headers, `host` is `:authority`. */
export const pathField = 'path'
export const tlsField = 'tls'
const filler = 'zz'

/** Fields that a route's conditions look at. */
export function fieldsOf({raw}: Pick<CompiledRoute, 'raw'>): string[] {
  const match = object(raw, 'match') ?? {}
  const named = (list: string, kind: string) =>
    objects(match, list).map((entry) => `${kind} ${string(entry, 'name') ?? ''}`)
  return [
    ...new Set([
      pathField,
      'header :method',
      ...objects(match, 'headers').map(headerField),
      ...named('query_parameters', 'query'),
      ...named('cookies', 'cookie'),
      ...(object(match, 'grpc') ? ['header content-type'] : []),
      ...(object(match, 'tls_context') ? [tlsField] : []),
    ]),
  ]
}

/** Header names are compared in lower case; `host` stands for the authority, `:path` for the path with its query. */
function headerField(header: JsonObject): string {
  const name = (string(header, 'name') ?? '').toLowerCase()
  if (name === ':path') return pathField
  return `header ${name === 'host' ? ':authority' : name}`
}

/** Fields of a route that regular expressions, templates or extensions decide: no list of values is sure to be complete. */
export function openFieldsOf({raw}: Pick<CompiledRoute, 'raw'>): string[] {
  const match = object(raw, 'match') ?? {}
  const isOpen = (entry: JsonObject): boolean => {
    const text = object(entry, 'string_match') ?? entry
    return ['safe_regex', 'safe_regex_match', 'custom'].some((field) => object(text, field) ?? object(entry, field))
  }
  const named = (list: string, field: (entry: JsonObject) => string) => objects(match, list).filter(isOpen).map(field)
  return [
    ...(object(match, 'safe_regex') || object(match, 'path_match_policy') ? [pathField] : []),
    ...named('headers', headerField),
    ...named('query_parameters', (entry) => `query ${string(entry, 'name') ?? ''}`),
    ...named('cookies', (entry) => `cookie ${string(entry, 'name') ?? ''}`),
  ]
}

/** The space of these routes. @param authorities hosts that lead to their virtual host. */
export function requestSpace(
  routes: readonly Pick<CompiledRoute, 'raw'>[],
  authorities: readonly string[],
): RequestSpace {
  const domains = new Map<string, TextDomain>()
  const domain = (field: string): TextDomain => {
    const known = domains.get(field) ?? emptyDomain()
    domains.set(field, known)
    return known
  }
  for (const {raw} of routes) addRoute(object(raw, 'match') ?? {}, domain)
  const values = new Map<string, readonly (string | null)[]>()
  const incomplete = new Set<string>()
  for (const [field, found] of domains) {
    const made = valuesOf(found, filler)
    if (!made.complete) incomplete.add(field)
    values.set(field, field === pathField ? made.values.map(asPath) : [null, ...made.values])
  }
  values.set('header :authority', [
    ...authorities,
    ...(values.get('header :authority') ?? []).filter((host) => host !== null),
  ])
  values.set('header :method', ['GET', 'CONNECT', ...(values.get('header :method') ?? []).filter((method) => method)])
  values.set('header :scheme', ['http', 'https'])
  values.set(tlsField, [null, 'presented', 'validated'])
  return {values, incomplete}
}

/** A target begins with a slash; what a matcher asks for without one, no request has. */
const asPath = (text: string): string => (text.startsWith('/') ? text : `/${text}`)

function addRoute(match: JsonObject, domain: (field: string) => TextDomain): void {
  addPath(match, domain(pathField))
  for (const header of objects(match, 'headers')) addMatcher(domain(headerField(header)), header)
  for (const query of objects(match, 'query_parameters'))
    addMatcher(domain(`query ${string(query, 'name') ?? ''}`), query)
  for (const cookie of objects(match, 'cookies')) addMatcher(domain(`cookie ${string(cookie, 'name') ?? ''}`), cookie)
  if (object(match, 'grpc')) domain('header content-type').exact.push('application/grpc')
}

function addPath(match: JsonObject, domain: TextDomain): void {
  const [exact, prefix, separated] = ['path', 'prefix', 'path_separated_prefix'].map((field) => string(match, field))
  if (exact !== undefined) domain.exact.push(exact)
  if (prefix !== undefined) domain.prefixes.push(prefix)
  if (separated !== undefined) domain.exact.push(separated, `${separated}/`, `${separated}/${filler}`)
  const regex = object(match, 'safe_regex')
  if (regex) addRegex(domain, string(regex, 'regex') ?? '')
  const template = string(object(object(match, 'path_match_policy') ?? {}, 'typed_config') ?? {}, 'path_template')
  if (template !== undefined) {
    domain.exact.push(template.replace(/\{[^}]*\}|\*+/g, filler))
  }
}

/** The request that a draft stands for, on a connection that fits it. */
export function subjectOf(draft: Draft): RouteSubject {
  const start: RouteSubject['request'] = {
    protocol: 'http1',
    method: 'GET',
    scheme: 'http',
    authority: '',
    path: targetOf(draft),
    headers: cookieLine(draft),
  }
  let request = start
  for (const [field, value] of draft)
    if (value !== null && field.startsWith('header ')) request = withHeader(request, field.slice(7), value)
  const connect = request.method === 'CONNECT' ? {...request, path: null} : request
  return {
    request: connect,
    connection: connectionOf(draft),
    metadata: () => 'unknown',
    suppositions: {},
    filterState: {},
    random: null,
  }
}

/** Path and query as they stand in the request line. */
export function targetOf(draft: Draft): string {
  const path = draft.get(pathField) ?? '/'
  const parameters = [...draft].flatMap(([field, value]) =>
    field.startsWith('query ') && value !== null ? [`${field.slice(6)}=${value}`] : [],
  )
  return parameters.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${parameters.join('&')}`
}

function cookieLine(draft: Draft): [string, string][] {
  const pairs = [...draft].flatMap(([field, value]) =>
    field.startsWith('cookie ') && value !== null ? [`${field.slice(7)}=${value}`] : [],
  )
  return pairs.length === 0 ? [] : [['cookie', pairs.join('; ')]]
}

function connectionOf(draft: Draft): DownstreamConnection {
  const certificate = draft.get(tlsField) ?? null
  const cert = certificate && {uriSans: [], dnsSans: [], subject: '', validated: certificate === 'validated'}
  return {
    peer: null,
    remote: null,
    local: {ip: '0.0.0.0', port: 0},
    originalDestination: null,
    tls: cert ? {sni: null, alpn: [], cert} : null,
    terminatesTls: cert !== null && cert !== '',
    inspected: {serverName: '', transportProtocol: '', applicationProtocols: []},
    protocol: 'http1',
  }
}
