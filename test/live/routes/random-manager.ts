import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random} from '../upstream/random.js'
import {cdnLoop, csrf, filterState, ipDetection, localReplies} from './random-extensions.js'
import {randomHeaderMatcher, typed} from './random-matchers.js'
import {clusters, randomFault, randomMutations, randomRbac, randomRouteConfig} from './random-routes.js'
import {keySet} from './tokens.js'

const http = 'envoy.extensions.filters.http'

/** What Envoy logs of each request: what we predict. */
const logFormat = {
  id: '%REQ(X-ID)%',
  code: '%RESPONSE_CODE%',
  details: '%RESPONSE_CODE_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
  route: '%ROUTE_NAME%',
  host: '%METADATA(VIRTUAL_HOST:live:name)%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  path: '%REQ(:PATH)%',
  authority: '%REQ(:AUTHORITY)%',
  location: '%RESP(LOCATION)%',
  added: '%REQ(X-ADDED)%',
  a: '%REQ(X-A)%',
  fresh: '%REQ(X-NEW)%',
  forwardedHost: '%REQ(X-FORWARDED-HOST)%',
  originalPath: '%REQ(X-ENVOY-ORIGINAL-PATH)%',
  virtualCluster: '%VIRTUAL_CLUSTER_NAME%',
}

const script = `function envoy_on_request(h)
  local k = h:headers():get("x-b")
  if k then h:streamInfo():dynamicMetadata():set("live.md", "k", k) end
  if h:headers():get("x-clear") then h:clearRouteCache() elseif k == "v2" then h:headers():replace("x-lua", "1") end
end`

const some = (random: Random, probability: number, make: () => JsonObject): JsonObject =>
  chance(random, probability) ? make() : {}

/** Providers one and two, whose tokens are asked for by path. */
function authentication(random: Random): JsonObject {
  const provider = (issuer: string): JsonObject => ({
    issuer,
    local_jwks: {inline_string: keySet},
    forward: true,
    payload_in_metadata: 'payload',
    ...some(random, 0.3, () => ({audiences: ['https://here/']})),
  })
  const requires = pick<JsonObject>(random, [
    {provider_name: 'one'},
    {provider_name: 'two'},
    {requires_any: {requirements: [{provider_name: 'one'}, {provider_name: 'two'}]}},
    {requires_any: {requirements: [{provider_name: 'one'}, {allow_missing: {}}]}},
    {requires_all: {requirements: [{provider_name: 'one'}, {provider_name: 'two'}]}},
    {allow_missing: {}},
    {allow_missing_or_failed: {}},
  ])
  return {
    providers: {one: provider('one'), two: provider('two')},
    rules: [{match: {prefix: pick(random, ['/', '/a', '/foo'])}, requires}],
    ...some(random, 0.3, () => ({bypass_cors_preflight: true})),
  }
}

function filters(random: Random): JsonObject[] {
  const candidates: [number, string, () => JsonObject][] = [
    [0.15, 'lua', () => typed(`${http}.lua.v3.Lua`, {default_source_code: {inline_string: script}})],
    [
      0.15,
      'h2m',
      () =>
        typed(`${http}.header_to_metadata.v3.Config`, {
          request_rules: [{header: 'x-b', on_header_present: {metadata_namespace: 'live.md', key: 'k'}}],
        }),
    ],
    [0.2, 'jwt', () => typed(`${http}.jwt_authn.v3.JwtAuthentication`, authentication(random))],
    [0.15, 'cors', () => typed(`${http}.cors.v3.Cors`)],
    [
      0.1,
      'set',
      () =>
        typed(`${http}.set_metadata.v3.Config`, {
          metadata: [
            {metadata_namespace: 'live.md', value: {k: 'v1'}, ...some(random, 0.5, () => ({allow_overwrite: true}))},
          ],
        }),
    ],
    [0.15, 'state', () => filterState(random)],
    [0.1, 'csrf', () => csrf(random)],
    [0.1, 'cdn', () => cdnLoop(random)],
    [0.1, 'limit', () => typed(`${http}.local_ratelimit.v3.LocalRateLimit`, {stat_prefix: 'limit'})],
    [0.1, 'buffer', () => typed(`${http}.buffer.v3.Buffer`, {max_request_bytes: 1000})],
    [0.2, 'rbac', () => typed(`${http}.rbac.v3.RBAC`, randomRbac(random))],
    [0.2, 'fault', () => typed(`${http}.fault.v3.HTTPFault`, randomFault(random))],
    [
      0.15,
      'mutation',
      () => typed(`${http}.header_mutation.v3.HeaderMutation`, {mutations: randomMutations(random, 'own')}),
    ],
    [
      0.1,
      'health',
      () =>
        typed(`${http}.health_check.v3.HealthCheck`, {
          pass_through_mode: false,
          headers: [randomHeaderMatcher(random)],
        }),
    ],
  ]
  const chosen = candidates.flatMap(([probability, name, make]) =>
    chance(random, probability)
      ? [{name, typed_config: make(), ...(name === 'rbac' && chance(random, 0.2) ? {disabled: true} : {})}]
      : [],
  )
  return [...chosen, {name: 'router', typed_config: typed(`${http}.router.v3.Router`)}]
}

