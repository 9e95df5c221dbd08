import {describe, expect, test} from 'vitest'
import {captureFiles} from '../../../src/sources/capture/capture-files.js'
import {clusterCapture, type PodWays} from '../../../src/sources/capture/cluster-capture.js'
import type {Cluster} from '../../../src/sources/kubernetes/cluster.js'
import type {FoundPod} from '../../../src/sources/kubernetes/find-pods.js'
import type {JsonObject} from '../../../src/sources/kubernetes/json.js'
import {fakeCluster} from './fake-cluster.js'

const podObject = (namespace: string, name: string, ...containers: string[]): JsonObject => ({
  metadata: {namespace, name, labels: {app: name}},
  spec: {nodeName: 'node1', containers: containers.map((each) => ({name: each}))},
  status: {podIP: '10.0.0.1', phase: 'Running'},
})

const cart = podObject('shop', 'cart', 'app', 'istio-proxy')
const plain = podObject('shop', 'plain', 'app')
const till = podObject('bank', 'till', 'app', 'istio-proxy')

const found = (object: JsonObject): FoundPod => {
  const {namespace, name} = Object(object['metadata'])
  return {namespace, name, object}
}

const virtualService = {
  apiVersion: 'networking.istio.io/v1',
  metadata: {namespace: 'shop', name: 'cart', managedFields: [{manager: 'kubectl'}]},
  spec: {http: [{match: [{headers: {'x-api-key': {exact: 'cnryInAnObject'}}}]}]},
}
const policy = {
  metadata: {namespace: 'shop', name: 'keyed'},
  spec: {rules: [{when: [{key: 'request.headers[x-api-key]', values: ['cnryInAPolicy'], notValues: ['cnryNeither']}]}]},
}
const escape = {metadata: {namespace: '..', name: 'snapshot'}, spec: {}}

const ways: PodWays = {
  admin: ({name}) => ({
    where: name,
    hint: '',
    ask: async () => ({
      status: 200,
      contentType: 'application/json',
      body: (async function* () {
        yield Buffer.from(`{"of": "${name}"}`)
      })(),
    }),
  }),
  rules: async ({name}) => ({files: {'iptables-save.txt': `# ${name}\n*nat\nCOMMIT\n`}, way: 'read', warnings: []}),
  nodeRules: null,
}

async function captured(cluster: Cluster, pods: readonly FoundPod[], more: Partial<PodWays> = {}) {
  const warnings: string[] = []
  const capture = await clusterCapture(cluster, pods, {...ways, ...more}, (text) => warnings.push(text))
  const files = new Map<string, string>()
  const options = {redact: true, concurrency: 4, capturedAt: '2026-01-01T00:00:00Z'}
  for await (const {path, content} of captureFiles(capture, options)) files.set(path, String(content))
  return {files, warnings, document: JSON.parse(files.get('snapshot.json') ?? '')}
}

const lists = {
  pods: [cart, plain, till],
  services: [],
  endpointslices: [],
  nodes: [],
  virtualservices: [virtualService],
  authorizationpolicies: [policy],
}

describe('a capture of a cluster', () => {
  test('tells of the whole mesh, and asks the pods that were named alone', async () => {
    const {files, document} = await captured(fakeCluster({lists}), [found(cart), found(plain)])
    expect(document.pods.map(({name}: {name: string}) => name)).toEqual(['till', 'cart', 'plain'])
    const folders = new Set([...files.keys()].map((path) => path.split('/').slice(0, 3).join('/')))
    expect([...folders].sort()).toEqual([
      'objects/AuthorizationPolicy/shop',
      'objects/VirtualService/shop',
      'pods/shop/cart',
      'pods/shop/plain',
      'snapshot.json',
    ])
    expect(files.has('pods/shop/plain/config_dump.json')).toBe(false)
    expect(files.get('pods/shop/cart/config_dump.json')).toContain('cart')
  })

  test('holds the objects of the mesh under their names, without secrets and without who changed them', async () => {
    const {files, warnings} = await captured(fakeCluster({lists}), [found(cart)])
    const object = files.get('objects/VirtualService/shop/cart.json') ?? ''
    expect(JSON.parse(object)).toMatchObject({kind: 'VirtualService', metadata: {name: 'cart'}})
    expect(object).not.toContain('managedFields')
    expect([...files.values()].join()).not.toContain('cnry')
    expect(warnings.join()).toContain('may not list destinationrules')
  })

  test('keeps no object whose name would lead elsewhere', async () => {
    const {files} = await captured(
      fakeCluster({lists: {...lists, virtualservices: [escape], authorizationpolicies: []}}),
      [found(cart)],
    )
    expect([...files.keys()].filter((path) => path.startsWith('objects/'))).toEqual([])
  })

  test('reads the nodes of its pods where something may be started there', async () => {
    const nodeRules = async () => ({files: {'iptables-save.txt': '*nat\nCOMMIT\n'}, way: 'by a pod', warnings: []})
    const nodes = [{metadata: {name: 'node1'}}]
    const {files, document} = await captured(fakeCluster({lists: {...lists, nodes}}), [found(cart)], {nodeRules})
    expect(files.get('nodes/node1/iptables-save.txt')).toContain('*nat')
    expect(document.nodes).toEqual([{name: 'node1', rulesFrom: 'by a pod'}])
  })

  test('goes on with less where this user may not see more', async () => {
    const {document, warnings} = await captured(fakeCluster({lists: {}}), [found(cart)])
    expect(document.pods.map(({name}: {name: string}) => name)).toEqual(['cart'])
    expect(warnings[0]).toContain('may not list pods')
  })
})
