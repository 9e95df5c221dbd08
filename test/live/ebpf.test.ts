import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {checkInterception} from '../../src/ebpf/check/check-interception.js'
import {readAnswer} from '../../src/ebpf/parse/json.js'
import {readMap} from '../../src/ebpf/parse/listing.js'
import {recogniseMaps} from '../../src/ebpf/parse/recognise.js'
import {figuresOf} from '../../src/trace/interception/figures.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import type {AppHop, NetnsHop, TraceBranch} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {sidetrace} from '../setup/run-bin.js'
import {type Loaded, loadPrograms, whyNoPrograms} from './ebpf/programs.js'
import {Rig, type RigPod} from './ebpf/rig.js'

const missing = whyNoPrograms()
if (missing !== null) console.log(`skipped, eBPF programs in the kernel: ${missing}`)

/** Maps of the rig's own layouts: others on this machine are left alone. */
const ours = (_: string, maps: string): number[] => {
  const answer = readAnswer(maps)
  if (answer.kind !== 'list') return []
  return recogniseMaps(answer.items.flatMap(readMap)).flatMap(({id, role}) => (role === null ? [] : [id]))
}

const bytes = (value: number, size: number): number[] =>
  Array.from({length: size}, (_, index) => Math.floor(value / 256 ** index) % 256)
const mapped = (ip: string): number[] => [...new Array(10).fill(0), 255, 255, ...ip.split('.').map(Number)]

