import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import type {Snapshot} from '../../../src/snapshot/snapshot.js'
import {cgroupMount, readBpftool} from '../../../src/sources/bpftool.js'
import {readNetns} from '../../../src/sources/netns.js'
import {makeNamespace, type Namespace} from '../sources/namespace.js'
import {passingSidecar} from './envoy.js'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** What a client of the rig saw. */
export interface Seen {
  outcome: string
  /** `pod address`: who answered, and whom it believes to be asked by. */
  answer: string
  local?: string
  remote?: string
}

export interface RigPod {
  name: 'a' | 'b'
  ip: string
  namespace: Namespace
  /** Inodes of its containers' cgroups. */
  cgroups: {app: number; proxy: number}
}

/** Two pods on one node, each with an app and an Envoy in cgroups of their own. */
export class Rig {
  readonly root: string
  private readonly folder = mkdtempSync(join(tmpdir(), 'sidetrace-ebpf-'))
  readonly pods: RigPod[] = []

  constructor() {
    this.root = join(cgroupMount() ?? '', `sidetrace-live-${process.pid}`)
    chmodSync(this.folder, 0o755)
    mkdirSync(this.root)
  }

  async build(): Promise<void> {
    for (const [index, name] of (['a', 'b'] as const).entries()) {
      const [app, proxy] = [this.cgroup(name, 'app'), this.cgroup(name, 'proxy')]
      const cgroups = {app: statSync(app).ino, proxy: statSync(proxy).ino}
      this.pods.push({name, ip: `10.88.0.${index + 1}`, namespace: await makeNamespace(), cgroups})
    }
    const [a, b] = this.pods
    if (a === undefined || b === undefined) throw new Error('no pods')
    a.namespace.run('ip', [
      'link',
      'add',
      'eth0',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      String(b.namespace.pid),
    ])
    for (const {namespace, ip} of this.pods) {
      namespace.run('ip', ['link', 'set', 'lo', 'up'])
      namespace.run('ip', ['addr', 'add', `${ip}/24`, 'dev', 'eth0'])
      namespace.run('ip', ['link', 'set', 'eth0', 'up'])
    }
  }

  private cgroup(pod: string, container: string): string {
    const path = join(this.root, `pod-${pod}`, container)
    mkdirSync(path, {recursive: true})
    return path
  }

  private inside(pod: RigPod, container: 'app' | 'proxy', command: readonly string[]): string[] {
    const path = join(this.root, `pod-${pod.name}`, container, 'cgroup.procs')
    return ['-c', 'echo 0 > "$0" && exec "$@"', path, ...command]
  }

  startApps(): void {
    for (const pod of this.pods)
      pod.namespace.start('sh', this.inside(pod, 'app', [process.execPath, script('app.mjs'), pod.name]))
  }

  startProxies(): void {
    for (const pod of this.pods) {
      const [config, log] = [join(this.folder, `${pod.name}.json`), this.log(pod)]
      writeFileSync(config, JSON.stringify(passingSidecar(log)), {mode: 0o644})
      writeFileSync(log, '')
      chmodSync(log, 0o666)
      const envoy = [
        'envoy',
        '-c',
        config,
        '--concurrency',
        '1',
        '--use-dynamic-base-id',
        '--file-flush-interval-msec',
        '10',
        '-l',
        'error',
      ]
      const asProxy = [
        'setpriv',
        '--reuid=1337',
        '--regid=1337',
        '--clear-groups',
        '--inh-caps=+dac_read_search',
        '--ambient-caps=+dac_read_search',
        '--',
      ]
      pod.namespace.start('sh', this.inside(pod, 'proxy', [...asProxy, ...envoy]))
    }
  }

  private log = ({name}: RigPod): string => join(this.folder, `${name}.log`)

