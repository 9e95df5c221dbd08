import {expect, it} from 'vitest'
import {any, rowsOf, rowsOfSection} from './rows.js'

const rejected = (failed_configuration: object, details: string) => ({error_state: {failed_configuration, details}})

it('shows a rejected route configuration with what Envoy had against it', () => {
  const route_config = {name: '80', virtual_hosts: [{name: 'v', domains: ['*'], routes: []}]}
  const dynamic_route_configs = [{route_config, ...rejected({name: '80'}, 'Only unique names are permitted')}]
  expect(rowsOfSection('route', 'RoutesConfigDump', {dynamic_route_configs})).toEqual([
    '80 v * - - 404: no routes',
    '80 - - - - REJECTED: Only unique names are permitted',
  ])
})

it('shows rejected endpoints beside those that Envoy has, unless another cluster is asked for', () => {
  const address = {socket_address: {address: '10.0.0.1', port_value: 80}}
  const endpoint_config = {cluster_name: 'a', endpoints: [{lb_endpoints: [{endpoint: {address}}]}]}
  const lists = {
    dynamic_endpoint_configs: [{endpoint_config, ...rejected({cluster_name: 'a'}, 'malformed IP address')}],
  }
  expect(rowsOfSection('eds', 'EndpointsConfigDump', lists)).toEqual([
    '10.0.0.1:80 UNKNOWN 1 0 - - - - a',
    '- REJECTED: malformed IP address 1 0 - - - - a',
  ])
  const other = {...lists, static_endpoint_configs: [{endpoint_config: {...endpoint_config, cluster_name: 'b'}}]}
  expect(rowsOfSection('eds', 'EndpointsConfigDump', other, '--cluster', 'b')).toEqual([
    '10.0.0.1:80 UNKNOWN 1 0 - - - - b',
  ])
})

it('shows secrets in all states', () => {
  const secret = {'@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret', name: 'x'}
  const lists = {
    static_secrets: [{name: 'fixed', secret}],
    dynamic_warming_secrets: [{name: 'waits', secret}],
    dynamic_active_secrets: [{name: 'x', secret, ...rejected({name: 'x'}, 'Failed to load private key')}],
  }
  expect(rowsOfSection('secret', 'SecretsConfigDump', lists)).toEqual([
    'fixed - STATIC - - - - - - -',
    'waits - WARMING - - - - - - -',
    'x - ACTIVE - - - - - - -',
    'x - REJECTED: Failed to load private key - - - - - - -',
  ])
})

it('shows whom the certificates of the sample name', () => {
  const [own] = rowsOf(['secret', 'productpage.default', '--from', 'sample'])
  expect(own).toMatch(/^default Cert Chain ACTIVE .* spiffe:\/\/cluster\.local\/ns\/default\/sa\/bookinfo-productpage /)
})

it('shows a fault that is set for a whole virtual host, unless a route switches it off', () => {
  const fault = any('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    abort: {http_status: 503, percentage: {numerator: 50}},
  })
  const off = any('envoy.config.route.v3.FilterConfig', {disabled: true})
  const route = {match: {prefix: '/'}, route: {cluster: 'k'}}
  const virtualHost = {
    name: 'v',
    domains: ['*'],
    routes: [route, {...route, typed_per_filter_config: {'envoy.filters.http.fault': off}}],
    typed_per_filter_config: {'envoy.filters.http.fault': fault},
  }
  const static_route_configs = [{route_config: {name: 'r', virtual_hosts: [virtualHost]}}]
  expect(rowsOfSection('route', 'RoutesConfigDump', {static_route_configs})).toEqual([
    'r v * - /* k; fault: 50% aborted with 503',
    'r v * - /* k',
  ])
})
