import {describe, expect, it} from 'vitest'
import {matchRequest} from '../../../src/xds/match/match.js'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {parseMatchRequest} from '../../../src/xds/parse/match-request.js'
import {extension, socketAddress} from '../listener/fixture.js'

const manager = (name: string): JsonObject =>
  extension('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    scoped_routes: {
      name,
      scope_key_builder: {fragments: [{header_value_extractor: {name: 'x-scope', element_separator: ',', index: 0}}]},
      scoped_rds: {scoped_rds_config_source: {ads: {}}},
    },
    http_filters: [extension('envoy.extensions.filters.http.router.v3.Router')],
  })

const scope = (name: string, routes: string): JsonObject => ({
  name,
  key: {fragments: [{string_key: 'a'}]},
  route_configuration_name: routes,
})

const table = (name: string): JsonObject => ({
  name,
  virtual_hosts: [{name, domains: ['*'], routes: [{name, match: {prefix: '/'}, direct_response: {status: 200}}]}],
})

/** Two connection managers whose scopes come by SRDS under names of their own, as Envoy dumps them. */
const document = {
  configs: [
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
      static_listeners: ['one', 'two'].map((name, index) => ({
        listener: {
          name,
          address: socketAddress('0.0.0.0', 80 + index),
          filter_chains: [{filters: [manager(name)]}],
        },
      })),
    },
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ScopedRoutesConfigDump',
      dynamic_scoped_route_configs: [
        {name: 'one', scoped_route_configs: [scope('scope one', 'first')]},
        {name: 'two', scoped_route_configs: [scope('scope two', 'second')]},
      ],
    },
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump',
      dynamic_route_configs: ['first', 'second'].map((name) => ({route_config: table(name)})),
    },
  ],
}

describe('scopes that SRDS brings', () => {
  it.each([
    [80, 'first'],
    [81, 'second'],
  ])('are those of the connection manager that names them, at port %i', (port, routes) => {
    const envoy = {dump: parseConfigDump(document, 'test'), state: {}}
    const http = {authority: 'a.com', path: '/', headers: [['x-scope', 'a']]}
    const branches = matchRequest(envoy, parseMatchRequest({dst: `192.0.2.1:${port}`, http}, 'test'))
    expect(branches.map(({routeConfig}) => routeConfig)).toEqual([routes])
  })
})
