import {at, isTrue, type JsonObject, list, number, object, objects, strings, text} from '../json.js'
import {balancingMetadata} from './metadata.js'

/** A condition on a header: its value, or a regular expression that is searched for in it. */
export interface HeaderCondition {
  name: string
  value: string
  regex: boolean
}

/** A condition on a variable of MOSN; `next` is the operator to the item after it. */
export interface VariableCondition {
  name: string
  value: string | null
  regex: string | null
  /** `and`, `or`; anything else MOSN refuses. */
  next: string
}

/** The kind is fixed by the first of these that the match has; the rest of it is ignored, save headers beside a path condition. */
export type RouteCondition =
  | {kind: 'prefix' | 'path' | 'regex'; text: string; headers: HeaderCondition[]}
  | {kind: 'variables'; items: VariableCondition[]}
  | {kind: 'dsl'; expressions: string[]}
  | {kind: 'headers'; headers: HeaderCondition[]}

export interface WeightedCluster {
  name: string
  weight: number
  criteria: [string, string][]
  at: string
}

export interface MosnRoute {
  index: number
  at: string
  raw: JsonObject
  condition: RouteCondition
  clusterName: string
  clusterVariable: string | null
  weighted: WeightedCluster[]
  /** What hosts are asked for, sorted by name; empty: nothing. */
  criteria: [string, string][]
  directResponse: {status: number; body: string} | null
  redirect: {code: number; path: string | null; host: string | null; scheme: string | null} | null
  prefixRewrite: string | null
  regexRewrite: {pattern: string; substitution: string} | null
  hostRewrite: string | null
  /** Where the host comes from another header. */
  hostRewriteHeader: string | null
  autoHostRewrite: boolean
  upstreamProtocol: string | null
}

export interface MosnVirtualHost {
  name: string
  domains: string[]
  routes: MosnRoute[]
  at: string
}

/** A router configuration, found by the name that a proxy filter names. */
export interface MosnRouter {
  name: string
  at: string
  raw: JsonObject
  virtualHosts: MosnVirtualHost[]
}

/** Reads a router configuration; `name` is its key where the dump has one. */
export const readRouter = (raw: JsonObject, here: string, name: string): MosnRouter => ({
  name: text(raw, 'router_config_name') ?? name,
  at: here,
  raw,
  virtualHosts: objects(raw, 'virtual_hosts').map((host, index) => {
    const place = at(here, 'virtual_hosts', index)
    return {
      name: text(host, 'name') ?? '',
      domains: strings(host, 'domains'),
      routes: objects(host, 'routers').map((route, n) => readRoute(route, at(place, 'routers', n), n)),
      at: place,
    }
  }),
})

function readRoute(raw: JsonObject, here: string, index: number): MosnRoute {
  const action = object(raw, 'route')
  return {
    index,
    at: here,
    raw,
    condition: readCondition(object(raw, 'match')),
    clusterName: text(action, 'cluster_name') ?? '',
    clusterVariable: text(action, 'cluster_variable'),
    weighted: readWeighted(action, at(here, 'route')),
    criteria: balancingMetadata(object(action, 'metadata_match')),
    directResponse: readDirectResponse(object(raw, 'direct_response')),
    redirect: readRedirect(object(raw, 'redirect')),
    prefixRewrite: text(action, 'prefix_rewrite'),
    regexRewrite: readRegexRewrite(object(action, 'regex_rewrite')),
    hostRewrite: text(action, 'host_rewrite'),
    hostRewriteHeader: text(action, 'auto_host_rewrite_header'),
    autoHostRewrite: isTrue(action, 'auto_host_rewrite'),
    upstreamProtocol: text(action, 'upstream_protocol'),
  }
}

function readCondition(match: JsonObject | undefined): RouteCondition {
  const headers = objects(match, 'headers').map((header) => ({
    name: text(header, 'name') ?? '',
    value: text(header, 'value') ?? '',
    regex: isTrue(header, 'regex'),
  }))
  for (const kind of ['prefix', 'path', 'regex'] as const) {
    const wanted = text(match, kind)
    if (wanted !== null) return {kind, text: wanted, headers}
  }
  if (list(match, 'variables').length > 0)
    return {
      kind: 'variables',
      items: objects(match, 'variables').map((item) => ({
        name: text(item, 'name') ?? '',
        value: text(item, 'value'),
        regex: text(item, 'regex'),
        next: (text(item, 'model') ?? 'and').toLowerCase(),
      })),
    }
  if (list(match, 'dsl_expressions').length > 0)
    return {
      kind: 'dsl',
      expressions: objects(match, 'dsl_expressions').flatMap((item) => text(item, 'expression') ?? []),
    }
  return {kind: 'headers', headers}
}

const readWeighted = (action: JsonObject | undefined, here: string): WeightedCluster[] =>
  objects(action, 'weighted_clusters').map((entry, index) => {
    const cluster = object(entry, 'cluster')
    return {
      name: text(cluster, 'name') ?? '',
      weight: number(cluster, 'weight') ?? 0,
      criteria: balancingMetadata(object(cluster, 'metadata_match')),
      at: at(here, 'weighted_clusters', index),
    }
  })

const readDirectResponse = (raw: JsonObject | undefined): MosnRoute['directResponse'] =>
  raw === undefined ? null : {status: number(raw, 'status') ?? 0, body: text(raw, 'body') ?? ''}

/** The code is 301 where none is given. */
const readRedirect = (raw: JsonObject | undefined): MosnRoute['redirect'] =>
  raw === undefined
    ? null
    : {
        code: number(raw, 'response_code') || 301,
        path: text(raw, 'path_redirect'),
        host: text(raw, 'host_redirect'),
        scheme: text(raw, 'scheme_redirect')?.toLowerCase() ?? null,
      }

function readRegexRewrite(raw: JsonObject | undefined): MosnRoute['regexRewrite'] {
  const pattern = text(object(raw, 'pattern'), 'regex')
  // MOSN takes a pattern of one character for none.
  return pattern === null || pattern.length < 2 ? null : {pattern, substitution: text(raw, 'substitution') ?? ''}
}
