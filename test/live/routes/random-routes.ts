import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import {clusterPlugin, onFilterState} from './random-extensions.js'
import {randomMatcherTree} from './random-matcher-tree.js'
import {headerValues, randomHeaderMatcher, randomMatch, randomString, typed} from './random-matchers.js'

export const clusters = ['up0', 'up1', 'up2'] as const
export const hosts = [
  'a.com',
  'A.com',
  'b.a.com',
  'x.b.a.com',
  'www.a.com',
  'www.b.org',
  'b.org',
  'a.com:8080',
  'b.a.com:80',
  'a.com.',
  'other',
  '[::1]:80',
  'a.com:x',
] as const
const domains = [
  'a.com',
  '*.a.com',
  '*.b.a.com',
  'www.*',
  'b.org',
  'a.com:8080',
  '*:8080',
  'www.b.*',
  '*-x.com',
  'B.Org',
] as const

const pluginNames = ['plugin0', 'plugin1'] as const

const some = (random: Random, probability: number, make: () => JsonObject): JsonObject =>
  chance(random, probability) ? make() : {}

const headerOption = (random: Random, level: string): JsonObject => ({
  header: {
    key: pick(random, ['x-added', 'x-a', 'x-new']),
    value: pick(random, [
      level,
      `${level}-%REQ(x-b)%`,
      `${level}-%PROTOCOL%`,
      `%REQ(:path)%-${level}`,
      `${level}-%ROUTE_NAME%`,
    ]),
  },
  append_action: pick(random, [
    'APPEND_IF_EXISTS_OR_ADD',
    'ADD_IF_ABSENT',
    'OVERWRITE_IF_EXISTS',
    'OVERWRITE_IF_EXISTS_OR_ADD',
  ]),
})

/** Header mutations of one level. */
export const mutations = (random: Random, level: string): JsonObject => ({
  ...some(random, 0.25, () => ({
    request_headers_to_add: times(whole(random, 1, 2), () => headerOption(random, level)),
  })),
  ...some(random, 0.1, () => ({request_headers_to_remove: [pick(random, ['x-a', 'x-b', 'x-added'])]})),
})

/** Envoy takes no prefix rewrite beside a template, and a template rewrite beside nothing else. */
function pathRewrite(random: Random, templated: boolean): JsonObject {
  if (templated) return chance(random, 0.5) ? {regex_rewrite: regexRewrite(random)} : {}
  switch (whole(random, 0, 2)) {
    case 0:
      return {prefix_rewrite: pick(random, ['/', '/new', '/new/', '/n?z=1'])}
    case 1:
      return {regex_rewrite: regexRewrite(random)}
    default:
      return {}
  }
}

const regexRewrite = (random: Random): JsonObject => ({
  pattern: {regex: pick(random, ['^/([^/]+)(/.*)?$', '/a', 'b', '[0-9]+'])},
  substitution: pick(random, ['/r\\0', '/R', 'N']),
})

function hostRewrite(random: Random): JsonObject {
  switch (whole(random, 0, 4)) {
    case 3:
      return {auto_host_rewrite: true}
    case 0:
      return {host_rewrite_literal: 'literal.host'}
    case 1:
      return {host_rewrite_header: pick(random, ['x-a', 'x-host'])}
    case 2:
      return {
        host_rewrite_path_regex: {pattern: {regex: '^/([a-z]+)/.*$'}, substitution: '\\1.host'},
      }
    default:
      return {}
  }
}

function clusterSpecifier(random: Random): JsonObject {
  switch (whole(random, 0, 5)) {
    case 4:
      return chance(random, 0.5)
        ? {cluster_specifier_plugin: pick(random, pluginNames)}
        : {inline_cluster_specifier_plugin: {extension: clusterPlugin(random, 'inline')}}
    case 0:
      return {
        cluster_header: 'x-cluster',
        ...some(random, 0.5, () => ({
          cluster_not_found_response_code: pick(random, ['NOT_FOUND', 'INTERNAL_SERVER_ERROR']),
        })),
      }
    case 1:
      return {
        weighted_clusters: {
          ...(chance(random, 0.3) ? {use_hash_policy: true} : some(random, 0.7, () => ({header_name: 'x-rand'}))),
          clusters: clusters.map((name) => ({
            name,
            weight: pick(random, [1, 10, 33]),
            ...mutations(random, 'weighted'),
            ...some(random, 0.2, () => ({host_rewrite_literal: `${name}.host`})),
          })),
        },
      }
    default:
      return {cluster: pick(random, clusters)}
  }
}

