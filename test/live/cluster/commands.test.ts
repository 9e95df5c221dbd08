import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {kubectl} from './lab.js'
import {sidetraceAs} from './run.js'
import {bindUsers} from './users.js'

const admin = (...args: string[]) => sidetraceAs('admin', args)
const inProxy = (path: string, ...curl: string[]) =>
  kubectl(['exec', 'deploy/shop', '-c', 'istio-proxy', '--', 'curl', '-sg', ...curl, `http://127.0.0.1:15000${path}`])

describe.skipIf(inject('withoutLab') !== null)('a command on a pod of a real cluster', () => {
  let folder: string
  let dump: string
  let statuses: string
  beforeAll(() => {
    bindUsers()
    folder = mkdtempSync(join(tmpdir(), 'sidetrace-cluster-'))
    dump = join(folder, 'config_dump.json')
    statuses = join(folder, 'clusters.json')
    writeFileSync(dump, inProxy('/config_dump?include_eds'))
    writeFileSync(statuses, inProxy('/clusters?format=json'))
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))

  it.each(['listener', 'cluster', 'route', 'secret', 'eds'])(
    'prints what it prints of the same dump in a file: pc %s',
    async (section) => {
      const file = await admin('pc', section, '-f', dump)
      expect(file.exit).toBe(0)
      expect(await admin('pc', section, 'deploy/shop')).toEqual(file)
    },
  )

  it('prints the bootstrap, of which it asks for nothing else', async () => {
    const bootstrap = async (...args: string[]) =>
      JSON.parse((await admin('pc', 'bootstrap', ...args)).stdout).bootstrap
    expect(await bootstrap('deploy/shop')).toEqual(await bootstrap('-f', dump))
  })

  it('prints endpoints with their health, and the whole', async () => {
    expect(await admin('pc', 'ep', 'deploy/shop')).toEqual(await admin('pc', 'ep', '-f', statuses))
    expect(await admin('pc', 'all', 'deploy/shop')).toEqual(await admin('pc', 'all', '-f', dump))
  })

  it('makes one table of the proxies of several pods', async () => {
    const rows = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {2,}/))
    const {exit, stdout} = await admin('pc', 'cluster', '-l', 'app=store', '--direction', 'inbound')
    expect(exit).toBe(0)
    const pods = rows(stdout).map(([pod = '']) => pod.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, ''))
    expect(pods).toEqual(['default/store-v1', 'default/store-v1', 'default/store-v2', 'default/store-v2'])
    expect((await admin('pc', 'cluster', '-l', 'app=nobody')).exit).toBe(69)
  })

  it('sets the log levels of all pods of a workload, and back', async () => {
    const level = () => /^\s*http: (\w+)$/m.exec(inProxy('/logging', '-X', 'POST'))?.[1]
    const before = level()
    const set = await admin('pc', 'log', '-l', 'app=shop', '--level', 'http:debug')
    expect([set.exit, set.stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^default\/shop-.*:$/)])
    expect(level()).toBe('debug')
    expect((await admin('pc', 'log', 'deploy/shop', '--level', `http:${before}`)).exit).toBe(0)
    expect(level()).toBe(before)
  })

  it('says what the proxy does with a request', async () => {
    const asked = await admin(
      'match',
      '--pod',
      'deploy/shop',
      '--direction',
      'outbound',
      '-o',
      'json',
      'http://store:9080/direct',
      '--dst',
      '10.98.0.10:9080',
    )
    const {branches} = JSON.parse(asked.stdout)
    expect(branches[0].outcome).toMatchObject({status: 418})
  })

  it('shows the rules that the init container made, and says where they are from', async () => {
    const {exit, stdout, stderr} = await admin('iptables', 'show', '--pod', 'deploy/shop', '-o', 'json')
    expect(exit).toBe(0)
    expect(JSON.parse(stdout).chains.map(({chain}: {chain: string}) => chain)).toContain('ISTIO_OUTPUT')
    expect(stderr).toMatch(/istio-init/)
  })

  it('traces to what a request of the pod really comes to', async () => {
    const {exit, stdout} = await admin('trace', 'deploy/shop', 'http://10.98.0.10:9080/', '-o', 'json')
    expect(exit).toBe(0)
    const {branches} = JSON.parse(stdout)
    const ends = branches.map((branch: {outcome: {kind: string; by: {pod: string}}; probability: number}) => [
      branch.outcome.kind,
      branch.outcome.by.pod.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, ''),
      branch.probability,
    ])
    expect(ends).toEqual([
      ['delivered', 'default/store-v1', 0.8],
      ['delivered', 'default/store-v2', 0.2],
    ])
    const shop = (path: string) =>
      kubectl([
        'exec',
        'deploy/shop',
        '-c',
        'app',
        '--',
        'curl',
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        `http://10.98.0.10:9080${path}`,
      ])
    const traced = async (path: string) => {
      const asked = await admin('trace', 'deploy/shop', `http://10.98.0.10:9080${path}`, '-o', 'json')
      return JSON.parse(asked.stdout).branches[0].outcome
    }
    expect([shop('/direct'), (await traced('/direct')).status]).toEqual(['418', 418])
    // Of the app's own status the mesh knows nothing; a refusal is the server's proxy's.
    expect([shop('/admin'), (await traced('/admin')).status]).toEqual(['403', 403])
  })

  it('lists the proxies', async () => {
    const {exit, stdout} = await admin('ps', '-n', 'default', '-o', 'json')
    expect(exit).toBe(0)
    const rows = JSON.parse(stdout).proxies.map(
      ({pod, reached, counts}: {pod: string; reached: boolean; counts: unknown}) => [
        pod.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, ''),
        reached,
        counts,
      ],
    )
    const counts = {listeners: 4, clusters: 10, routes: 2, endpoints: 6, secrets: 2}
    expect(rows).toEqual(['default/shop', 'default/store-v1', 'default/store-v2'].map((pod) => [pod, true, counts]))
  })

  it('needs no more than the documented ClusterRole', async () => {
    const commands = [
      ['ps'],
      ['pc', 'cluster', 'svc/store'],
      ['pc', 'ep', 'deploy/shop'],
      ['match', '--pod', 'rs/shop', '--dst', '10.98.0.10:9080', 'http://store:9080/'],
      ['iptables', 'check', '--pod', 'deploy/shop'],
      ['trace', 'deploy/shop', 'http://store:9080/'],
    ]
    for (const args of commands) {
      const words = args.map((word) => (word === 'rs/shop' ? 'deploy/shop' : word))
      const {exit, stderr} = await sidetraceAs('reader', words)
      expect([exit, stderr.replace(/^Note: .*\n/gm, '')], words.join(' ')).toEqual([0, ''])
    }
    const {exit} = await sidetraceAs('reader', ['ps', '-n', 'kube-system'])
    expect(exit).toBe(69)
  })

  it('asks by exec where a port may not be forwarded, and says so', async () => {
    const pod = kubectl(['get', 'pod', '-l', 'app=shop', '-o', 'jsonpath={.items[0].metadata.name}'])
    const {exit, stdout, stderr} = await sidetraceAs('executor', ['pc', 'cluster', pod])
    expect(exit).toBe(0)
    expect(stdout).toBe((await admin('pc', 'cluster', '-f', dump)).stdout)
    expect(stderr).toBe(
      `Note: default/${pod} is asked by curl in istio-proxy: executor may not get pods/portforward in namespace default\n`,
    )
  })

  it('tells who may do nothing what is missing, with the Role that allows it', async () => {
    const pod = kubectl(['get', 'pod', '-l', 'app=shop', '-o', 'jsonpath={.items[0].metadata.name}'])
    const {exit, stdout, stderr} = await sidetraceAs('viewer', ['pc', 'cluster', pod])
    expect([exit, stdout]).toEqual([77, ''])
    const [first = '', ...role] = stderr.split('\n')
    expect(first).toBe(
      'Error: cluster viewer@lab: viewer may not get pods/portforward in namespace default, nor get pods/exec in namespace default. This would allow it:',
    )
    try {
      kubectl(['apply', '-f', '-'], role.join('\n'))
      expect((await sidetraceAs('viewer', ['pc', 'cluster', pod])).exit).toBe(0)
    } finally {
      kubectl(['delete', '-f', '-'], role.join('\n'))
    }
  })
})