/** One route configuration, or one for each scope. */
function routes(random: Random, name: string): JsonObject {
  if (chance(random, 0.88)) return {route_config: randomRouteConfig(random, name)}
  const extractor = chance(random, 0.5)
    ? {name: 'x-b', element_separator: ',', index: pick(random, [0, 1])}
    : {name: 'cookie', element_separator: ';', element: {separator: '=', key: 'a'}}
  return {
    scoped_routes: {
      name: `${name}scopes`,
      scope_key_builder: {fragments: [{header_value_extractor: extractor}]},
      scoped_route_configurations_list: {
        scoped_route_configurations: ['v1', '1'].map((key) => ({
          name: `${name}-${key}`,
          route_configuration: randomRouteConfig(random, `${name}${key}`),
          key: {fragments: [{string_key: key}]},
        })),
      },
    },
  }
}

/** An HTTP connection manager with all that changes how requests are read. */
export const randomManager = (random: Random, name: string, accessLog: string): JsonObject =>
  typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: name,
    ...routes(random, name),
    http_filters: filters(random),
    access_log: [
      {
        name: 'file',
        typed_config: typed('envoy.extensions.access_loggers.file.v3.FileAccessLog', {
          path: accessLog,
          log_format: {json_format: logFormat},
        }),
      },
    ],
    ...some(random, 0.4, () => ({normalize_path: true})),
    ...some(random, 0.3, () => ({merge_slashes: true})),
    ...some(random, 0.3, () => ({
      path_with_escaped_slashes_action: pick(random, [
        'REJECT_REQUEST',
        'UNESCAPE_AND_REDIRECT',
        'UNESCAPE_AND_FORWARD',
      ]),
    })),
    ...some(random, 0.2, () => (chance(random, 0.5) ? {strip_any_host_port: true} : {strip_matching_host_port: true})),
    ...some(random, 0.15, () => ({strip_trailing_host_dot: true})),
    ...(chance(random, 0.3)
      ? {use_remote_address: true, xff_num_trusted_hops: pick(random, [0, 1])}
      : some(random, 0.2, () => ({original_ip_detection_extensions: ipDetection(random)}))),
    ...some(random, 0.25, () => ({local_reply_config: localReplies(random)})),
    ...some(random, 0.15, () => ({
      common_http_protocol_options: {
        headers_with_underscores_action: pick(random, ['REJECT_REQUEST', 'DROP_HEADER']),
        max_headers_count: pick(random, [100, 8]),
      },
    })),
    ...some(random, 0.2, () => ({
      internal_address_config: {cidr_ranges: [{address_prefix: '127.0.0.0', prefix_len: 8}]},
    })),
    ...some(random, 0.1, () => ({scheme_header_transformation: {scheme_to_overwrite: 'https'}})),
    ...some(random, 0.3, () => ({upgrade_configs: [{upgrade_type: 'websocket'}, {upgrade_type: 'CONNECT'}]})),
    ...some(random, 0.2, () => ({
      http_protocol_options: {accept_http_10: true, allow_absolute_url: chance(random, 0.5)},
    })),
    ...some(random, 0.15, () => ({
      early_header_mutation_extensions: [
        {
          name: 'early',
          typed_config: typed('envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', {
            mutations: [
              {
                append: {
                  header: {key: 'x-a', value: 'v1'},
                  append_action: pick(random, ['ADD_IF_ABSENT', 'OVERWRITE_IF_EXISTS']),
                },
              },
            ],
          }),
        },
      ],
    })),
  })

const socketAddress = (ip: string, port: number): JsonObject => ({socket_address: {address: ip, port_value: port}})

/** Answers everything with 200, so that requests can be forwarded. */
const answering = (address: JsonObject): JsonObject => ({
  name: 'upstream',
  address,
  filter_chains: [
    {
      filters: [
        {
          name: 'hcm',
          typed_config: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
            stat_prefix: 'upstream',
            route_config: {
              virtual_hosts: [
                {name: 'all', domains: ['*'], routes: [{match: {prefix: '/'}, direct_response: {status: 200}}]},
              ],
            },
            http_filters: [{name: 'router', typed_config: typed(`${http}.router.v3.Router`)}],
          }),
        },
      ],
    },
  ],
})

/** A bootstrap with a listener for each port, and an upstream that all clusters lead to. */
export function routesBootstrap(
  random: Random,
  {home, ports, upstreamPort}: {home: string; ports: readonly number[]; upstreamPort: number},
  accessLog: string,
): JsonObject {
  const upstream = socketAddress(home, upstreamPort)
  const listeners = ports.map((port, index) => ({
    name: `l${index}`,
    address: socketAddress(home, port),
    filter_chains: [{filters: [{name: 'hcm', typed_config: randomManager(random, `m${index}`, accessLog)}]}],
  }))
  return {
    admin: {address: socketAddress(home, 0)},
    layered_runtime: {
      layers: [
        {
          name: 'static',
          static_layer: {
            'routes.never': {numerator: 0, denominator: 'HUNDRED'},
            'routes.always': {numerator: 1_000_000, denominator: 'MILLION'},
            'routes.percent': 100,
          },
        },
      ],
    },
    static_resources: {
      listeners: [...listeners, answering(upstream)],
      clusters: clusters.map((name) => ({
        name,
        type: 'STATIC',
        load_assignment: {
          cluster_name: name,
          // One has a name, which auto_host_rewrite takes.
          endpoints: [{lb_endpoints: [{endpoint: {address: upstream, hostname: name === 'up1' ? 'named.host' : ''}}]}],
        },
      })),
    },
  }
}