const hashPolicy = (random: Random): JsonObject[] => [
  {header: {header_name: 'x-b'}, ...some(random, 0.3, () => ({terminal: true}))},
  ...(chance(random, 0.5) ? [{query_parameter: {name: 'q'}}] : []),
  ...(chance(random, 0.3) ? [{cookie: {name: 'a'}}] : []),
  ...(chance(random, 0.3) ? [{connection_properties: {source_ip: true}}] : []),
]

function action(random: Random, templated: boolean): JsonObject {
  switch (whole(random, 0, 5)) {
    case 0:
      return {direct_response: {status: pick(random, [200, 204, 403, 503, 302])}}
    case 1:
      return {redirect: redirect(random, templated)}
    default:
      return {
        route: {
          ...clusterSpecifier(random),
          ...some(random, 0.4, () => pathRewrite(random, templated)),
          ...some(random, 0.3, () => hostRewrite(random)),
          ...some(random, 0.1, () => ({append_x_forwarded_host: true})),
          ...some(random, 0.5, () => ({hash_policy: hashPolicy(random)})),
          ...some(random, 0.1, () => ({upgrade_configs: [{upgrade_type: 'websocket', enabled: chance(random, 0.7)}]})),
        },
      }
  }
}

function redirect(random: Random, templated: boolean): JsonObject {
  const path = [
    () => ({path_redirect: pick(random, ['/elsewhere', '/elsewhere?z=1'])}),
    () => ({prefix_rewrite: pick(random, ['/', '/new'])}),
    () => ({regex_rewrite: regexRewrite(random)}),
    () => ({}),
  ][templated ? whole(random, 2, 3) : whole(random, 0, 3)]
  return {
    ...path?.(),
    ...some(random, 0.4, () => ({host_redirect: pick(random, ['new.host', 'new.host:81'])})),
    ...(chance(random, 0.3)
      ? {https_redirect: true}
      : some(random, 0.3, () => ({scheme_redirect: pick(random, ['https', 'http'])}))),
    ...some(random, 0.3, () => ({port_redirect: pick(random, [80, 443, 8443])})),
    ...some(random, 0.3, () => ({strip_query: true})),
    ...some(random, 0.4, () => ({response_code: pick(random, ['FOUND', 'SEE_OTHER', 'PERMANENT_REDIRECT'])})),
  }
}

const http = 'envoy.extensions.filters.http'

/** Per-route configurations of the filters that managers have. */
function perFilter(random: Random): JsonObject {
  const entries: [string, () => JsonObject][] = [
    ['rbac', () => typed(`${http}.rbac.v3.RBACPerRoute`, chance(random, 0.3) ? {} : {rbac: randomRbac(random)})],
    ['fault', () => typed(`${http}.fault.v3.HTTPFault`, randomFault(random))],
    ['cors', () => typed(`${http}.cors.v3.CorsPolicy`, {allow_origin_string_match: [{suffix: '.com'}]})],
    [
      'mutation',
      () => typed(`${http}.header_mutation.v3.HeaderMutationPerRoute`, {mutations: randomMutations(random, 'per')}),
    ],
    ['rbac', () => typed('envoy.config.route.v3.FilterConfig', {disabled: true, config: {}})],
  ]
  const [name, make] = entries[whole(random, 0, entries.length - 1)] ?? []
  if (!name || !make) return {}
  const entry = make()
  // FilterConfig that only switches off carries no configuration.
  const {config: _, ...switched} = entry
  return {typed_per_filter_config: {[name]: 'disabled' in entry ? switched : entry}}
}

export const randomMutations = (random: Random, level: string): JsonObject => ({
  request_mutations: [
    chance(random, 0.3)
      ? {remove: pick(random, ['x-a', 'x-b'])}
      : {
          append: {
            header: {key: pick(random, ['x-a', 'x-added']), value: level},
            append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
          },
        },
  ],
})

function randomPrincipal(random: Random): JsonObject {
  const prefix = pick(random, ['127.0.0.0', '8.8.0.0', '1.2.0.0'])
  const choices: [() => JsonObject, ...(() => JsonObject)[]] = [
    () => ({any: true}),
    () => ({any: true}),
    () => ({header: randomHeaderMatcher(random)}),
    () => ({not_id: {header: randomHeaderMatcher(random)}}),
    () => ({[pick(random, ['remote_ip', 'direct_remote_ip', 'source_ip'])]: {address_prefix: prefix, prefix_len: 16}}),
    () => ({
      metadata: {
        filter: 'envoy.filters.http.jwt_authn',
        path: [{key: 'payload'}, {key: 'sub'}],
        value: {string_match: {exact: 'me'}},
      },
    }),
    () => ({filter_state: {key: 'live.state', string_match: {exact: 'v1'}}}),
    () => ({metadata: {filter: 'live.md', path: [{key: 'k'}], value: {string_match: {exact: 'v1'}}}}),
  ]
  return pick(random, choices)()
}

