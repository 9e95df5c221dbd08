import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {askBytes} from '../../../src/sources/admin-point.js'
import {namespaces, pods} from '../../../src/sources/kubernetes/api-resource.js'
import type {Cluster, PodRef} from '../../../src/sources/kubernetes/cluster.js'
import {connectCluster} from '../../../src/sources/kubernetes/connect.js'
import {findClusterPod} from '../../../src/sources/kubernetes/find-pods.js'
import {textAt} from '../../../src/sources/kubernetes/json.js'
import {podAdmin} from '../../../src/sources/kubernetes/pod-admin.js'
import {failureOf} from './failure.js'
import {kubeconfigOf, kubectl} from './lab.js'

describe.skipIf(inject('withoutLab') !== null)('the source of a real cluster', () => {
  let cluster: Cluster
  let shop: PodRef
  beforeAll(async () => {
    cluster = await connectCluster({kubeconfig: kubeconfigOf('admin')})
    shop = await findClusterPod(cluster, 'deploy/shop')
  })
  afterAll(() => cluster.close())

  const program = async (container: string, command: readonly string[], stdin?: string) => {
    const result = await cluster.exec(shop, container, command, stdin === undefined ? {} : {stdin})
    return result.kind === 'done' ? {...result, stdout: Buffer.from(result.stdout).toString()} : result
  }

  it('lists and reads objects', async () => {
    const all = await cluster.list(pods, {namespace: null, labelSelector: 'app in (shop,store)'})
    expect(all.map((pod) => textAt(pod, 'metadata', 'labels', 'app')).sort()).toEqual(['shop', 'store', 'store'])
    expect(textAt(await cluster.get(namespaces, {name: 'default'}), 'status', 'phase')).toBe('Active')
  })

  it('follows a list over its pages', async () => {
    kubectl(['create', 'namespace', 'pages'])
    const names = Array.from({length: 520}, (_, index) => `many-${index}`)
    const config = {group: '', version: 'v1', plural: 'configmaps'}
    const made = (name: string) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}})
    await Promise.all(names.map((name) => cluster.create(config, {namespace: 'pages'}, made(name))))
    const found = await cluster.list(config, {namespace: 'pages', fieldSelector: 'metadata.name!=kube-root-ca.crt'})
    expect(found.map((item) => textAt(item, 'metadata', 'name')).sort()).toEqual(names.sort())
    await cluster.remove(namespaces, {name: 'pages'})
  })

  it('forwards a port 20 times at once, and more than that in turn', async () => {
    const ask = () => askBytes(podAdmin(cluster, shop), '/config_dump?include_eds')
    const alone = (await ask()).length
    const sizes = await Promise.all(Array.from({length: 50}, async () => (await ask()).length))
    expect(new Set(sizes)).toEqual(new Set([alone]))
  })

  it('says that nothing listens on a port', async () => {
    const {exit, failure} = await failureOf(askBytes(podAdmin(cluster, shop, {port: 9999}), '/ready'))
    expect([exit, failure.what]).toEqual([69, 'nothing listens on port 9999 of the pod'])
  })

  it('gives output, errors and the exit code of a program, and hands over its input', async () => {
    expect(await program('app', ['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      kind: 'done',
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    expect(await program('app', ['tr', 'a-z', 'A-Z'], 'abc\n')).toMatchObject({code: 0, stdout: 'ABC\n'})
    const much = 'x'.repeat(3_000_000)
    expect(await program('app', ['cat'], much)).toMatchObject({code: 0, stdout: much})
  })

  it('tells a program that is not there from one that fails', async () => {
    expect(await program('app', ['nope'])).toEqual({kind: 'absent', program: 'nope'})
    expect(await program('app', ['cat', '/nope'])).toMatchObject({kind: 'done', code: 1})
    const {exit, failure} = await failureOf(program('nope', ['ls']))
    expect([exit, failure.what]).toEqual([69, expect.stringContaining('container nope is not valid')])
  })

  it('ends a program that takes too long', async () => {
    const {failure} = await failureOf(cluster.exec(shop, 'app', ['sleep', '60'], {timeoutMs: 300}))
    expect(failure.what).toBe('sleep did not end within 0.3 s')
  })

  it('reads the log of a container', async () => {
    expect(await cluster.logs(shop, 'istio-init')).toContain('Final iptables state')
    expect((await cluster.logs(shop, 'istio-init', {tailLines: 1})).trim().split('\n')).toHaveLength(1)
  })

  it('says which pod is gone when it is deleted in the middle of an answer', async () => {
    kubectl(['run', 'doomed', '--image=localhost/envoy:1', '--command', '--', 'sleep', 'infinity'])
    kubectl(['wait', 'pod/doomed', '--for=condition=Ready', '--timeout=60s'])
    // It accepts connections and never answers them.
    kubectl(['exec', 'doomed', '--', 'sh', '-c', 'busybox nc -lk -p 15000 -e sleep 600 >/dev/null 2>&1 &'])
    const asked = failureOf(
      askBytes(podAdmin(cluster, {namespace: 'default', name: 'doomed'}, {timeoutMs: 30_000}), '/'),
    )
    await new Promise((resolve) => setTimeout(resolve, 1000))
    kubectl(['delete', 'pod', 'doomed', '--grace-period=0', '--force'])
    const {exit, failure} = await asked
    expect(exit).toBe(69)
    expect(`${failure.where} ${failure.what}`).toMatch(/doomed/)
  })
})
