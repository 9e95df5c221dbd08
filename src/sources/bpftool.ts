import {readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {SourceError} from '../errors.js'
import {runTool, type ToolResult, type ToolRun} from './tool.js'

/** What bpftool tells of a node, in the files that a snapshot's `ebpf` folder has. */
export interface BpftoolCapture {
  files: Record<string, string>
  /** What could not be read, and why. */
  warnings: string[]
}

export interface BpftoolQuestion {
  /** A process whose network namespace is asked for programs on its interfaces; null: this one's. */
  pid: number | null
  /** Ids of the maps to dump, given the text of `map show`: a node has maps that are not ours to read. */
  wanted: (programs: string, maps: string) => readonly number[]
}

/** The mount of cgroup v2 is at /sys/fs/cgroup, or beside the old hierarchies at /sys/fs/cgroup/unified. */
export function cgroupMount(mounts: string = readFileSync('/proc/mounts', 'utf8')): string | null {
  const found = mounts.split('\n').find((line) => line.split(' ')[2] === 'cgroup2')
  return found?.split(' ')[1] ?? null
}

/**
 * Asks bpftool for programs, maps and what is attached, changing nothing. Root alone may.
 * @throws SourceError: missing where bpftool is not installed, forbidden where it may not look
 */
export async function readBpftool({pid, wanted}: BpftoolQuestion, run: ToolRun = runTool): Promise<BpftoolCapture> {
  const capture: BpftoolCapture = {files: {}, warnings: []}
  const ask = (...args: string[]) => run('bpftool', ['-j', ...args])
  const inside = (...args: string[]) =>
    pid === null ? ask(...args) : run('nsenter', ['-t', String(pid), '-n', '--', 'bpftool', '-j', ...args])
  const programs = must(await ask('-f', 'prog', 'show'), 'prog show')
  const maps = must(await ask('-f', 'map', 'show'), 'map show')
  capture.files['prog-show-f.json'] = programs
  capture.files['map-show-f.json'] = maps
  const mount = cgroupMount()
  const readings: [string, Promise<ToolResult>][] = [
    ['net-show.json', inside('net', 'show')],
    ['link-show.json', ask('link', 'show')],
    ...(mount === null
      ? []
      : [['cgroup-tree.json', ask('cgroup', 'tree', mount)] satisfies [string, Promise<ToolResult>]]),
    ...wanted(programs, maps).map((id): [string, Promise<ToolResult>] => [
      `map-dump-${id}.json`,
      ask('map', 'dump', 'id', String(id)),
    ]),
  ]
  for (const [file, reading] of readings) keep(capture, file, await reading)
  if (mount === null) capture.warnings.push('cgroup-tree.json is absent: cgroup v2 is not mounted')
  else capture.files['cgroups.txt'] = cgroupsUnder(mount).join('')
  return capture
}

const shortfall = (result: Exclude<ToolResult, {kind: 'done'}>): string => {
  if (result.kind === 'absent') return `${result.tool} is not installed`
  if (result.kind === 'late') return `${result.tool} did not end within ${result.timeoutMs / 1000} s`
  return `${result.tool} says ${result.stderr.trim().split('\n')[0] || 'nothing, but failed'}`
}

/** A refusal on stdout, `{"error": ..}`, is for the reader of the file. */
function keep(capture: BpftoolCapture, file: string, result: ToolResult): void {
  if (result.kind === 'done') capture.files[file] = result.stdout
  else capture.warnings.push(`${file} is absent: ${shortfall(result)}`)
}

function must(result: ToolResult, what: string): string {
  const where = `bpftool ${what}`
  if (result.kind === 'done' && /^\s*\{"error":"[^"]*(not permitted|denied)/.test(result.stdout))
    throw new SourceError('forbidden', 'may not be asked', where, 'Run this as root (CAP_BPF and CAP_NET_ADMIN)')
  if (result.kind === 'done') return result.stdout
  if (result.kind === 'absent') throw new SourceError('missing', 'bpftool is not installed', where, 'Install bpftool')
  // With -j bpftool says why on stdout, which a failed call does not give.
  const refused = result.kind === 'failed' && (process.getuid?.() !== 0 || /not permitted|denied/i.test(result.stderr))
  if (refused)
    throw new SourceError('forbidden', 'may not be asked', where, 'Run this as root (CAP_BPF and CAP_NET_ADMIN)')
  throw new SourceError('missing', shortfall(result), where)
}

/** More directories than this are not listed: a node has a few for each container. */
const mostCgroups = 20_000

/** Lines of `inode path` for every cgroup: programs know a container by its cgroup's inode. */
function cgroupsUnder(mount: string): string[] {
  const lines: string[] = []
  const waiting = [mount]
  while (waiting.length > 0 && lines.length < mostCgroups) {
    const path = waiting.shift() ?? mount
    const entries = listed(path)
    if (entries === null) continue
    lines.push(`${entries.inode} ${path}\n`)
    waiting.push(...entries.folders.map((name) => join(path, name)))
  }
  return lines
}

/** Null for a container that ended while it was read. */
function listed(path: string): {inode: number; folders: string[]} | null {
  try {
    const inode = statSync(path).ino
    const folders = readdirSync(path, {withFileTypes: true}).filter((entry) => entry.isDirectory())
    return {inode, folders: folders.map(({name}) => name).sort()}
  } catch {
    return null
  }
}