describe.skipIf(missing !== null)('programs in the kernel that intercept connections', () => {
  let rig: Rig
  let loaded: Loaded
  let a: RigPod
  let b: RigPod

  beforeAll(async () => {
    rig = new Rig()
    await rig.build()
    const [first, second] = rig.pods
    if (first === undefined || second === undefined) throw new Error('no pods')
    ;[a, b] = [first, second]
    loaded = loadPrograms()
    loaded.attach(rig.root)
    rig.startApps()
    await rig.listening(7070)
    rig.startProxies()
    await rig.listening(15006)
  })
  afterAll(async () => {
    loaded?.remove()
    await rig?.remove()
  })

  const meshNow = async (): Promise<Mesh> => buildMesh(await rig.capture(ours))
  const request = (pod: RigPod, dst: string, more: Partial<TraceRequest['client']> = {}): TraceRequest => ({
    client: {pod: `rig/${pod.name}`, uid: 1000, gid: 1000, ...more},
    url: null,
    method: null,
    headers: [],
    httpVersion: null,
    connectTo: null,
    proxyRequest: false,
    tls: null,
    tcp: {dst, data: 'hello'},
  })

  /** What the trace says that the client and the app see. */
  function told(branch: TraceBranch | undefined): {remote: string; answer: string} {
    const crossing = branch?.hops.find((hop): hop is NetnsHop => hop.place === 'netns')
    const app = branch?.hops.findLast((hop): hop is AppHop => hop.place === 'app')
    const dst = crossing?.entered.dst ?? ''
    return {
      // The counter of stand-in addresses is the program's own.
      remote: `${dst.startsWith('127.128.') ? '127.128.x.y' : dst}:${crossing?.entered.dport}`,
      answer: `${app?.pod?.replace('rig/', '')} ${app?.entered?.src}`,
    }
  }

  const proxiesOn = (branch: TraceBranch | undefined, pod: RigPod): number =>
    branch?.hops.filter((hop) => hop.place === 'proxy' && hop.pod === `rig/${pod.name}`).length ?? 0

  /** Sends a request and traces it; what differs. */
  async function compare(
    pod: RigPod,
    host: string,
    port: number,
    more: Partial<TraceRequest['client']> = {},
  ): Promise<string[]> {
    const mesh = await meshNow()
    await rig.proxied(a)
    await rig.proxied(b)
    const trace = walk(mesh, request(pod, `${host}:${port}`, more))
    const [branch] = trace.branches
    const seen = rig.ask(pod, host, port, more)
    const want = told(branch)
    const remote = seen.remote?.replace(/^127\.128\.\d+\.\d+/, '127.128.x.y')
    const pairs: [string, unknown, unknown][] = [
      ['branches', trace.branches.length, 1],
      ['peer of the client', want.remote, remote],
      ['answer', want.answer, seen.answer],
      ['connections through the Envoy of a', proxiesOn(branch, a), await rig.proxied(a)],
      ['connections through the Envoy of b', proxiesOn(branch, b), await rig.proxied(b)],
    ]
    return pairs.flatMap(([what, said, was]) => (said === was ? [] : [`${what}: traced ${said}, was ${was}`]))
  }

  it('are recognised by their shape, under names of our own', async () => {
    const mesh = await meshNow()
    const hooks = mesh.pod('rig/a')?.hooks?.hooks
    const own = hooks?.programs.filter(({name}) => name.startsWith('st_')).map(({name, role}) => [name, role])
    expect(Object.fromEntries(own ?? [])).toEqual({
      st_connect: 'connect4',
      st_bind: 'bind',
      st_established: 'sockops',
      st_original: 'getsockopt',
      st_hand_over: 'redirect',
    })
  })

  it('keep containers out that bound a port before the sidecar listened, which is found and traced', async () => {
    const mesh = await meshNow()
    const place = mesh.pod('rig/a')
    if (place?.hooks == null) throw new Error('no programs at rig/a')
    const [pod] = [place].map(({hooks}) => ({
      name: 'rig/a',
      ips: [a.ip],
      inMesh: true,
      asked: null,
      listens: null,
      natRules: null,
      tcInbound: null,
      cgroups: hooks?.cgroups ?? [],
    }))
    const kept = checkInterception(place.hooks.hooks, pod === undefined ? [] : [pod]).filter(
      ({code, severity}) => code === 'ST-EBPF-001' && severity === 'error',
    )
    expect(kept.map(({finding}) => 'cgroup' in finding && finding.cgroup)).toEqual(
      expect.arrayContaining([a.cgroups.app, a.cgroups.proxy]),
    )
    expect(await compare(a, b.ip, 7070)).toEqual([])
  })

  it('are shown by ebpf show for a cgroup and for a process', () => {
    for (const source of [
      ['--cgroup', `${rig.root}/pod-a/app`],
      ['--pid', String(a.namespace.pid)],
    ]) {
      const {exit, stdout, stderr} = sidetrace(['ebpf', 'show', ...source])
      expect([exit, stderr]).toEqual([0, ''])
      if (source[0] === '--cgroup') expect(stdout).toMatch(/st_connect\s+connect4\s+connect4 \S*\/sidetrace-live-/)
      expect(stdout).toMatch(/st_hand_over\s+redirect\s+not observable/)
    }
  })

  it('send connections to stand-in addresses while pod addresses are not known; the first passes the server’s Envoy by', async () => {
    loaded.empty('members')
    for (const {ip} of [a, b]) loaded.set('pods', mapped(ip), [...bytes(15021, 2), ...new Array(482).fill(0)])
    expect(await compare(a, b.ip, 7070)).toEqual([])
    // The sidecar has shown which pod it is in.
    expect(await compare(a, b.ip, 7070)).toEqual([])
    expect(await compare(a, a.ip, 7070)).toEqual([])
  })

  it('go to the sidecar by the pod’s configuration once its address is known', async () => {
    const config = [...bytes(15021, 2), ...new Array(482).fill(0)]
    // exclude_out_ports is the last list.
    config.splice(444, 2, ...bytes(7071, 2))
    loaded.set('pods', mapped(a.ip), config)
    for (const {ip, cgroups} of [a, b])
      for (const id of [cgroups.app, cgroups.proxy])
        loaded.set('members', bytes(id, 8), [...bytes(id, 8), ...bytes(1, 4), ...mapped(ip), 0, 0, 0, 0])
    const wrong: string[] = []
    const asked: [RigPod, string, number, Partial<TraceRequest['client']>][] = [
      [a, b.ip, 7070, {}],
      [a, b.ip, 7071, {}],
      [a, a.ip, 7070, {}],
      [a, '127.0.0.1', 7070, {}],
      [a, b.ip, 7070, {uid: 1337}],
      [a, b.ip, 7070, {gid: 1337}],
      [b, a.ip, 7070, {}],
      [b, a.ip, 7071, {}],
      [b, b.ip, 7071, {}],
    ]
    for (const [pod, host, port, more] of asked) {
      const found = await compare(pod, host, port, more)
      if (found.length > 0)
        wrong.push(`${pod.name} to ${host}:${port} ${JSON.stringify(more)}\n  ${found.join('\n  ')}`)
    }
    console.log(`live eBPF: ${asked.length - wrong.length} of ${asked.length} connections as traced`)
    expect(wrong).toEqual([])
  })

  it('are captured with a pod’s rules by snapshot create, and traced from there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sidetrace-captured-'))
    try {
      const pids = rig.pods.flatMap((pod) => ['--pid', `${rig.processIn(pod, 'app')}=rig/${pod.name}`])
      const target = join(folder, 'capture')
      expect(sidetrace(['snapshot', 'create', ...pids, '--out', target])).toMatchObject({exit: 0})
      const {stdout} = sidetrace(['ebpf', 'show', '--from', target, '--pod', 'rig/a'])
      expect(stdout).toMatch(/pod-a\/proxy +yes +10\.88\.0\.1 +rig\/a/)
      const asked = ['trace', 'rig/a', '--tcp', `${b.ip}:7070`, '--data', 'x', '--from', target, '-o', 'json']
      const [, crossing] = JSON.parse(sidetrace(asked).stdout).branches[0].hops
      expect(crossing).toMatchObject({
        crossing: 'app-to-proxy',
        redirectedTo: '127.0.0.1:15001',
        ebpf: {handedOver: true},
      })
    } finally {
      rmSync(folder, {recursive: true})
    }
  })

  const messages = 300

  /** Packets over both loopbacks for many messages, beside the passes that the trace counts for the two connections there. */
  async function overLoopbacks(mesh: Mesh): Promise<{packets: number; passes: number}> {
    const [branch] = walk(mesh, request(a, `${b.ip}:7070`)).branches
    const figures = branch === undefined ? null : figuresOf(mesh, branch)
    const before = rig.overLoopback(a) + rig.overLoopback(b)
    expect(rig.ask(a, b.ip, 7070, {lines: messages}).outcome).toBe('answered')
    const inside = figures?.connections.filter((_, index) => index !== 1) ?? []
    return {
      packets: rig.overLoopback(a) + rig.overLoopback(b) - before,
      passes: inside.reduce((sum, {stackPasses}) => sum + stackPasses, 0),
    }
  }

  it('hand bytes over past the stack, as the figures say: loopback sees a handshake, and no message', async () => {
    const handed = await overLoopbacks(await meshNow())
    expect(handed.passes).toBe(0)
    expect(handed.packets).toBeLessThan(60)
    loaded.detachHandOver()
    // That nothing hands over any more the kernel does not show: the figures of hook-connect are the ones that hold now.
    const stacked = await overLoopbacks(await meshNow())
    expect(stacked.packets).toBeGreaterThan(4 * messages)
    console.log(
      `live eBPF: ${handed.packets} packets over lo for ${messages} messages handed over, ${stacked.packets} through the stack`,
    )
  })

  it('need no connection tracking; rules that remain cost entries all the same', async () => {
    const count = async () => {
      const mesh = await meshNow()
      a.namespace.run('conntrack', ['-F'])
      rig.ask(a, b.ip, 7070)
      const [branch] = walk(mesh, request(a, `${b.ip}:7070`)).branches
      const inA = branch === undefined ? [] : figuresOf(mesh, branch).connections.slice(0, 2)
      return {was: rig.tracked(a), said: inA.reduce((sum, {conntrack}) => sum + conntrack, 0)}
    }
    expect(await count()).toEqual({was: 0, said: 0})
    a.namespace.run(
      'iptables-nft-restore',
      [],
      '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 10.99.0.0/16 -p tcp -j REDIRECT --to-ports 15001\nCOMMIT\n',
    )
    // The connection to the sidecar, and the sidecar's own.
    expect(await count()).toEqual({was: 2, said: 2})
  })
})
