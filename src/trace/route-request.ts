import {isObject, type JsonObject, list, member, object, objects, string, strings} from '../xds/parse/field.js'
import type {TraceRequest} from './request.js'

/** What a request must be like for a route, as far as its own conditions tell. Null where they name nothing that could be sent. */
export interface RouteConditions {
  /** Host of the URL, with its port where the domain has one. */
  host: string
  path: string
  method: string
  headers: [string, string][]
}

/** A name that a client can ask for: no wildcard. */
const isPlain = (domain: string): boolean => !domain.includes('*') && domain !== ''

/** The conditions of a route and its virtual host as one request; regular expressions are not guessed. */
export function conditionsOf(
  virtualHost: JsonObject,
  route: JsonObject,
  fallbackHost: string | null,
): RouteConditions | null {
  const host = strings(virtualHost, 'domains').find(isPlain) ?? fallbackHost
  const match = object(route, 'match')
  const path = match && pathFor(match)
  if (host === null || match === undefined || path === undefined || path === null) return null
  const wanted = objects(match, 'headers').map(headerFor)
  if (wanted.some((each) => each === null)) return null
  const headers = wanted.flatMap((each): [string, string][] => (each === null || each === 'absent' ? [] : [each]))
  const own = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1]
  return {
    host: own(':authority') ?? host,
    path: own(':path') ?? withQuery(path, match),
    method: own(':method') ?? 'GET',
    headers: headers.filter(([name]) => !name.startsWith(':')),
  }
}

function pathFor(match: JsonObject): string | null {
  const fixed = string(match, 'path') ?? string(match, 'path_separated_prefix')
  if (fixed !== undefined) return fixed
  const prefix = string(match, 'prefix')
  if (prefix !== undefined) return prefix.startsWith('/') ? prefix : `/${prefix}`
  return null
}

function withQuery(path: string, match: JsonObject): string {
  const pairs = objects(match, 'query_parameters').flatMap((query) => {
    const value = valueFor(query)
    return value === null ? [] : [`${string(query, 'name') ?? ''}=${value}`]
  })
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

/** A header line that fits; `absent` where the line has to be missing, null where none can be named. */
function headerFor(header: JsonObject): [string, string] | 'absent' | null {
  if (member(header, 'invert_match') === true || member(header, 'present_match') === false) return 'absent'
  const value = valueFor(header)
  return value === null ? null : [string(header, 'name') ?? '', value]
}

/** A value that satisfies a string matcher: the text itself is its own prefix, suffix and part. */
function valueFor(matcher: JsonObject): string | null {
  const inner = object(matcher, 'string_match') ?? matcher
  for (const kind of ['exact', 'prefix', 'suffix', 'contains']) {
    const text = string(inner, kind) ?? string(matcher, `${kind}_match`)
    if (text !== undefined) return text
  }
  const asksMore = ['safe_regex', 'safe_regex_match', 'range_match', 'custom'].some(
    (kind) => isObject(member(inner, kind)) || isObject(member(matcher, kind)),
  )
  return asksMore ? null : '1'
}

/** The clusters that a route sends to. */
export function clustersOfRoute(route: JsonObject): string[] {
  const action = object(route, 'route')
  if (action === undefined) return []
  const weighted = objects(object(action, 'weighted_clusters') ?? {}, 'clusters')
  return [string(action, 'cluster') ?? '', ...weighted.map((one) => string(one, 'name') ?? '')].filter(isPlain)
}

/** A plain request of a pod. */
export const plainRequest = (
  client: TraceRequest['client'],
  url: string,
  changed: Partial<TraceRequest> = {},
): TraceRequest => ({
  client,
  url,
  method: 'GET',
  headers: [],
  httpVersion: '1.1',
  connectTo: null,
  proxyRequest: false,
  tls: null,
  tcp: null,
  ...changed,
})

/** How many virtual hosts a route configuration has, for searches that must not look at all of a big one. */
export const virtualHosts = (routeConfig: JsonObject): JsonObject[] =>
  list(routeConfig, 'virtual_hosts').filter(isObject)
