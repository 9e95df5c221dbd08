import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {forTerminal} from '../../src/cli/output.js'
import {sidetrace} from '../setup/run-bin.js'

/** A name that colours, retitles the window and turns the direction of writing. */
const hostile = 'red\u001b[31m\u001b]0;owned\u0007\u009b2J\u202ereversed\nnext'
const type = (name: string) => `type.googleapis.com/${name}`
const address = {socket_address: {address: '0.0.0.0', port_value: 8080}}
const manager = {
  '@type': type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
  stat_prefix: hostile,
  http_filters: [
    {name: hostile, typed_config: {'@type': type('acme.filters.http.v1.Novelty'), level: 3}},
    {name: 'router', typed_config: {'@type': type('envoy.extensions.filters.http.router.v3.Router')}},
  ],
  route_config: {
    name: hostile,
    virtual_hosts: [{name: hostile, domains: ['*'], routes: [{match: {prefix: '/'}, route: {cluster: hostile}}]}],
  },
}
const listener = {
  '@type': type('envoy.config.listener.v3.Listener'),
  name: hostile,
  address,
  filter_chains: [
    {name: hostile, filters: [{name: 'envoy.filters.network.http_connection_manager', typed_config: manager}]},
  ],
}
const cluster = {'@type': type('envoy.config.cluster.v3.Cluster'), name: hostile, type: 'STATIC', connect_timeout: '1s'}
const dump = {
  configs: [
    {'@type': type('envoy.admin.v3.BootstrapConfigDump'), bootstrap: {node: {id: hostile}}},
    {'@type': type('envoy.admin.v3.ClustersConfigDump'), static_clusters: [{cluster}]},
    {'@type': type('envoy.admin.v3.ListenersConfigDump'), static_listeners: [{listener}]},
    {
      '@type': type('envoy.admin.v3.RoutesConfigDump'),
      static_route_configs: [
        {route_config: {'@type': type('envoy.config.route.v3.RouteConfiguration'), ...manager.route_config}},
      ],
    },
    {'@type': type('envoy.admin.v3.SecretsConfigDump')},
    {'@type': type('envoy.admin.v3.EcdsConfigDump')},
    {'@type': type('acme.admin.v1.NoveltyConfigDump'), anything: [1]},
  ],
}

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-odd-'))
  file = join(folder, 'dump.json')
  writeFileSync(file, JSON.stringify(dump))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** Whatever a terminal would obey: C0 but the line feed, DEL, C1, and the turns of direction. */
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

const request = ['match', '--dst', '10.0.0.1:8080', 'http://a.example/']

/** Runs the command on the dump; all but warnings must go well. */
function answered(args: readonly string[]): {stdout: string; stderr: string} {
  const {exit, stdout, stderr} = sidetrace([...args, '-f', file])
  expect({exit, stderr: stderr.replace(/^Warning: .*\n/gm, '')}).toEqual({exit: 0, stderr: ''})
  return {stdout, stderr}
}

describe('names with terminal escapes', () => {
  const tables = [
    ['pc', 'listener'],
    ['pc', 'cluster'],
    ['pc', 'route'],
    ['pc', 'all'],
    [...request, '--detail', 'full'],
  ]
  for (const args of tables) {
    it(`are shown without them: ${args.slice(0, 2).join(' ')}`, () => {
      const {stdout, stderr} = answered(args)
      expect(stdout.match(obeyed)).toBeNull()
      expect(stderr.match(obeyed)).toBeNull()
      expect(stdout).toContain('red')
    })
  }

  const documents = [
    ['pc', 'bootstrap'],
    ['pc', 'cluster', '-o', 'json'],
    ['pc', 'cluster', '-o', 'yaml'],
    [...request, '-o', 'json'],
    [...request, '-o', 'yaml'],
  ]
  for (const args of documents) {
    it(`stay the same names in a document, and reach no terminal: ${args.join(' ')}`, () => {
      const {stdout} = answered(args)
      expect(forTerminal(stdout).match(obeyed)).toBeNull()
      if (args.at(-1) === 'json')
        expect(JSON.stringify(JSON.parse(forTerminal(stdout)))).toContain(JSON.stringify(hostile))
    })
  }
})

it('answers through an extension of an unknown type, and says so', () => {
  const {stdout} = answered([...request, '-o', 'json'])
  const [branch] = JSON.parse(stdout).branches
  expect(branch.cluster).toBe(hostile)
  expect(branch.assumptions).toEqual([expect.objectContaining({about: expect.stringContaining(hostile)})])
})
