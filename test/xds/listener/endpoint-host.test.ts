import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {ask, envoyWith, extension, socketAddress} from './fixture.js'

const endpoint = (port: number, hostname?: string): JsonObject => ({
  endpoint: {address: socketAddress('192.0.2.1', port), ...(hostname === undefined ? {} : {hostname})},
})

const envoy = (action: JsonObject, endpoints: JsonObject[]) =>
  envoyWith(
    [
      {
        name: 'in',
        address: socketAddress('0.0.0.0', 80),
        filter_chains: [
          {
            filters: [
              extension('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
                route_config: {
                  virtual_hosts: [
                    {name: 'v', domains: ['*'], routes: [{match: {prefix: '/'}, route: {cluster: 'c', ...action}}]},
                  ],
                },
                http_filters: [extension('envoy.extensions.filters.http.router.v3.Router')],
              }),
            ],
          },
        ],
      },
    ],
    [{name: 'c', type: 'STATIC', load_assignment: {endpoints: [{lb_endpoints: endpoints}]}}],
  )

const request: JsonObject = {dst: '192.0.2.9:80', http: {authority: 'a.com', path: '/'}}

describe('a route that takes the host of its endpoint', () => {
  it('has a way for every name, and one for endpoints without', () => {
    const branches = ask(
      envoy({auto_host_rewrite: true}, [endpoint(1, 'one'), endpoint(2, 'two'), endpoint(3), endpoint(4, 'one')]),
      request,
    )
    const told = branches.map(({probability, rewritten, endpoints, upstream}) => ({
      probability,
      authority: rewritten?.authority,
      sent: upstream?.http?.authority,
      endpoints: endpoints.map((share) => [share.address, share.probability]),
    }))
    expect(told).toEqual([
      {
        probability: 0.5,
        authority: 'one',
        sent: 'one',
        endpoints: [
          ['192.0.2.1:1', 0.5],
          ['192.0.2.1:4', 0.5],
        ],
      },
      {probability: 0.25, authority: 'two', sent: 'two', endpoints: [['192.0.2.1:2', 1]]},
      {probability: 0.25, authority: null, sent: 'a.com', endpoints: [['192.0.2.1:3', 1]]},
    ])
  })
  it('keeps the old host in x-forwarded-host where it is told to', () => {
    const [branch] = ask(envoy({auto_host_rewrite: true, append_x_forwarded_host: true}, [endpoint(1, 'one')]), request)
    expect(branch?.upstream?.http?.headers).toContainEqual(['x-forwarded-host', 'a.com'])
  })
  it('says nothing of hostnames where no route asks for them', () => {
    const [branch] = ask(envoy({}, [endpoint(1, 'one'), endpoint(2, 'two')]), request)
    expect(branch?.endpoints.map((share) => 'hostname' in share)).toEqual([false, false])
  })
})
