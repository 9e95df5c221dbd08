import {matchHttp} from '../../../src/xds/match/http.js'
import type {HttpVerdict} from '../../../src/xds/match/http-verdict.js'
import type {HttpRequest, Suppositions} from '../../../src/xds/match/request.js'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'

const http = 'type.googleapis.com/envoy.extensions.filters.http'

/** A filter entry of a connection manager. */
export const filter = (name: string, type: string, fields: JsonObject = {}): JsonObject => ({
  name,
  typed_config: {'@type': `${http}.${type}`, ...fields},
})

export const router = filter('router', 'router.v3.Router')

/** A connection manager with one virtual host for everything. */
export const manager = (routes: JsonObject[], more: JsonObject = {}): JsonObject => ({
  route_config: {name: 'table', virtual_hosts: [{name: 'all', domains: ['*'], routes}]},
  http_filters: [router],
  ...more,
})

const bootstrap = {
  '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
  bootstrap: {node: {user_agent_build_version: {version: {major_number: 1, minor_number: 40}}}},
}

/** A plaintext HTTP/1.1 request put to a connection manager. */
export function ask(
  raw: JsonObject,
  request: Partial<HttpRequest> = {},
  suppositions: Suppositions = {},
  explain = true,
): HttpVerdict[] {
  const envoy = {dump: parseConfigDump({configs: [bootstrap]}, 'test'), state: {}}
  const address = {ip: '192.0.2.1', port: 40000}
  return matchHttp(
    envoy,
    {raw, at: '$.manager'},
    {
      peer: address,
      remote: address,
      local: {ip: '203.0.113.1', port: 80},
      originalDestination: null,
      tls: null,
      terminatesTls: false,
      inspected: {serverName: '', transportProtocol: 'raw_buffer', applicationProtocols: []},
      protocol: 'http1',
    },
    {method: 'GET', authority: 'a.com', path: '/', headers: [], ...request},
    suppositions,
    explain,
  )
}

/** The answer of a request that can go one way only. */
export function only(verdicts: HttpVerdict[]): HttpVerdict {
  const [verdict] = verdicts
  if (!verdict || verdicts.length > 1) throw new Error(`${verdicts.length} ways`)
  return verdict
}