  async listening(port: number): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 100) {
      if (this.pods.every(({namespace}) => namespace.run('ss', ['-lnt']).includes(`:${port} `))) return
      await sleep(100)
    }
    throw new Error(`nothing listens on ${port}`)
  }

  /** Asks as the app of a pod; `lines` messages over one connection. */
  ask(pod: RigPod, host: string, port: number, {lines = 1, uid = 1000, gid = 1000} = {}): Seen {
    const client = [process.execPath, script('client.mjs'), host, port, lines, uid, gid].map(String)
    return JSON.parse(pod.namespace.run('sh', this.inside(pod, 'app', client)))
  }

  /** Connections that a pod's Envoy has ended since the last call. */
  async proxied(pod: RigPod): Promise<number> {
    await sleep(150)
    const lines = readFileSync(this.log(pod), 'utf8').split('\n').length - 1
    writeFileSync(this.log(pod), '')
    return lines
  }

  /** Packets that came in over lo. */
  overLoopback({namespace}: RigPod): number {
    const [lo] = JSON.parse(namespace.run('ip', ['-s', '-j', 'link', 'show', 'lo']))
    return lo.stats64.rx.packets
  }

  tracked({namespace}: RigPod): number {
    return Number(namespace.run('cat', ['/proc/sys/net/netfilter/nf_conntrack_count']))
  }

  /** The rig as the tool's own sources capture it. */
  async capture(wanted: (programs: string, maps: string) => readonly number[]): Promise<Snapshot> {
    const files = new Map<string, string>()
    const keep = (folder: string, found: Readonly<Record<string, string>>): void => {
      for (const [file, text] of Object.entries(found)) files.set(`${folder}/${file}`, text)
    }
    keep('nodes/node1/ebpf', (await readBpftool({pid: null, wanted})).files)
    for (const pod of this.pods) {
      const {pid} = pod.namespace
      const folder = `pods/rig/${pod.name}`
      keep(folder, (await readNetns(pid)).files)
      const {files: seen} = await readBpftool({pid, wanted: () => []})
      files.set(`${folder}/ebpf/net-show.json`, seen['net-show.json'] ?? '')
      files.set(`${folder}/ebpf/cgroups.txt`, this.containers(pod))
      for (const [file, path] of [
        ['config_dump.json', '/config_dump?include_eds'],
        ['clusters.json', '/clusters?format=json'],
      ] as const)
        files.set(`${folder}/${file}`, pod.namespace.run('curl', ['-sS', `http://127.0.0.1:15000${path}`]))
    }
    return {
      origin: 'live',
      document: {
        apiVersion: 'sidetrace/v1',
        kind: 'Snapshot',
        pods: this.pods.map(({name, ip}) => ({
          namespace: 'rig',
          name,
          ip,
          node: 'node1',
          sidecar: true,
          role: 'sidecar',
          proxyUid: 1337,
          proxyGid: 1337,
        })),
        services: [],
        nodes: [{name: 'node1'}],
      },
      files: () => [...files.keys()].sort(),
      text: (path) => files.get(path) ?? null,
      bytes: (path) => {
        const text = files.get(path)
        return text === undefined ? null : new TextEncoder().encode(text)
      },
    }
  }

  private containers({name, cgroups}: RigPod): string {
    const path = (container: string) => join(this.root, `pod-${name}`, container)
    return `${cgroups.app} ${path('app')} app rig/${name}\n${cgroups.proxy} ${path('proxy')} istio-proxy rig/${name}\n`
  }

  /** A process in a container of a pod. */
  processIn({name}: RigPod, container: 'app' | 'proxy'): number {
    return Number(readFileSync(join(this.root, `pod-${name}`, container, 'cgroup.procs'), 'utf8').split('\n')[0])
  }

  async remove(): Promise<void> {
    for (const {namespace} of this.pods) namespace.remove()
    for (const {name} of this.pods)
      for (const container of ['app', 'proxy']) await emptied(join(this.root, `pod-${name}`, container))
    for (const {name} of this.pods) rmdirSync(join(this.root, `pod-${name}`))
    rmdirSync(this.root)
    rmSync(this.folder, {recursive: true, force: true})
  }
}

/** A cgroup can be removed when its processes are gone; those that outlive their starter are ended. */
async function emptied(path: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const left = readFileSync(join(path, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((pid) => pid !== '')
    for (const pid of left) spawnSync('kill', ['-KILL', pid])
    // What is ending still keeps it for a while.
    if (left.length === 0 && spawnSync('rmdir', [path]).status === 0) return
    await sleep(50)
  }
  throw new Error(`${path} is not empty`)
}
