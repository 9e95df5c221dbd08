import type {Extension} from '../parse/extension.js'
import {at, boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import type {DownstreamConnection} from './connection.js'
import {connectionSubject} from './format-subject.js'
import {applyMutation, type Mutated, requestMutation} from './header-mutation.js'
import type {HttpRequest} from './request.js'
import type {Note} from './result.js'
import {formatValue} from './substitution-format.js'

/** The request that a TCP proxy opens for a connection, whose bytes go through it. */
export interface Tunnel {
  request: HttpRequest
  notes: Note[]
}

/** `tunneling_config`: a CONNECT, or a POST, whose host is a format over the connection; null without one. */
export function tunnelOf({raw, at: here}: Extension, connection: DownstreamConnection): Tunnel | null {
  const config = object(raw, 'tunneling_config')
  if (!config) return null
  const place = at(here, 'tunneling_config')
  const format = string(config, 'hostname') ?? ''
  const host = formatValue(format, connectionSubject(connection))
  const posts = boolean(config, 'use_post') ?? false
  const method = posts ? 'POST' : 'CONNECT'
  const authority = host ?? format
  const path = posts ? string(config, 'post_path') || '/' : authority
  const headers = headersOf(config, connection)
  const unknown = host === null ? [{kind: 'tunnel host', text: 'is known to the running system alone', at: place}] : []
  return {
    request: {method, authority, path, headers},
    notes: [{kind: 'tunnel', text: `as ${method} ${authority}`, at: place}, ...unknown],
  }
}

/** `headers_to_add`; those whose value is not known are left out. */
function headersOf(config: JsonObject, connection: DownstreamConnection): [string, string][] {
  const mutation = requestMutation({request_headers_to_add: objects(config, 'headers_to_add')})
  if (!mutation) return []
  const bare = {protocol: connection.protocol, method: 'CONNECT', scheme: '', authority: '', path: null, headers: []}
  const start: Mutated = {request: bare, unknown: []}
  const {request} = applyMutation(start, mutation, connectionSubject(connection))
  return request.headers.map(([name, value]): [string, string] => [name, value])
}
