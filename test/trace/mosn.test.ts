import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {PodFacts, Snapshot} from '../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {editMesh, parseEdit} from '../../src/trace/edit.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {RpcCall, TraceRequest} from '../../src/trace/request.js'
import type {Hop, TraceBranch} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {whyNot} from '../../src/trace/why-not.js'
import {fixtures, readLog} from '../mosn/recorded-calls.js'

const fixture = (file: string): string => readFileSync(join(fixtures, file), 'utf8')

/** A snapshot of pods, each with files by their names in its folder. */
function meshOf(pods: Record<string, {facts?: Partial<PodFacts>; files: Record<string, string>}>): Mesh {
  const files = new Map(
    Object.entries(pods).flatMap(([name, pod]) =>
      Object.entries(pod.files).map(([file, text]): [string, string] => [`pods/default/${name}/${file}`, text]),
    ),
  )
  const text = (path: string) => files.get(path) ?? null
  const snapshot: Snapshot = {
    origin: 'test',
    document: {
      apiVersion: 'sidetrace/v1',
      kind: 'Snapshot',
      pods: Object.entries(pods).map(([name, {facts}]) => ({namespace: 'default', name, ...facts})),
      services: [],
      nodes: [],
    },
    files: () => [...files.keys()],
    text,
    bytes: (path) => (files.has(path) ? Buffer.from(text(path) ?? '') : null),
  }
  return buildMesh(snapshot)
}

const plain: TraceRequest = {
  client: {pod: 'default/caller', uid: 1000, gid: 1000},
  url: null,
  method: null,
  headers: [],
  httpVersion: null,
  connectTo: null,
  proxyRequest: false,
  tls: null,
  tcp: null,
}

const call = (service: string, more: Partial<RpcCall> = {}): TraceRequest => ({
  ...plain,
  rpc: {protocol: 'dubbo', dst: '127.0.0.1:20882', service, method: 'sayHello', headers: [], ...more},
})

const get = (url: string, more: Partial<TraceRequest> = {}): TraceRequest => ({
  ...plain,
  url,
  method: 'GET',
  httpVersion: '1.1',
  ...more,
})

const only = (mesh: Mesh, request: TraceRequest): TraceBranch => {
  const [branch, ...more] = walk(mesh, request).branches
  if (branch === undefined || more.length > 0) throw new Error(`${more.length + 1} branches`)
  return branch
}

const proxies = ({hops}: TraceBranch) => hops.filter((hop) => hop.place === 'proxy')
const way = (hops: readonly Hop[]): string[] =>
  hops.map((hop) =>
    hop.place === 'netns' ? `${hop.pod} ${hop.crossing}` : hop.place === 'node' ? hop.node : `${hop.pod} ${hop.place}`,
  )

const demo = 'com.alibaba.boot.demo.DemoService'

