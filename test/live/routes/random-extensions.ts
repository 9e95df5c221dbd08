import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import {randomMatcherTree} from './random-matcher-tree.js'
import {randomHeaderMatcher, typed} from './random-matchers.js'

/** Clusters that may be named; the last is none. */
const named = ['up0', 'up1', 'up2', 'nowhere'] as const
const specifiers = 'envoy.extensions.router.cluster_specifiers'

const script = `function envoy_on_route(handle)
  local value = handle:headers():get("x-b")
  if value == "v1" then
    return "up1"
  end
  if value == "v2" then
    return nil .. value
  end
  return value
end`

/** A cluster specifier plugin: a matcher over the request, or a script. */
export function clusterPlugin(random: Random, name: string): JsonObject {
  if (chance(random, 0.3))
    return {
      name,
      typed_config: typed(`${specifiers}.lua.v3.LuaConfig`, {
        source_code: {inline_string: script},
        default_cluster: pick(random, named),
      }),
    }
  const action = (): JsonObject => ({
    name: 'cluster',
    typed_config: typed(`${specifiers}.matcher.v3.ClusterAction`, {cluster: pick(random, named)}),
  })
  return {
    name,
    typed_config: typed(`${specifiers}.matcher.v3.MatcherClusterSpecifier`, {
      cluster_matcher: randomMatcherTree(random, 1, action),
    }),
  }
}

function replyFilter(random: Random, depth: number): JsonObject {
  const inner = () => ({filters: times(2, () => replyFilter(random, depth - 1))})
  switch (depth === 0 ? whole(random, 2, 5) : whole(random, 0, 5)) {
    case 0:
      return {and_filter: inner()}
    case 1:
      return {or_filter: inner()}
    case 2:
      return {header_filter: {header: randomHeaderMatcher(random)}}
    case 3:
      return {response_flag_filter: chance(random, 0.3) ? {} : {flags: [pick(random, ['NR', 'NC', 'FI', 'DPE'])]}}
    default:
      return {
        status_code_filter: {
          comparison: {
            op: pick(random, ['EQ', 'GE', 'LE', 'NE']),
            value: {default_value: pick(random, [200, 301, 400, 403, 404, 503]), runtime_key: 'routes.unset'},
          },
        },
      }
  }
}

/** `local_reply_config`: some mappers give a status, others only a body. */
export const localReplies = (random: Random): JsonObject => ({
  mappers: times(whole(random, 1, 3), (index) => ({
    filter: replyFilter(random, 2),
    ...(chance(random, 0.8) ? {status_code: 450 + index} : {body: {inline_string: 'body'}}),
  })),
})

/** set_filter_state, whose object routes and RBAC ask for. */
export const filterState = (random: Random): JsonObject =>
  typed('envoy.extensions.filters.http.set_filter_state.v3.Config', {
    on_request_headers: [
      {
        object_key: 'live.state',
        factory_key: 'envoy.string',
        format_string: {text_format_source: {inline_string: pick(random, ['%REQ(X-B)%', 'fixed', '%PROTOCOL%'])}},
        ...(chance(random, 0.3) ? {skip_if_empty: true} : {}),
      },
    ],
    ...(chance(random, 0.5) ? {clear_route_cache: true} : {}),
  })

/** A route matcher on that object. */
export const onFilterState = (random: Random): JsonObject => ({
  filter_state: [{key: 'live.state', string_match: pick(random, [{exact: 'v1'}, {prefix: 'HTTP'}, {exact: 'fixed'}])}],
})

export const csrf = (random: Random): JsonObject =>
  typed('envoy.extensions.filters.http.csrf.v3.CsrfPolicy', {
    filter_enabled: {default_value: {numerator: pick(random, [0, 100, 100])}},
    shadow_enabled: {default_value: {numerator: pick(random, [0, 100])}},
    ...(chance(random, 0.5) ? {additional_origins: [{suffix: '.org'}]} : {}),
  })

export const cdnLoop = (random: Random): JsonObject =>
  typed('envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig', {
    cdn_id: 'live',
    max_allowed_occurrences: pick(random, [0, 1]),
  })

const detection = 'envoy.extensions.http.original_ip_detection'

/** How the client's address is found, where the connection manager is no edge. */
export const ipDetection = (random: Random): JsonObject[] => [
  chance(random, 0.5)
    ? {
        name: 'xff',
        typed_config: typed(`${detection}.xff.v3.XffConfig`, {xff_num_trusted_hops: pick(random, [0, 1])}),
      }
    : {
        name: 'header',
        typed_config: typed(`${detection}.custom_header.v3.CustomHeaderConfig`, {
          header_name: 'x-real',
          ...(chance(random, 0.3) ? {reject_with_status: {code: pick(random, ['Forbidden', 'NotFound'])}} : {}),
        }),
      },
]
