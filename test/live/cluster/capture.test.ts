import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, inject, it} from 'vitest'
import {openSnapshot} from '../../../src/sources/open-snapshot.js'
import {root} from '../../setup/run-bin.js'
import {apply, kubeconfigOf, kubectl} from './lab.js'
import {sidetraceAs} from './run.js'

const tools = ['--debug-image', 'localhost/debian:12']
const ofOurs = ['get', 'pods', '-A', '-l', 'app.kubernetes.io/managed-by=sidetrace', '-o', 'name']
const leftBehind = (): string => kubectl(ofOurs).trim()

describe.skipIf(inject('withoutLab') !== null)('a real cluster', () => {
  let folder = ''
  let shop = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sidetrace-lab-'))
    shop = kubectl(['get', 'pod', '-l', 'app=shop', '-o', 'jsonpath={.items[0].metadata.name}'])
  })
  afterAll(() => rmSync(folder, {recursive: true}))
  afterEach(() => expect(leftBehind()).toBe(''))

  it('is captured whole, and traces in the capture end as in the running mesh', async () => {
    const out = join(folder, 'mesh.tar.gz')
    const {exit, stderr} = await sidetraceAs('admin', ['snapshot', 'create', '-n', 'default', '--out', out])
    expect(exit, stderr).toBe(0)
    const {document} = await openSnapshot(out)
    expect(document.pods.filter(({namespace}) => namespace === 'default').map(({name}) => name.split('-')[0])).toEqual([
      'plain',
      'shop',
      'store',
      'store',
    ])
    expect(document.failures?.filter(({place}) => place.startsWith('pods/default/s'))).toEqual([])
    const asked = ['trace', 'deploy/shop', 'http://10.98.0.10:9080/', '-o', 'json']
    const live = JSON.parse((await sidetraceAs('admin', asked)).stdout)
    const stored = JSON.parse((await sidetraceAs('admin', [...asked, '--from', out])).stdout)
    const ends = ({branches}: {branches: {probability: number; outcome: unknown; hops: {place: string}[]}[]}) =>
      branches.map(({probability, outcome, hops}) => ({probability, outcome, places: hops.map(({place}) => place)}))
    expect(ends(stored)).toEqual(ends(live))
    expect(ends(live).map(({probability}) => probability)).toEqual([0.8, 0.2])
  })

  it('shows what is there now through a pod on the node, and is left as it was', async () => {
    const out = join(folder, 'by-node')
    const args = ['snapshot', 'create', 'deploy/shop', 'deploy/store-v1', '--debug-node', ...tools, '--out', out]
    const {exit, stderr} = await sidetraceAs('admin', args)
    expect(exit, stderr).toBe(0)
    expect(stderr.match(/was started on node/g)?.length).toBe(1)
    const snapshot = await openSnapshot(out)
    const folderOf = `pods/default/${shop}`
    expect(snapshot.text(`${folderOf}/iptables-save.txt`)).toMatch(/^\[[1-9]\d*:\d+\] -A ISTIO_OUTPUT/m)
    expect(snapshot.text(`${folderOf}/ip-addr.json`)).toContain('10.244.')
    expect(snapshot.text(`${folderOf}/ss-lntup.txt`)).toContain(':15001')
    expect(snapshot.text('nodes/node1/ip-route.json')).toContain('10.244.')
    expect(snapshot.document.failures).toEqual([])
  })

  it.each([
    ['an image without the tools', 'localhost/pause:1'],
    ['an image that is not there', 'localhost/absent:1'],
  ])('is left as it was where the pod on the node has %s', async (_, image) => {
    const args = ['iptables', 'show', '--pod', shop, '--debug-node', '--debug-image', image]
    const {exit, stdout, stderr} = await sidetraceAs('admin', args)
    expect(exit, stderr).toBe(0)
    expect(stdout).toContain('ISTIO_OUTPUT')
    expect(stderr).toMatch(/^Warning: .*(?:cannot run|did not start)/m)
    expect(stderr).toContain('from the log of its init container')
  })

  it('is left as it was when a capture is interrupted', async () => {
    const out = join(folder, 'interrupted')
    const args = ['bin/run.js', 'snapshot', 'create', '-n', 'default', '--debug-node', ...tools, '--out', out]
    const env = {...process.env, KUBECONFIG: kubeconfigOf('admin'), HOME: '/nonexistent'}
    const child = spawn(process.execPath, args, {cwd: root, env, stdio: ['ignore', 'ignore', 'pipe']})
    await new Promise<void>((resolve) => {
      let said = ''
      child.stderr.on('data', (text) => {
        said += String(text)
        if (said.includes('was started on node')) resolve()
      })
    })
    expect(leftBehind()).not.toBe('')
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(130)
    expect(existsSync(out)).toBe(false)
  })

  it('takes an ephemeral container, which is said to stay', async () => {
    const {exit, stdout, stderr} = await sidetraceAs('admin', [
      ...['iptables', 'show', '--pod', 'deploy/store-v2', '-o', 'json', '--debug-container', ...tools],
    ])
    expect(exit, stderr).toBe(0)
    expect(stderr).toContain("stays in the pod's spec")
    expect(JSON.stringify(JSON.parse(stdout))).toContain('ISTIO_REDIRECT')
    const spec = kubectl([
      'get',
      'pod',
      '-l',
      'app=store,version=v2',
      '-o',
      'jsonpath={.items[0].spec.ephemeralContainers[*].name}',
    ])
    expect(spec).toMatch(/sidetrace-[0-9a-f]{8}/)
  })

  it('is changed by nothing without a flag', async () => {
    const pods = () =>
      kubectl([
        'get',
        'pods',
        '-n',
        'default',
        '-o',
        'jsonpath={range .items[*]}{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
      ])
    const before = pods()
    await sidetraceAs('admin', ['snapshot', 'create', '-n', 'default', '--out', join(folder, 'quiet')])
    await sidetraceAs('admin', ['iptables', 'show', '--pod', 'plain'])
    expect(pods()).toBe(before)
  })

  it.each([
    ['http://10.98.0.10:9080/', 'delivered', 200],
    ['http://10.98.0.10:9080/admin', 'responded', 403],
  ])('counts what the trace of %s says', async (url, kind, status) => {
    const args = ['trace', 'deploy/shop', url, '--verify', '--send', '--debug-node', ...tools, '-o', 'json']
    const {exit, stdout, stderr} = await sidetraceAs('admin', args)
    expect(exit, stderr).toBe(0)
    const {verdict, sent, branches} = JSON.parse(stdout)
    expect({verdict, status: sent.status}).toEqual({verdict: 'confirmed', status})
    const taken = branches.filter((branch: {taken: string}) => branch.taken === 'yes')
    expect(taken.length).toBe(1)
    expect(taken[0].outcome.kind).toBe(kind)
    const hops: {place: string; passage: string; verdict: string}[] = taken[0].hops
    expect(hops.filter((hop) => hop.verdict === 'contradicted')).toEqual([])
    expect(hops.filter((hop) => hop.verdict === 'confirmed').map((hop) => hop.passage ?? hop.place)).toEqual(
      expect.arrayContaining(['app', 'app-to-proxy', 'outbound', 'inbound']),
    )
  })

  it('is captured with the rights that the documentation names, and no more', async () => {
    const text = readFileSync(join(root, 'docs/capturing.md'), 'utf8')
    const role = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
    kubectl(['apply', '-f', '-'], role)
    apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {name: 'sidetrace-capture'},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sidetrace-capture'},
      subjects: [{kind: 'ServiceAccount', namespace: 'default', name: 'capture'}],
    })
    kubectl(['create', 'serviceaccount', 'capture'])
    try {
      const config = JSON.parse(kubectl(['config', 'view', '--raw', '-o', 'json']))
      config.users[0].user = {token: kubectl(['create', 'token', 'capture']).trim()}
      const kubeconfig = join(folder, 'capture.kubeconfig')
      writeFileSync(kubeconfig, JSON.stringify(config))
      const create = (pod: string, out: string) =>
        sidetraceAs('admin', ['snapshot', 'create', pod, '--kubeconfig', kubeconfig, '--out', join(folder, out)])
      const named = await create(shop, 'named')
      expect(named.exit, named.stderr).toBe(0)
      expect(named.stderr).not.toContain('may not')
      expect((await openSnapshot(join(folder, 'named'))).document.failures).toEqual([])
      const workload = await create('deploy/shop', 'workload')
      expect([workload.exit, workload.stderr]).toEqual([77, expect.stringContaining('may not get deployments.apps')])
    } finally {
      kubectl(['delete', 'clusterrolebinding,clusterrole', 'sidetrace-capture'])
      kubectl(['delete', 'serviceaccount', 'capture'])
    }
  })
})