describe('a call that a registry has taken over', async () => {
  const mesh = buildMesh(await openSnapshot('sample-mosn'))

  it('goes through both MOSNs to the provider’s app', () => {
    const branch = only(mesh, call(demo))
    expect(way(branch.hops)).toEqual([
      'default/caller app',
      'default/caller app-to-proxy',
      'default/caller proxy',
      'default/caller proxy-to-wire',
      'default/provider wire-to-proxy',
      'default/provider proxy',
      'default/provider proxy-to-app',
      'default/provider app',
    ])
    expect(branch.outcome).toMatchObject({kind: 'delivered', by: {pod: 'default/provider', address: '127.0.0.1:20880'}})
  })

  it.each<[string, TraceRequest, string, string]>([
    ['Dubbo', call(demo), 'caller-20882', 'provider-20881'],
    ['HTTP/1', get('http://127.0.0.1:20892/hello'), 'caller-20892', 'provider-20891'],
    ['bolt', call('testSofa', {protocol: 'bolt', dst: '127.0.0.1:20902'}), 'caller-20902', 'provider-20901'],
  ])('of %s has the clusters and hosts of both access logs', (_, request, ...logs) => {
    const hops = proxies(only(mesh, request)).map(({cluster, endpoint}) => ({cluster, upstream: endpoint}))
    const recorded = logs.map((log) => {
      const [first] = readLog(log)
      return {cluster: first?.cluster, upstream: first?.upstream}
    })
    expect(hops).toEqual(recorded)
  })

  it('says what the dumps prove of the registry, and apart from it what they do not', () => {
    const branch = only(mesh, call(demo))
    const steps = proxies(branch).map(({steps}) => steps.find(({level}) => level === 'registry'))
    expect(steps.map((step) => [step?.decided, step?.because.map(({holds}) => holds)])).toEqual([
      ['127.0.0.1:20882', ['yes', 'unknown']],
      ['1.2.3.4:20881', ['yes', 'unknown']],
    ])
    expect(branch.assumptions.filter(({about}) => about.includes('registry'))).toHaveLength(2)
  })

  it.each([
    ['endpoint-down 1.2.3.4:20881 in caller', {kind: 'responded', status: 502}],
    ['endpoint-down 127.0.0.1:20880', {kind: 'responded', status: 502}],
    ['endpoint-down 127.0.0.1:1', {kind: 'delivered'}],
  ])('tries a host that is down: %s', (edit, outcome) => {
    const [branch] = walk(editMesh(mesh, [parseEdit(edit)]), call(demo)).branches
    expect(branch?.outcome).toMatchObject(outcome)
  })

  it('refuses edits that a MOSN has no place for', () => {
    expect(() => editMesh(mesh, [parseEdit('mtls STRICT in provider')])).toThrow('is no edit of a MOSN')
  })

  it('is told what would make another service known', () => {
    const {share, changes} = whyNot(mesh, call('com.example.Unknown'), 'provider')
    expect([share, changes[0]?.edits]).toEqual([0, [{kind: 'header', name: 'service', value: demo}]])
  })

  it('is proved to be registered where MOSN’s own Dubbo registry says which port it registers', () => {
    const dump: unknown = JSON.parse(fixture('takeover-provider/config_dump.json'))
    const registering = (port: number) =>
      JSON.stringify({...Object(dump), extends: [{type: 'dubbo_registry', config: {enable: true, server_port: port}}]})
    const stepsFor = (port: number) => {
      const pods = {
        caller: {facts: {ip: '1.2.3.3'}, files: {'mosn/config_dump.json': fixture('takeover-caller/config_dump.json')}},
        provider: {facts: {ip: '1.2.3.4'}, files: {'mosn/config_dump.json': registering(port)}},
      }
      const [, provider] = proxies(only(meshOf(pods), call(demo)))
      return provider?.steps.find(({level}) => level === 'registry')?.because.map(({holds}) => holds)
    }
    expect(stepsFor(20881)).toEqual(['yes', 'yes', 'yes'])
    expect(stepsFor(20899)).toEqual(['yes', 'no', 'unknown'])
  })

  it('to a service that no route has is answered by the caller’s MOSN', () => {
    expect(only(mesh, call('com.unknown.Svc')).outcome).toMatchObject({
      kind: 'responded',
      status: 404,
      by: {proxy: 'mosn', pod: 'default/caller'},
    })
  })

  it('to a host of which nothing is known is supposed to arrive, and says so', () => {
    const {outcome, assumptions} = only(mesh, call('com.alibaba.boot.demo.OtherService'))
    expect(outcome).toMatchObject({kind: 'delivered', by: {address: '1.2.3.5:20881'}})
    expect(assumptions.map(({about}) => about)).toContain('the host 1.2.3.5, which the snapshot does not know')
  })

  it('finds the app gone: MOSN answers 502', () => {
    const sockets = (text: string) =>
      text
        .split('\n')
        .filter((line) => !line.includes('20880'))
        .join('\n')
    const files = (name: string) => ({'mosn/config_dump.json': fixture(`takeover-${name}/config_dump.json`)})
    const ss = readFileSync('samples/mosn/pods/default/provider/ss-lntup.txt', 'utf8')
    const broken = meshOf({
      caller: {facts: {ip: '1.2.3.3'}, files: files('caller')},
      provider: {facts: {ip: '1.2.3.4'}, files: {...files('provider'), 'ss-lntup.txt': sockets(ss)}},
    })
    const {outcome, cause} = only(broken, call(demo))
    expect([outcome.kind, outcome.status, outcome.by?.pod, cause?.kind]).toEqual([
      'responded',
      502,
      'default/provider',
      'refused',
    ])
  })

  it('is found in a folder of dumps as well', async () => {
    const folder = buildMesh(await openSnapshot('test/fixtures/mosn'))
    const request = {...call(demo), client: {pod: 'default/takeover-caller', uid: 1000, gid: 1000}}
    expect(only(folder, request).outcome).toMatchObject({kind: 'delivered', by: {pod: 'default/takeover-provider'}})
  })
})

