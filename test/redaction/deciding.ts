/** Routes and filters of types that the evaluator knows, which look at secrets on the way of a traced request. */

const type = (name: string) => `type.googleapis.com/${name}`

type Secret = (where: string) => string

const route = (name: string, match: object, action: object = {direct_response: {status: 418}}) => ({
  name,
  match: {prefix: '/', ...match},
  ...action,
})

/** None is taken by a plain request; those with a path of their own are. */
export const decidingRoutes = (secret: Secret): object[] => [
  route(
    'by-key',
    {headers: [{name: 'x-api-key', string_match: {exact: secret('decides: a header')}}]},
    {route: {cluster: 'outbound|9080||ratings.default.svc.cluster.local'}},
  ),
  route('by-bearer', {
    headers: [
      {name: 'authorization', string_match: {safe_regex: {regex: `Bearer ${secret('decides: an expression')}.*`}}},
    ],
  }),
  route('by-prefix', {headers: [{name: 'x-auth-token', string_match: {prefix: secret('decides: a prefix')}}]}),
  route('by-cookie', {
    headers: [{name: 'cookie', string_match: {contains: `sid=${secret('decides: a cookie line')}`}}],
  }),
  route('by-cookie-matcher', {cookies: [{name: 'session-id', string_match: {exact: secret('decides: a cookie')}}]}),
  route('by-query', {
    query_parameters: [{name: 'access_token', string_match: {exact: secret('decides: a parameter')}}],
  }),
  route('by-old-field', {headers: [{name: 'x-secret', exact_match: secret('decides: an old field')}]}),
  route('by-suffix', {headers: [{name: 'x-password', string_match: {suffix: secret('decides: a suffix')}}]}),
  route(
    'redirects',
    {prefix: '/redirects'},
    {redirect: {path_redirect: `/login?access_token=${secret('decides: a redirect')}`}},
  ),
  route(
    'rewrites',
    {prefix: '/rewrites'},
    {
      route: {
        cluster: 'outbound|9080||reviews.default.svc.cluster.local',
        prefix_rewrite: `/v1?api_key=${secret('decides: a rewrite')}`,
      },
      request_headers_to_add: [{header: {key: 'authorization', value: `Basic ${secret('decides: a header to add')}`}}],
    },
  ),
  route(
    'answers',
    {prefix: '/answers'},
    {
      direct_response: {status: 200, body: {inline_string: `{"password":"${secret('decides: a body')}"}`}},
      response_headers_to_add: [
        {header: {key: 'set-cookie', value: `session=${secret('decides: a response header')}`}},
      ],
    },
  ),
]

export const decidingFilters = (secret: Secret): object[] => [
  {
    name: 'envoy.filters.http.rbac',
    typed_config: {
      '@type': type('envoy.extensions.filters.http.rbac.v3.RBAC'),
      rules: {
        action: 'DENY',
        policies: {
          keyed: {
            permissions: [{header: {name: 'x-api-key', string_match: {exact: secret('decides: a denied key')}}}],
            principals: [{any: true}],
          },
        },
      },
    },
  },
  {
    name: 'envoy.filters.http.jwt_authn',
    typed_config: {
      '@type': type('envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication'),
      providers: {
        own: {
          issuer: 'example.com',
          local_jwks: {
            inline_string: JSON.stringify({keys: [{kty: 'oct', kid: 'a', k: secret('decides: a symmetric key')}]}),
          },
        },
      },
      rules: [{match: {prefix: '/needs-a-token'}, requires: {provider_name: 'own'}}],
    },
  },
  {
    name: 'envoy.filters.http.lua',
    typed_config: {
      '@type': type('envoy.extensions.filters.http.lua.v3.Lua'),
      default_source_code: {
        inline_string: `local token = "${secret('decides: Lua')}"\nfunction envoy_on_request(handle)\n  if handle:headers():get("x-token") == token then handle:respond({[":status"] = "403"}, token) end\n  handle:headers():add("x-token", token)\nend\n`,
      },
    },
  },
  {
    name: 'envoy.filters.http.ext_authz',
    typed_config: {
      '@type': type('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz'),
      http_service: {
        server_uri: {uri: `http://ann:${secret('decides: a URI')}@authz:80`, cluster: 'authz', timeout: '1s'},
        authorization_request: {headers_to_add: [{key: 'x-api-key', value: secret('decides: a header for ext_authz')}]},
      },
    },
  },
]
