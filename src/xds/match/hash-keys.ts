import type {SocketAddress} from '../../address/socket-address.js'
import {boolean, duration, type JsonObject, object, objects, string} from '../parse/field.js'
import {cookieValue} from './cookie-matcher.js'
import {queryValues} from './query-matcher.js'
import {regexRewritten} from './rewrite.js'
import {headerValues, type RoutedRequest} from './routed-request.js'

/**
 * The texts that a route's hash policies hash, in order; null where only the running system knows one, and null for the
 * whole without policies. A policy that finds nothing gives nothing; a terminal one ends the list as soon as there is a key.
 */
export function hashKeys(
  action: JsonObject,
  request: RoutedRequest,
  remote: SocketAddress | null,
): (string | null)[] | null {
  const policies = objects(action, 'hash_policy')
  if (policies.length === 0) return null
  const keys: (string | null)[] = []
  for (const policy of policies) {
    const key = keyOf(policy, request, remote)
    if (key !== undefined) keys.push(key)
    if (boolean(policy, 'terminal') && keys.length > 0) break
  }
  return keys
}

/** Undefined where the policy finds nothing to hash. */
function keyOf(policy: JsonObject, request: RoutedRequest, remote: SocketAddress | null): string | null | undefined {
  const header = object(policy, 'header')
  if (header) return headerKey(header, request)
  const cookie = object(policy, 'cookie')
  // With a time to live Envoy makes up a cookie that is not there.
  if (cookie)
    return (
      cookieValue(request, string(cookie, 'name') ?? '') ?? (duration(cookie, 'ttl') === undefined ? undefined : null)
    )
  const properties = object(policy, 'connection_properties')
  if (properties) return boolean(properties, 'source_ip') ? (remote?.ip ?? null) : undefined
  const query = object(policy, 'query_parameter')
  return query ? queryValues(request.path, string(query, 'name') ?? '')[0] : null
}

/** Several values are hashed together, which only their order of arrival tells. */
function headerKey(header: JsonObject, request: RoutedRequest): string | null | undefined {
  const values = headerValues(request, (string(header, 'header_name') ?? '').toLowerCase())
  const [value] = values
  if (value === undefined) return undefined
  if (values.length > 1) return null
  const rewrite = object(header, 'regex_rewrite')
  return rewrite ? regexRewritten(rewrite, value) : value
}