export const randomRbac = (random: Random): JsonObject => ({
  rules: {
    action: pick(random, ['ALLOW', 'DENY']),
    policies: Object.fromEntries(
      times(whole(random, 1, 2), (index) => [
        `p${index}`,
        {
          permissions: [
            chance(random, 0.3)
              ? {any: true}
              : chance(random, 0.5)
                ? {header: randomHeaderMatcher(random)}
                : {url_path: {path: chance(random, 0.5) ? {prefix: '/a'} : {exact: '/foo'}}},
          ],
          principals: [randomPrincipal(random)],
        },
      ]),
    ),
  },
})

export const randomFault = (random: Random): JsonObject => ({
  abort: {
    ...(chance(random, 0.6) ? {http_status: pick(random, [418, 503])} : {header_abort: {}}),
    percentage: {numerator: pick(random, [0, 100, 100])},
  },
  ...some(random, 0.4, () => ({headers: [randomHeaderMatcher(random)]})),
  ...some(random, 0.2, () => ({upstream_cluster: pick(random, clusters)})),
})

function route(random: Random, name: string): JsonObject {
  const match = chance(random, 0.05)
    ? {connect_matcher: {}}
    : {...randomMatch(random), ...some(random, 0.08, () => onFilterState(random))}
  return {
    name,
    match,
    ...action(random, 'path_match_policy' in match),
    ...mutations(random, 'route'),
    ...some(random, 0.15, () => perFilter(random)),
  }
}

/** A matcher tree whose actions are a route, or a list of them. */
function routeMatcher(random: Random, routes: readonly JsonObject[]): JsonObject {
  const some = () => routes.slice(whole(random, 0, routes.length - 1))
  const action = (): JsonObject => ({
    name: 'route',
    typed_config: chance(random, 0.5)
      ? typed('envoy.config.route.v3.Route', some()[0])
      : typed('envoy.config.route.v3.RouteList', {routes: some()}),
  })
  return randomMatcherTree(random, 2, action)
}

function virtualHost(random: Random, name: string, hostDomains: readonly string[]): JsonObject {
  const routes = times(whole(random, 1, 5), (index) => route(random, `${name}/r${index}`))
  const last = {name: `${name}/last`, match: {prefix: '/'}, route: {cluster: 'up0'}}
  const listed = chance(random, 0.7) ? [...routes, last] : routes
  return {
    name,
    domains: hostDomains,
    ...(chance(random, 0.2) ? {matcher: routeMatcher(random, listed)} : {routes: listed}),
    metadata: {filter_metadata: {live: {name}}},
    ...mutations(random, 'host'),
    ...some(random, 0.08, () => ({require_tls: pick(random, ['ALL', 'EXTERNAL_ONLY'])})),
    ...some(random, 0.1, () => perFilter(random)),
    ...some(random, 0.2, () => ({
      virtual_clusters: [{name: 'vc', headers: [{name: ':path', string_match: randomString(random, ['/a', '/foo'])}]}],
    })),
  }
}

/** A route configuration: each domain belongs to one virtual host, as Envoy demands. */
export function randomRouteConfig(random: Random, name: string): JsonObject {
  const groups: string[][] = times(whole(random, 1, 4), () => [])
  const used = new Set<string>()
  for (const domain of [...domains, ...(chance(random, 0.7) ? ['*'] : [])])
    if (chance(random, 0.6) && !used.has(domain.toLowerCase())) {
      used.add(domain.toLowerCase())
      groups[whole(random, 0, groups.length - 1)]?.push(domain)
    }
  return {
    name,
    virtual_hosts: groups.flatMap((group, index) =>
      group.length > 0 ? [virtualHost(random, `${name}v${index}`, group)] : [],
    ),
    validate_clusters: false,
    cluster_specifier_plugins: pluginNames.map((plugin) => ({extension: clusterPlugin(random, plugin)})),
    ...mutations(random, 'config'),
    ...some(random, 0.2, () => ({most_specific_header_mutations_wins: true})),
    ...some(random, 0.1, () => ({ignore_port_in_host_matching: true})),
    ...some(random, 0.1, () => ({vhost_header: 'x-vhost'})),
    ...some(random, 0.1, () => ({ignore_path_parameters_in_path_matching: true})),
  }
}

export {headerValues}
