import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import type {ExecResult} from '../../../src/sources/kubernetes/cluster.js'
import type {FoundPod} from '../../../src/sources/kubernetes/find-pods.js'
import {readPodRules, rulesReader} from '../../../src/sources/kubernetes/pod-rules.js'
import {processOfPod} from '../../../src/sources/kubernetes/rules/on-this-node.js'
import type {Timing} from '../../../src/sources/kubernetes/rules/way.js'
import {done, fakeCluster} from './fake-cluster.js'

const uid = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'
const saved = '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j ACCEPT\nCOMMIT\n'

function pod(members: {init?: boolean; capabilities?: boolean} = {}): FoundPod {
  const init = {name: 'istio-init', args: ['istio-iptables', '-p', '15001', '-o', '8888']}
  const object = {
    metadata: {namespace: 'shop', name: 'cart', uid},
    spec: {
      nodeName: 'node1',
      ...(members.init === false ? {} : {initContainers: [init]}),
      containers: [
        {name: 'app'},
        {
          name: 'istio-proxy',
          ...(members.capabilities === true ? {securityContext: {capabilities: {add: ['NET_ADMIN']}}} : {}),
        },
      ],
    },
  }
  return {namespace: 'shop', name: 'cart', object}
}

/** Answers as a namespace with one table would. */
const shows = (command: readonly string[]): ExecResult => {
  const words = command.join(' ')
  if (/iptables(?:-nft)?-save/.test(words)) return words.includes('ip6') ? done('') : done(saved)
  if (/ -j |\bnft\b.*-j/.test(words)) return done(words.includes('nft') ? '{"nftables":[]}' : '[]')
  return done('')
}

const timing: Timing = {now: () => 0, sleep: async () => undefined, everyMs: 1, timeoutMs: 1}

