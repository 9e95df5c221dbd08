import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {readNetns} from '../../src/sources/netns.js'
import {root, sidetrace} from '../setup/run-bin.js'
import {countersOf, makeNamespace, type Namespace, whyNoNamespace} from './sources/namespace.js'

const why = whyNoNamespace()
const pod = join(root, 'samples/bookinfo/pods/default/productpage-v1-64794f5db4-8s7zq')

/** Rules without counters and comments, as they compare. */
const rulesOf = (saved: string): string[] =>
  saved
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^\[\d+:\d+\] /, '').replace(/ \[\d+:\d+\]$/, ''))

const listener = `require('net').createServer((s) => s.end('proxy')).listen(15001, '127.0.0.1', () => console.log('listening'))`

/** Connects as an app of uid 1000 does, and ends when the answer is there. */
const client = `process.setgid(1000); process.setuid(1000)
require('net').connect(9080, '10.96.0.14').on('data', (d) => console.log(String(d))).on('error', (e) => { console.error(e); process.exit(1) })`

describe.runIf(why === null)('a network namespace with Istio’s rules', () => {
  let namespace: Namespace

  beforeAll(async () => {
    namespace = await makeNamespace()
    const ip = (...args: string[]) => namespace.run('ip', args)
    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer')
    ip('addr', 'add', '10.10.0.11/24', 'dev', 'eth0')
    ip('link', 'set', 'eth0', 'up')
    ip('link', 'set', 'eth0-peer', 'up')
    ip('route', 'add', 'default', 'via', '10.10.0.1')
    namespace.run('iptables-nft-restore', [], readFileSync(join(pod, 'iptables-save.txt'), 'utf8'))
    const proxy = namespace.start(process.execPath, ['-e', listener])
    if (proxy.stdout) await once(proxy.stdout, 'data')
  })
  afterAll(() => namespace?.remove())

  test('is read through --pid as a snapshot’s files', async () => {
    const {files, warnings} = await readNetns(namespace.pid)
    expect(warnings).toEqual([])
    expect(rulesOf(files['iptables-save.txt'] ?? '')).toEqual(
      rulesOf(readFileSync(join(pod, 'iptables-save.txt'), 'utf8')),
    )
    expect(files['ss-lntup.txt']).toMatch(/LISTEN .*127\.0\.0\.1:15001/)
    expect(files['sysctl.txt']).toMatch(/^net\.ipv4\.conf\.eth0\.rp_filter = /m)
    expect(JSON.parse(files['ip-addr.json'] ?? '')).toContainEqual(
      expect.objectContaining({
        ifname: 'eth0',
        addr_info: expect.arrayContaining([expect.objectContaining({local: '10.10.0.11', prefixlen: 24})]),
      }),
    )
    expect(JSON.parse(files['ip-route.json'] ?? '')).toContainEqual(
      expect.objectContaining({dst: 'default', dev: 'eth0'}),
    )
    expect(JSON.parse(files['ip-rule.json'] ?? '')[0]).toMatchObject({priority: 0, table: 'local'})
    expect(JSON.parse(files['nft-ruleset.json'] ?? '')).toHaveProperty('nftables')
  })

  test('counts a connection on the rules that iptables trace names', async () => {
    const saved = () => namespace.run('iptables-nft-save', ['-c'])
    const before = countersOf(saved())
    expect(namespace.run(process.execPath, ['-e', client])).toBe('proxy\n')
    const after = countersOf(saved())
    const moved = [...after].filter(([rule, count]) => count > (before.get(rule) ?? 0)).map(([rule]) => rule)
    const packet = [
      '--proto',
      'tcp',
      '--src',
      '10.10.0.11',
      '--dst',
      '10.96.0.14',
      '--sport',
      '40000',
      '--dport',
      '9080',
    ]
    const args = [
      '--hook',
      'path-out',
      ...packet,
      '--out',
      'eth0',
      '--uid',
      '1000',
      '--gid',
      '1000',
      '--ctstate',
      'NEW',
    ]
    const ran = sidetrace(['iptables', 'trace', '--pid', String(namespace.pid), ...args, '-o', 'json'])
    expect([ran.exit, ran.stderr]).toEqual([0, ''])
    const answer: unknown = JSON.parse(ran.stdout)
    expect(answer).toMatchObject({branches: [{probability: 1, verdict: 'accept', redirectedTo: '127.0.0.1:15001'}]})
    expect(Object(answer).branches[0].rules.toSorted()).toEqual(moved.toSorted())
  })

  test('is gone when its process is', async () => {
    const short = await makeNamespace()
    short.remove()
    await expect.poll(() => readNetns(short.pid).catch((error: unknown) => Object(error).exit)).toBe(66)
  })
})

test.skipIf(why === null)(`skipped: ${why}`, () => undefined)
