import {describe, expect, it} from 'vitest'
import {buildMesh} from '../../src/trace/mesh.js'
import type {ProxyHop, Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import type {JsonObject} from '../../src/xds/parse/field.js'
import {addresses, gateway, waypoint} from '../xds/inside/ambient.js'
import {get} from './mesh-of-sample.js'

const secret = (uri: string): JsonObject => ({
  name: 'default',
  secret: {name: 'default', tls_certificate: {certificate_chain: {inline_string: uri}}},
})

const dump = ({listeners, clusters}: typeof waypoint | typeof gateway): string =>
  JSON.stringify({
    configs: [
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        static_listeners: listeners.map((listener) => ({listener})),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        static_clusters: clusters.map((cluster) => ({cluster})),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump',
        static_secrets: [secret('(no certificate)')],
      },
    ],
  })

const files: Record<string, string> = {
  'pods/default/gateway/config_dump.json': dump(gateway),
  'pods/default/waypoint/config_dump.json': dump(waypoint),
}
const names = {gateway: 'gateway', waypoint: 'waypoint', app: 'app'} as const
const pod = (name: keyof typeof names, role: string) => ({namespace: 'default', name, ip: addresses[name], role})
const port = {port: 15008, targetPort: 15008}

const mesh = buildMesh({
  origin: 'test',
  document: {
    apiVersion: 'sidetrace/v1',
    kind: 'Snapshot',
    pods: [
      {namespace: 'default', name: 'client', ip: '10.20.0.9', role: 'none'},
      pod('gateway', 'router'),
      pod('waypoint', 'router'),
      pod('app', 'none'),
    ],
    services: [
      {
        namespace: 'default',
        name: 'app',
        clusterIP: addresses.service,
        ports: [port],
        endpoints: [{ip: addresses.waypoint, pod: 'default/waypoint', ports: [15008]}],
      },
    ],
    nodes: [],
  },
  files: () => Object.keys(files),
  text: (path) => files[path] ?? null,
  bytes: () => null,
})

const proxies = ({branches: [branch]}: Trace): ProxyHop[] =>
  (branch?.hops ?? []).filter((hop): hop is ProxyHop => hop.place === 'proxy')

describe('a request through a gateway and a waypoint', () => {
  const trace = walk(mesh, get('default/client', `http://${addresses.gateway}/a`))

  it('passes every listener inside both Envoys as a hop of its own', () => {
    expect(proxies(trace).map(({pod, listener, endpoint}) => [pod, listener, endpoint])).toEqual([
      ['default/gateway', 'gateway', 'envoy://connect_originate/10.96.7.7:80'],
      ['default/gateway', 'connect_originate', '10.96.7.7:15008'],
      ['default/waypoint', 'connect_terminate', 'envoy://main_internal/'],
      ['default/waypoint', 'main_internal', null],
    ])
  })
  it('enters an internal listener by its internal address, and comes from inside', () => {
    expect(proxies(trace)[1]?.entered).toEqual({
      src: 'envoy://internal_client_address/',
      sport: null,
      dst: 'envoy://connect_originate/10.96.7.7:80',
      dport: 0,
    })
  })
  it('ends where the waypoint denies a peer without the identity that its policy asks for', () => {
    expect(trace.branches).toHaveLength(1)
    expect(trace.branches[0]?.outcome).toMatchObject({kind: 'responded', status: 403, by: {pod: 'default/waypoint'}})
  })
})