describe('rules are had by the way that asks least of the cluster:', () => {
  test('the log of the init container, and nothing else is asked', async () => {
    const cluster = fakeCluster({logs: {'istio-init': saved}})
    const {files, way} = await readPodRules(cluster, pod())
    expect(files['iptables-save.txt']).toBe(saved)
    expect(files['istio-iptables.cmd']).toBe('pilot-agent istio-iptables -p 15001 -o 8888')
    expect(way).toContain('the log of its init container istio-init')
    expect(cluster.asked).toEqual(['LOGS shop/cart istio-init'])
  })

  test('exec in the proxy where it may', async () => {
    const cluster = fakeCluster({exec: (_, command) => shows(command)})
    const {files, way} = await readPodRules(cluster, pod({init: false}))
    expect(files['iptables-save.txt']).toBe(saved)
    expect(way).toBe('read by exec in its container istio-proxy')
  })

  test('not by exec in a proxy that is not allowed to see them', async () => {
    const cluster = fakeCluster({exec: () => done('', 1, 'iptables-save: Permission denied (you must be root)\n')})
    await expect(readPodRules(cluster, pod({init: false}))).rejects.toThrow(
      /has no init container.*Permission denied.*no process on this machine/,
    )
    expect(cluster.asked.filter((asked) => asked.startsWith('EXEC')).length).toBe(1)
  })

  test('at last what Istio would write, which is said to be derived', async () => {
    const cluster = fakeCluster({})
    const derive = vi.fn(() => ({'iptables-save.txt': saved}))
    const {files, way} = await readPodRules(cluster, pod(), {derive})
    expect(files).toEqual({'iptables-save.txt': saved, 'istio-iptables.cmd': expect.stringContaining('-o 8888')})
    expect(way).toMatch(/^derived from the pod's annotations/)
    expect(derive).toHaveBeenCalledWith(expect.objectContaining({name: 'cart'}), expect.stringContaining('-o 8888'))
  })
})

const running = {state: {running: {startedAt: '2026-01-01T00:00:00Z'}}}

describe('an ephemeral container', () => {
  const withStatus = (status: object, changes = true) => {
    const cluster = fakeCluster({
      changes,
      exec: (_, command) => shows(command),
      objects: {
        '*': () => {
          const added = JSON.stringify(cluster.bodies)
          const name = /"name":"(sidetrace-[0-9a-f]+)"/.exec(added)?.[1] ?? ''
          return {status: {ephemeralContainerStatuses: [{name, ...status}]}}
        },
      },
      logs: {'istio-init': saved},
    })
    return cluster
  }

  test('is added where the flag says so, with no more than the right to see the network, and said to stay', async () => {
    const cluster = withStatus(running)
    const notes: string[] = []
    const options = {debugContainer: true, debugImage: 'tools:1', note: (text: string) => notes.push(text), timing}
    const {way, files} = await readPodRules(cluster, pod(), options)
    expect(cluster.asked[0]).toBe('PATCH pods/ephemeralcontainers shop/cart')
    expect(cluster.bodies[0]).toMatchObject({
      spec: {
        ephemeralContainers: [
          {
            image: 'tools:1',
            command: ['sleep', '600'],
            securityContext: {runAsUser: 0, capabilities: {add: ['NET_ADMIN', 'NET_RAW']}},
          },
        ],
      },
    })
    expect(files['iptables-save.txt']).toBe(saved)
    expect(way).toContain("which stays in the pod's spec")
    expect(notes.join()).toContain("stays in the pod's spec")
  })

  test('that cannot start is a warning, and the next way is gone', async () => {
    const cluster = withStatus({state: {waiting: {reason: 'ErrImagePull', message: 'no such image'}}})
    const {way, warnings} = await readPodRules(cluster, pod(), {debugContainer: true, timing})
    expect(way).toContain('the log of its init container')
    expect(warnings.join()).toContain('ErrImagePull: no such image')
  })

  test('that never starts is not waited for for ever', async () => {
    let now = 0
    const cluster = withStatus({state: {waiting: {reason: 'ContainerCreating'}}})
    const sleep = async () => {
      now += 1000
    }
    const slow: Timing = {...timing, now: () => now, timeoutMs: 5000, sleep}
    const {warnings} = await readPodRules(cluster, pod(), {debugContainer: true, timing: slow})
    expect(warnings.join()).toContain('did not start within 5 s (ContainerCreating)')
  })
})

describe('a pod on the node', () => {
  const agent = (answer: (command: readonly string[]) => ExecResult | null, status: object = running) =>
    fakeCluster({
      changes: true,
      exec: (_, command) => answer(command),
      objects: {'*': () => ({status: {containerStatuses: [{name: 'agent', ...status}]}})},
    })
  const works = (command: readonly string[]): ExecResult =>
    command[0] === 'find' ? done('/proc/4711/cgroup\n/proc/4712/cgroup\n') : shows(command)

  test('finds the pod’s process by its control group, reads there, and is removed', async () => {
    const cluster = agent(works)
    const {way, files} = await readPodRules(cluster, pod({init: false}), {debugNode: true, timing})
    expect(files['iptables-save.txt']).toBe(saved)
    expect(way).toBe('read by a pod on its node node1, which was removed again')
    expect(cluster.bodies[0]).toMatchObject({
      kind: 'Pod',
      metadata: {labels: {'app.kubernetes.io/managed-by': 'sidetrace'}},
      spec: {nodeName: 'node1', hostPID: true, activeDeadlineSeconds: 600, automountServiceAccountToken: false},
    })
    const entered = cluster.asked.filter((asked) => asked.includes('nsenter -t'))
    expect(entered.length).toBeGreaterThan(8)
    expect(entered.every((asked) => asked.includes(' agent nsenter -t 4711 -n -- '))).toBe(true)
    expect(cluster.removed.length).toBe(1)
    expect(cluster.asked.at(-1)).toMatch(/^DELETE pods shop\/sidetrace-/)
  })

  test('serves all pods of the node, and the node itself', async () => {
    const cluster = agent(works)
    const reader = rulesReader(cluster, {debugNode: true, timing})
    await Promise.all([reader.ofPod(pod()), reader.ofPod(pod()), reader.ofNode?.('node1')])
    await reader.close()
    expect(cluster.asked.filter((asked) => asked.startsWith('CREATE')).length).toBe(1)
    expect(cluster.removed.length).toBe(1)
    expect(cluster.asked.some((asked) => asked.includes(' agent nsenter -t 1 -n -- '))).toBe(true)
  })

  test.each<[string, (command: readonly string[]) => ExecResult | null, object]>([
    ['cannot start', works, {state: {waiting: {reason: 'ImagePullBackOff'}}}],
    ['ends at once', works, {state: {terminated: {reason: 'Error'}}}],
    ['has no tools', () => null, running],
    ['does not find the process', (command) => (command[0] === 'find' ? done('') : shows(command)), running],
    [
      'loses its stream',
      () => {
        throw new TypeError('the stream broke')
      },
      running,
    ],
  ])('is removed when it %s', async (_, answer, status) => {
    const cluster = agent(answer, status)
    const derive = () => ({'iptables-save.txt': saved})
    await readPodRules(cluster, pod({init: false}), {debugNode: true, timing, derive}).catch((error: unknown) => {
      expect(error).toBeInstanceOf(TypeError)
    })
    expect(cluster.removed.length).toBe(1)
  })

  test('is removed when the process is interrupted', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    let interrupt = () => undefined
    const cluster = agent((command) => {
      if (command[0] === 'find') interrupt()
      return works(command)
    })
    const interrupted = new Promise<void>((resolve) => {
      interrupt = () => {
        process.emit('SIGINT', 'SIGINT')
        resolve()
        return undefined
      }
    })
    await Promise.all([readPodRules(cluster, pod({init: false}), {debugNode: true, timing}), interrupted])
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(130))
    expect(cluster.removed.length).toBeGreaterThan(0)
    exit.mockRestore()
  })
})

test('a process of a pod is found by its control group, in either spelling', () => {
  const proc = mkdtempSync(join(tmpdir(), 'sidetrace-proc-'))
  const process = (pid: string, group: string) => {
    mkdirSync(join(proc, pid))
    writeFileSync(join(proc, pid, 'cgroup'), `0::${group}\n`)
  }
  process('1', '/init.scope')
  process('22', `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-abc.scope`)
  mkdirSync(join(proc, 'self'))
  expect(processOfPod(uid, proc)).toBe(22)
  process('7', `/kubepods/burstable/pod${uid}/abc`)
  expect([7, 22]).toContain(processOfPod(uid, proc))
  expect(processOfPod('ffffffff-4f50-6172-8394-a5b6c7d8e9f0', proc)).toBeNull()
  expect(processOfPod(uid, join(proc, 'absent'))).toBeNull()
  rmSync(proc, {recursive: true})
})
