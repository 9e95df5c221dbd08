import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {cgroupMount} from '../../../src/sources/bpftool.js'

const source = fileURLToPath(new URL('hooks.bpf.c', import.meta.url))
const run = (program: string, ...args: string[]): string => execFileSync(program, args, {encoding: 'utf8'})

/** Why programs cannot be loaded into the kernel here, or null: rights, tools, or what the kernel lacks. */
export function whyNoPrograms(): string | null {
  if (process.platform !== 'linux') return 'no Linux'
  if (process.getuid?.() !== 0) return 'not root'
  for (const tool of ['clang', 'bpftool', 'mount', 'envoy', 'setpriv', 'conntrack'])
    if (spawnSync('sh', ['-c', `command -v ${tool}`], {env: {...process.env, PATH: sbin()}}).status !== 0)
      return `${tool} is not installed`
  if (cgroupMount() === null) return 'cgroup v2 is not mounted'
  return whyNotLoaded()
}

const sbin = (): string => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`

/** The only proof that programs can be loaded is to load them. */
function whyNotLoaded(): string | null {
  try {
    loadPrograms().remove()
    return null
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return `the kernel takes no programs here: ${text.split('\n').slice(0, 3).join(' ')}`
  }
}

/** Programs of the rig in the kernel, pinned in a file system of their own. */
export interface Loaded {
  /** Attaches them to a cgroup, and handing over to the socket map. */
  attach(cgroup: string): void
  /** Takes the handing over off again. */
  detachHandOver(): void
  /** Sets an entry of a map; bytes. */
  set(map: string, key: readonly number[], value: readonly number[]): void
  /** Takes all entries out of a map. */
  empty(map: string): void
  remove(): void
}

const attachments: [string, string][] = [
  ['cgroup_inet4_connect', 'st_connect'],
  ['cgroup_inet4_bind', 'st_bind'],
  ['cgroup_sock_ops', 'st_established'],
  ['cgroup_getsockopt', 'st_original'],
]

export function loadPrograms(): Loaded {
  const folder = mkdtempSync(join(tmpdir(), 'sidetrace-bpf-'))
  const [object, pins] = [join(folder, 'hooks.o'), join(folder, 'pins')]
  const undo: (() => void)[] = [() => rmSync(folder, {recursive: true, force: true})]
  const remove = (): void => {
    for (const step of undo.toReversed()) step()
    undo.length = 0
  }
  try {
    const machine = run('uname', '-m').trim()
    run(
      'clang',
      '-O2',
      '-g',
      '-target',
      'bpf',
      '-Wall',
      `-I/usr/include/${machine}-linux-gnu`,
      '-c',
      source,
      '-o',
      object,
    )
    mkdirSync(pins)
    run('mount', '-t', 'bpf', 'bpf', pins)
    undo.push(() => run('umount', pins))
    run('bpftool', 'prog', 'loadall', object, `${pins}/programs`, 'pinmaps', `${pins}/maps`)
  } catch (error) {
    remove()
    throw error
  }
  const program = (name: string): string[] => ['pinned', `${pins}/programs/${name}`]
  const map = (name: string): string[] => ['pinned', `${pins}/maps/${name}`]
  const handOver = (verb: 'attach' | 'detach') =>
    run('bpftool', 'prog', verb, ...program('st_hand_over'), 'msg_verdict', ...map('sockets'))
  let handsOver = false
  return {
    attach(cgroup) {
      for (const [point, name] of attachments) {
        run('bpftool', 'cgroup', 'attach', cgroup, point, ...program(name))
        undo.push(() => run('bpftool', 'cgroup', 'detach', cgroup, point, ...program(name)))
      }
      handOver('attach')
      handsOver = true
      undo.push(() => handsOver && handOver('detach'))
    },
    detachHandOver() {
      handOver('detach')
      handsOver = false
    },
    set: (name, key, value) => {
      run('bpftool', 'map', 'update', ...map(name), 'key', ...key.map(String), 'value', ...value.map(String))
    },
    empty: (name) => {
      const entries: {key: string[]}[] = JSON.parse(run('bpftool', '-j', 'map', 'dump', ...map(name)))
      for (const {key} of entries)
        run('bpftool', 'map', 'delete', ...map(name), 'key', ...key.map((byte) => String(Number(byte))))
    },
    remove,
  }
}