describe('a connection that iptables redirects to a MOSN', () => {
  const addresses = [
    {ifindex: 1, ifname: 'lo', addr_info: [{family: 'inet', local: '127.0.0.1', prefixlen: 8}]},
    {
      ifindex: 2,
      ifname: 'eth0',
      addr_info: ['10.60.0.1', '10.60.0.77'].map((local) => ({family: 'inet', local, prefixlen: 24})),
    },
  ]
  const sockets = [
    'Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process',
    'tcp LISTEN 0 5 10.60.0.77:7777 0.0.0.0:* users:(("python3",pid=2,fd=4))',
    'tcp LISTEN 0 5 127.0.0.1:18080 0.0.0.0:* users:(("python3",pid=2,fd=3))',
    'tcp LISTEN 0 4096 *:15001 *:* users:(("mosn",pid=1,fd=7))',
  ]
  const routes = [
    {type: 'local', dst: '127.0.0.0/8', dev: 'lo', table: 'local', prefsrc: '127.0.0.1'},
    {type: 'local', dst: '10.60.0.1', dev: 'eth0', table: 'local', prefsrc: '10.60.0.1'},
    {type: 'local', dst: '10.60.0.77', dev: 'eth0', table: 'local', prefsrc: '10.60.0.77'},
    {dst: '10.60.0.0/24', dev: 'eth0', prefsrc: '10.60.0.1'},
  ]
  const mesh = meshOf({
    caller: {
      facts: {ip: '10.60.0.1'},
      files: {
        'mosn/config_dump.json': fixture('transparent/config_dump.json'),
        'iptables-save.txt': fixture('transparent/iptables-save.txt'),
        'ip-addr.json': JSON.stringify(addresses),
        'ip-route.json': JSON.stringify(routes),
        'ss-lntup.txt': sockets.join('\n'),
      },
    },
  })

  it.each<[string, TraceRequest, string | null, number | null, string | null]>([
    ['the listener of its very address', get('http://10.60.0.10:9080/'), 'outbound_exact', 200, null],
    ['the listener of its port', get('http://10.60.0.11:9080/'), 'outbound_any9080', 200, null],
    [
      'a virtual host',
      get('http://10.60.0.12/', {headers: [['Host', 'a.demo']]}),
      'outbound_80_any',
      null,
      '127.0.0.1:18080',
    ],
    [
      'the default virtual host',
      get('http://10.60.0.12/', {headers: [['Host', 'other']]}),
      'outbound_80_any',
      404,
      null,
    ],
    ['where it wanted to go', get('http://10.60.0.77:7777/p'), 'virtualOutbound', null, '10.60.0.77:7777'],
    ['a port on which nothing listens', get('http://10.60.0.1:7778/'), 'virtualOutbound', 502, null],
  ])('comes to %s, as recorded', (_, request, listener, status, address) => {
    const branch = only(mesh, request)
    expect(proxies(branch)[0]?.listener).toBe(listener)
    expect([branch.outcome.status, branch.outcome.kind === 'delivered' ? branch.outcome.by?.address : null]).toEqual([
      status,
      address,
    ])
    expect(branch.hops.flatMap((hop) => (hop.place === 'netns' ? hop.rules : []))).toContain('nat:OUTPUT:rule:3')
  })

  it('loops where the app connects to the redirecting port itself', () => {
    expect(only(mesh, get('http://127.0.0.1:15001/')).outcome).toMatchObject({kind: 'loop', by: {proxy: 'mosn'}})
  })
})
