import {writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {matchRequest} from '../../src/xds/match/match.js'
import {parseConfigDump} from '../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../src/xds/parse/field.js'
import {parseMatchRequest} from '../../src/xds/parse/match-request.js'
import type {Proxy as Envoy} from '../../src/xds/proxy.js'
import {extension, socketAddress, type} from '../xds/listener/fixture.js'
import {freePorts} from './connections/free-ports.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'

const routeType = 'envoy.config.route.v3'

const table = (name: string): JsonObject => ({
  name,
  virtual_hosts: [
    {
      name,
      domains: ['*'],
      routes: [{name, match: {prefix: '/'}, direct_response: {status: 200, body: {inline_string: name}}}],
    },
  ],
})

const scope = (name: string, key: string, routes: JsonObject): JsonObject => ({
  '@type': type(`${routeType}.ScopedRouteConfiguration`),
  name,
  key: {fragments: [{string_key: key}]},
  ...routes,
})

/** Resources of each kind of discovery, by the file that brings them. */
const files: Record<string, JsonObject[]> = {
  'rds.json': [{'@type': type(`${routeType}.RouteConfiguration`), ...table('by name')}],
  'srds-one.json': [
    scope('one a', 'a', {route_configuration_name: 'by name'}),
    scope('one b', 'b', {route_configuration: table('one, inline')}),
  ],
  'srds-two.json': [scope('two a', 'a', {route_configuration: table('two, inline')})],
}

const source = (path: string): JsonObject => ({path_config_source: {path}, resource_api_version: 'V3'})

const listener = (folder: string, name: string, port: number): JsonObject => ({
  name,
  address: socketAddress('127.0.0.1', port),
  filter_chains: [
    {
      filters: [
        extension('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
          stat_prefix: name,
          scoped_routes: {
            name: `scopes ${name}`,
            scope_key_builder: {
              fragments: [{header_value_extractor: {name: 'x-scope', element_separator: ',', index: 0}}],
            },
            rds_config_source: source(join(folder, 'rds.json')),
            scoped_rds: {scoped_rds_config_source: source(join(folder, `srds-${name}.json`))},
          },
          http_filters: [extension('envoy.extensions.filters.http.router.v3.Router')],
        }),
      ],
    },
  ],
})

function bootstrap(folder: string, ports: readonly number[]): JsonObject {
  for (const [file, resources] of Object.entries(files))
    writeFileSync(join(folder, file), JSON.stringify({version_info: '1', resources}))
  const listeners = ['one', 'two'].map((name, index) => listener(folder, name, ports[index] ?? 0))
  return {
    node: {id: 'live', cluster: 'live'},
    admin: {address: socketAddress('127.0.0.1', 0)},
    static_resources: {listeners},
  }
}

let running: EnvoyProcess
let envoy: Envoy
const ports = await freePorts(2)

beforeAll(async () => {
  running = await startEnvoy((accessLog) => bootstrap(dirname(accessLog), ports))
  envoy = {dump: parseConfigDump(await running.admin('/config_dump'), 'live Envoy'), state: {}}
})
afterAll(() => running?.stop())

describe('scopes that a real Envoy got by SRDS', () => {
  it.each([
    ['one', 0, 'a', 'by name'],
    ['one', 0, 'b', 'one, inline'],
    ['two', 1, 'a', 'two, inline'],
    ['two', 1, 'b', 404],
    ['one', 0, 'c', 404],
  ])('of connection manager %s choose its routes (%i, %s)', async (_, index, key, expected) => {
    const port = ports[index] ?? 0
    const response = await fetch(`http://127.0.0.1:${port}/`, {headers: {'x-scope': key}})
    const seen = response.status === 200 ? await response.text() : response.status
    const http = {authority: `127.0.0.1:${port}`, path: '/', headers: [['x-scope', key]]}
    const [way, ...more] = matchRequest(envoy, parseMatchRequest({dst: `127.0.0.1:${port}`, http}, 'the test'))
    expect([seen, way?.route?.name ?? way?.outcome.status, more.length]).toEqual([expected, expected, 0])
  })
})
