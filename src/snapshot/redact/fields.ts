import type {SecretKind} from './redaction.js'

/**
 * Envoy's fields whose whole content is secret, by proto name: those that its API marks with `udpa.annotations.sensitive`
 * (which `/config_dump` replaces for secrets alone, not where they stand in listeners and clusters), and others that hold credentials. A field that is a message (DataSource and the like) keeps
 * its file names, variable names and references to SDS: they tell where the secret is, not what it is.
 */
export const secretFields: ReadonlyMap<string, SecretKind> = new Map<string, SecretKind>([
  ['private_key', 'private-key'],
  ['pkcs12', 'private-key'],
  ['password', 'password'],
  ['session_ticket_keys', 'session-ticket-key'],
  ['generic_secret', 'generic-secret'],
  ['auth_password', 'password'],
  ['auth_username', 'credential'],
  ['downstream_auth_username', 'credential'],
  ['downstream_auth_password', 'password'],
  ['downstream_auth_passwords', 'password'],
  ['access_token', 'token'],
  ['authorization_token', 'token'],
  ['google_refresh_token', 'token'],
  ['json_key', 'private-key'],
  ['backend_token', 'token'],
  ['web_identity_token_data_source', 'token'],
  ['credentials_data_source', 'credential'],
  ['secret_data', 'generic-secret'],
  ['access_key_id', 'credential'],
  ['secret_access_key', 'credential'],
  ['session_token', 'token'],
  ['client_secret', 'credential'],
  ['token_secret', 'credential'],
  ['hmac_secret', 'credential'],
  ['encryption_key', 'credential'],
  // Users and passwords of the basic auth filter, in htpasswd form.
  ['users', 'basic-auth'],
  // Envoy's own configuration, once more as one text.
  ['config_yaml', 'configuration'],
])

/** Fields below which every text is secret, whatever its message. */
export const wholeFields: ReadonlyMap<string, SecretKind> = new Map<string, SecretKind>([
  // What ext_authz sends along for a route.
  ['context_extensions', 'credential'],
])

/** Members of a message under a secret field that hold the value itself. */
export const valueFields: ReadonlySet<string> = new Set(['inline_string', 'inline_bytes'])

/** Members that hold base64. */
export const byteFields: ReadonlySet<string> = new Set(['inline_bytes', 'raw_value'])

/**
 * Members whose content is of no type that Envoy knows: Structs and plugins' own configuration. There names count at any
 * depth; in what no answer is computed from (`plugin`), a value's look counts too.
 */
export const freeFields: ReadonlyMap<string, 'metadata' | 'plugin'> = new Map([
  ['filter_metadata', 'metadata'],
  ['metadata', 'metadata'],
  ['filter_context', 'metadata'],
  ['annotations', 'metadata'],
  ['environment_variables', 'plugin'],
  ['configuration', 'plugin'],
  ['plugin_config', 'plugin'],
  ['filter_config', 'plugin'],
])

/** Members that hold Lua. */
export const luaFields: ReadonlySet<string> = new Set([
  'inline_code',
  'source_code',
  'source_codes',
  'default_source_code',
])

/** Members whose texts name what carries a secret, and are none. */
export const namingFields: ReadonlySet<string> = new Set([
  '@type',
  'cookie_names',
  'from_cookies',
  'from_params',
  'key_sources',
])

/** Members of a JSON Web Key that are private (RFC 7518 section 6). */
export const privateJwkMembers: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'])
