/** A document with a secret planted in it. */
export interface Planted {
  where: string
  plant(secret: string): unknown
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const pem = (secret: string): string => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`
const type = (name: string) => `type.googleapis.com/${name}`
const header = (key: string, value: string) => ({header: {key, value}})
const secretDump = (secret: object) => ({
  configs: [
    {
      '@type': type('envoy.admin.v3.SecretsConfigDump'),
      dynamic_active_secrets: [{name: 'default', secret: {name: 'default', ...secret}}],
    },
  ],
})
const filter = (name: string, config: object) => ({
  http_filters: [{name, typed_config: {'@type': type(name), ...config}}],
})
const route = (members: object) => ({virtual_hosts: [{name: 'all', routes: [{name: 'one', ...members}]}]})
const grpc = (credentials: object) => ({grpc_service: {google_grpc: {target_uri: 'a:1', ...credentials}}})
const wasm = (config: object) => filter('envoy.extensions.filters.http.wasm.v3.Wasm', {config})

/** Every place where Envoy's API, Istio's proxies and the files beside a dump are known to hold a secret. */
export const planted: Planted[] = [
  // Certificates and keys.
  {
    where: 'a TLS certificate’s key, as text',
    plant: (s) => secretDump({tls_certificate: {private_key: {inline_string: s}}}),
  },
  {
    where: 'a TLS certificate’s key, as bytes',
    plant: (s) => secretDump({tls_certificate: {private_key: {inline_bytes: base64(s)}}}),
  },
  {where: 'a TLS certificate’s password', plant: (s) => secretDump({tls_certificate: {password: {inline_string: s}}})},
  {where: 'PKCS12', plant: (s) => secretDump({tls_certificate: {pkcs12: {inline_bytes: base64(s)}}})},
  {
    where: 'a private key provider',
    plant: (s) =>
      secretDump({
        tls_certificate: {
          private_key_provider: {provider_name: 'qat', typed_config: {private_key: {inline_string: s}}},
        },
      }),
  },
  {
    where: 'a key beside its certificate',
    plant: (s) => secretDump({tls_certificate: {certificate_chain: {inline_bytes: base64(pem(s))}}}),
  },
  {
    where: 'a listener’s own certificate',
    plant: (s) => ({
      transport_socket: {typed_config: {common_tls_context: {tls_certificates: [{private_key: {inline_string: s}}]}}},
    }),
  },
  {
    where: 'session ticket keys of a secret',
    plant: (s) => secretDump({session_ticket_keys: {keys: [{inline_bytes: base64(s)}]}}),
  },
  {
    where: 'session ticket keys of a listener',
    plant: (s) => ({typed_config: {session_ticket_keys: {keys: [{inline_string: 'old'}, {inline_string: s}]}}}),
  },
  {where: 'a generic secret', plant: (s) => secretDump({generic_secret: {secret: {inline_string: s}}})},
  {where: 'a generic secret as bytes', plant: (s) => secretDump({generic_secret: {secret: {inline_bytes: base64(s)}}})},
  {where: 'generic secrets by name', plant: (s) => secretDump({generic_secret: {secrets: {hmac: {inline_string: s}}}})},
  {
    where: 'a static secret of the bootstrap',
    plant: (s) => ({
      bootstrap: {static_resources: {secrets: [{name: 'a', generic_secret: {secret: {inline_string: s}}}]}},
    }),
  },
  {
    where: 'anything of a private key provider',
    plant: (s) =>
      secretDump({tls_certificate: {private_key_provider: {provider_name: 'hsm', typed_config: {slot: s}}}}),
  },
  // Filters that know secrets.
  {where: 'basic auth users', plant: (s) => filter('basic_auth', {users: {inline_string: `ann:{SHA}${s}`}})},
  {
    where: 'basic auth users as bytes',
    plant: (s) => filter('basic_auth', {users: {inline_bytes: base64(`ann:{SHA}${s}`)}}),
  },
  {
    where: 'basic auth users of a route',
    plant: (s) => route({typed_per_filter_config: {basic: {users: {inline_string: `ann:{SHA}${s}`}}}}),
  },
  {where: 'an API key', plant: (s) => filter('api_key_auth', {credentials: [{key: s, client: 'ann'}]})},
  {
    where: 'an API key of a route',
    plant: (s) => route({typed_per_filter_config: {keys: {credentials: [{key: s, client: 'ann'}]}}}),
  },
  {
    where: 'OAuth2, a token secret in place',
    plant: (s) => filter('oauth2', {config: {credentials: {client_id: 'a', token_secret: {inline_string: s}}}}),
  },
  {
    where: 'OAuth2, an HMAC secret in place',
    plant: (s) => filter('oauth2', {config: {credentials: {client_id: 'a', hmac_secret: {inline_string: s}}}}),
  },
  {
    where: 'a credential injector',
    plant: (s) =>
      filter('credential_injector', {
        credential: {typed_config: {credential: {inline_string: s}, header: 'Authorization'}},
      }),
  },
  {
    where: 'a client secret',
    plant: (s) =>
      filter('credential_injector', {client_credentials: {client_id: 'a', client_secret: {inline_string: s}}}),
  },
  {
    where: 'a symmetric key of JWT',
    plant: (s) =>
      filter('jwt_authn', {
        providers: {a: {local_jwks: {inline_string: JSON.stringify({keys: [{kty: 'oct', k: s}]})}}},
      }),
  },
  {
    where: 'a private member of a JWT key',
    plant: (s) =>
      filter('jwt_authn', {
        providers: {a: {local_jwks: {inline_string: JSON.stringify({keys: [{kty: 'RSA', n: 'public', d: s}]})}}},
      }),
  },
  {
    where: 'AWS keys',
    plant: (s) =>
      filter('aws_request_signing', {
        credential_provider: {inline_credential: {access_key_id: 'AKIA', secret_access_key: s}},
      }),
  },
  {
    where: 'an AWS session token',
    plant: (s) => filter('aws_request_signing', {credential_provider: {inline_credential: {session_token: s}}}),
  },
  {
    where: 'an AWS web identity token',
    plant: (s) =>
      filter('aws_lambda', {
        credential_provider: {
          assume_role_with_web_identity_provider: {web_identity_token_data_source: {inline_string: s}},
        },
      }),
  },
  {
    where: 'AWS Lambda’s credentials',
    plant: (s) => filter('aws_lambda', {credentials: {access_key_id: 'a', secret_access_key: s}}),
  },
  {
    where: 'Redis’s downstream password',
    plant: (s) => filter('redis_proxy', {downstream_auth_password: {inline_string: s}}),
  },
  {
    where: 'Redis’s downstream passwords',
    plant: (s) => filter('redis_proxy', {downstream_auth_passwords: [{inline_string: s}]}),
  },
  {
    where: 'Redis’s upstream password',
    plant: (s) => ({typed_extension_protocol_options: {redis: {auth_password: {inline_string: s}}}}),
  },
  {where: 'Redis’s user names', plant: (s) => filter('redis_proxy', {downstream_auth_username: {inline_string: s}})},
  {
    where: 'ext_authz’s context of a route',
    plant: (s) => route({typed_per_filter_config: {authz: {check_settings: {context_extensions: {plan: s}}}}}),
  },
  {
    where: 'AWS’s credentials file',
    plant: (s) =>
      filter('aws_lambda', {
        credential_provider: {credentials_file_provider: {credentials_data_source: {inline_string: s}}},
      }),
  },
  {
    where: 'gRPC’s metadata of a file',
    plant: (s) => grpc({call_credentials: [{from_plugin: {typed_config: {secret_data: {inline_string: s}}}}]}),
  },
  {
    where: 'a filter state',
    plant: (s) =>
      filter('set_filter_state', {
        on_request_headers: [{object_key: 'my.token', format_string: {text_format_source: {inline_string: s}}}],
      }),
  },
  {
    where: 'a rate limit’s generic key',
    plant: (s) =>
      route({route: {rate_limits: [{actions: [{generic_key: {descriptor_key: 'api_key', descriptor_value: s}}]}]}}),
  },
  // Services that Envoy calls.
  {
    where: 'a gRPC client key',
    plant: (s) => grpc({channel_credentials: {ssl_credentials: {private_key: {inline_string: s}}}}),
  },
  {where: 'a gRPC access token', plant: (s) => grpc({call_credentials: [{access_token: s}]})},
  {where: 'a Google refresh token', plant: (s) => grpc({call_credentials: [{google_refresh_token: s}]})},
  {
    where: 'a service account’s key',
    plant: (s) =>
      grpc({call_credentials: [{service_account_jwt_access: {json_key: JSON.stringify({private_key: s})}}]}),
  },
  {where: 'a Google IAM token', plant: (s) => grpc({call_credentials: [{google_iam: {authorization_token: s}}]})},
  {
    where: 'initial metadata',
    plant: (s) => ({
      grpc_service: {envoy_grpc: {cluster_name: 'a'}, initial_metadata: [{key: 'authorization', value: s}]},
    }),
  },
  {
    where: 'a tracer’s access token',
    plant: (s) => ({tracing: {provider: {typed_config: {access_token: {inline_string: s}}}}}),
  },
  {
    where: 'SkyWalking’s backend token',
    plant: (s) => ({provider: {typed_config: {client_config: {backend_token: s}}}}),
  },
  {
    where: 'a tracer’s headers',
    plant: (s) => ({provider: {typed_config: {http_service: {request_headers_to_add: [header('Api-Token', s)]}}}}),
  },
  {where: 'a password in a URI', plant: (s) => ({http_uri: {uri: `https://ann:${s}@login.example.com/token`}})},
  {
    where: 'a token in a URI',
    plant: (s) => ({http_uri: {uri: `https://login.example.com/keys?access_token=${s}&v=1`}}),
  },
  {
    where: 'a health check’s headers',
    plant: (s) => ({
      health_checks: [
        {http_health_check: {request_headers_to_add: [header('authorization', `Basic ${base64(`a:${s}`)}`)]}},
      ],
    }),
  },
  {
    where: 'ext_authz headers',
    plant: (s) =>
      filter('ext_authz', {http_service: {authorization_request: {headers_to_add: [{key: 'x-api-key', value: s}]}}}),
  },
  {
    where: 'a tunnel’s proxy authorization',
    plant: (s) => ({
      tunneling_config: {hostname: 'a:1', headers_to_add: [header('Proxy-Authorization', `Basic ${s}`)]},
    }),
  },
  // Headers of routes.
  {
    where: 'request headers to add',
    plant: (s) => route({request_headers_to_add: [header('Authorization', `Bearer ${s}`)]}),
  },
  {
    where: 'raw header values',
    plant: (s) => route({request_headers_to_add: [{header: {key: 'x-auth-token', raw_value: base64(s)}}]}),
  },
  {
    where: 'response headers to add',
    plant: (s) => route({response_headers_to_add: [header('set-cookie', `sid=${s}; Path=/`)]}),
  },
  {
    where: 'a header mutation',
    plant: (s) => filter('header_mutation', {mutations: {request_mutations: [{append: header('x-api-key', s)}]}}),
  },
  {
    where: 'an exact header match',
    plant: (s) => route({match: {prefix: '/', headers: [{name: 'x-api-key', string_match: {exact: s}}]}}),
  },
  {
    where: 'an old exact header match',
    plant: (s) => route({match: {prefix: '/', headers: [{name: 'authorization', exact_match: `Bearer ${s}`}]}}),
  },
  {
    where: 'a header match by expression',
    plant: (s) => route({match: {headers: [{name: 'authorization', safe_regex_match: {regex: `Bearer ${s}.*`}}]}}),
  },
  {
    where: 'a cookie match',
    plant: (s) => route({match: {headers: [{name: 'cookie', string_match: {contains: `session=${s}`}}]}}),
  },
  {
    where: 'a query parameter match',
    plant: (s) => route({match: {query_parameters: [{name: 'api_key', string_match: {exact: s}}]}}),
  },
  {
    where: 'an RBAC header',
    plant: (s) =>
      filter('rbac', {rules: {policies: {a: {permissions: [{header: {name: 'x-token', string_match: {exact: s}}}]}}}}),
  },
  {
    where: 'a matcher’s predicate',
    plant: (s) => ({
      single_predicate: {input: {name: 'h', typed_config: {header_name: 'x-api-key'}}, value_match: {exact: s}},
    }),
  },
  {
    where: 'a matcher’s map',
    plant: (s) => ({
      matcher_tree: {
        input: {typed_config: {header_name: 'x-api-key'}},
        exact_match_map: {map: {[s]: {action: {name: 'a'}}}},
      },
    }),
  },
  {where: 'a rate limit descriptor', plant: (s) => ({descriptors: [{entries: [{key: 'api_key', value: s}]}]})},
  {where: 'an access log tag', plant: (s) => ({custom_tags: [{tag: 'auth_token', literal: {value: s}}]})},
  {
    where: 'a direct response',
    plant: (s) => route({direct_response: {status: 200, body: {inline_string: `{"api_key": "${s}"}`}}}),
  },
  {where: 'a hash of a redirect', plant: (s) => route({redirect: {path_redirect: `/login?token=${s}`}})},
  // Code and its configuration.
  {
    where: 'Lua, a local',
    plant: (s) => filter('lua', {inline_code: `local api_key = "${s}"\nfunction envoy_on_request(h) end`}),
  },
  {
    where: 'Lua, a header',
    plant: (s) => filter('lua', {default_source_code: {inline_string: `h:headers():add("authorization", "${s}")`}}),
  },
  {
    where: 'Lua, a comparison',
    plant: (s) =>
      filter('lua', {source_codes: {a: {inline_string: `if h:headers():get("x-api-key") ~= '${s}' then return end`}}}),
  },
  {where: 'Lua, long brackets', plant: (s) => filter('lua', {inline_code: `local token = [==[${s}]==]`})},
  {
    where: 'Lua as bytes',
    plant: (s) => route({typed_per_filter_config: {lua: {source_code: {inline_bytes: base64(`password = "${s}"`)}}}}),
  },
  {
    where: 'Wasm configuration, JSON text',
    plant: (s) =>
      wasm({configuration: {'@type': type('google.protobuf.StringValue'), value: JSON.stringify({deep: {apiKey: s}})}}),
  },
  {
    where: 'Wasm configuration, a Struct',
    plant: (s) =>
      wasm({configuration: {'@type': type('google.protobuf.Struct'), value: {credentials: {user: 'a', value: s}}}}),
  },
  {
    where: 'Wasm configuration, bytes',
    plant: (s) =>
      wasm({configuration: {'@type': type('google.protobuf.BytesValue'), value: base64(`client_secret: ${s}`)}}),
  },
  {where: 'Wasm variables', plant: (s) => wasm({vm_config: {environment_variables: {key_values: {VAULT_TOKEN: s}}}})},
  {
    where: 'a Go plugin’s configuration',
    plant: (s) => filter('golang', {plugin_config: {'@type': type('xds.type.v3.TypedStruct'), value: {password: s}}}),
  },
  {
    where: 'a dynamic module’s configuration',
    plant: (s) =>
      filter('dynamic_modules', {filter_config: {'@type': type('google.protobuf.StringValue'), value: `token=${s}`}}),
  },
  // What Envoy and Istio say of themselves.
  {where: 'filter metadata', plant: (s) => route({metadata: {filter_metadata: {mine: {secretKey: s}}}})},
  {
    where: 'node metadata',
    plant: (s) => ({bootstrap: {node: {metadata: {PROXY_CONFIG: {proxyMetadata: {MY_API_TOKEN: s}}}}}}),
  },
  {
    where: 'node metadata, as JSON text',
    plant: (s) => ({node: {metadata: {ANNOTATIONS: {last: JSON.stringify({env: {DB_PASSWORD: s}})}}}}),
  },
  {where: 'a numeric password’s neighbour', plant: (s) => ({metadata: {filter_metadata: {a: {password: [s, s]}}}})},
  {
    where: 'the command line’s configuration',
    plant: (s) => ({
      command_line_options: {
        config_yaml: `static_resources: {secrets: [{generic_secret: {secret: {inline_string: ${s}}}}]}`,
      },
    }),
  },
]

/** Texts beside a dump. */
export const plantedTexts: {where: string; plant(secret: string): string}[] = [
  {where: 'a variable', plant: (s) => `PATH=/bin\nISTIO_META_API_KEY=${s}\n`},
  {where: 'an exported variable', plant: (s) => `export DB_PASSWORD="${s}"\n`},
  {where: 'YAML', plant: (s) => `users:\n  - name: a\n    password: ${s}\n`},
  {where: 'a private key', plant: (s) => `hello\n${pem(s)}bye\n`},
  {where: 'an encrypted key cut off', plant: (s) => `-----BEGIN RSA PRIVATE KEY-----\n${s}\n`},
  {where: 'a bearer token', plant: (s) => `curl -H 'Authorization: Bearer ${s}' http://a/\n`},
  {where: 'a cookie', plant: (s) => `> Cookie: a=b; sid=${s}\n`},
  {where: 'a URL with a password', plant: (s) => `connecting to postgres://ann:${s}@db:5432/app\n`},
  {
    where: 'a JSON Web Token',
    plant: (s) => `saw eyJhbGciOiJIUzI1NiJ9.eyJ${Buffer.from(s).toString('base64url')}.${s}\n`,
  },
]
