import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process'
import {setTimeout as sleep} from 'node:timers/promises'

/** Why no network namespace can be made and filled here, or null. */
export function whyNoNamespace(): string | null {
  if (process.platform !== 'linux') return 'no Linux'
  if (process.getuid?.() !== 0) return 'not root'
  for (const tool of ['unshare', 'nsenter', 'ip', 'iptables-nft-restore', 'iptables-nft-save', 'nft'])
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `${tool} is not installed`
  return spawnSync('unshare', ['-n', 'iptables-nft-save']).status === 0
    ? null
    : 'no network namespaces or nf_tables here'
}

/** A network namespace of its own, held by a process of ours. */
export interface Namespace {
  pid: number
  /** Runs a command inside; its output. */
  run(command: string, args: readonly string[], input?: string): string
  /** Starts a command inside, which ends with the namespace. */
  start(command: string, args: readonly string[]): ChildProcess
  remove(): void
}

export async function makeNamespace(): Promise<Namespace> {
  const holder = spawn('unshare', ['-n', 'sleep', '3600'], {stdio: 'ignore'})
  const pid = holder.pid
  if (pid === undefined) throw new Error('unshare did not start')
  const enter = (command: string, args: readonly string[]) => ['-t', String(pid), '-n', '--', command, ...args]
  const children: ChildProcess[] = [holder]
  const own = execFileSync('readlink', ['/proc/self/ns/net'], {encoding: 'utf8'})
  for (let tries = 0; execFileSync('readlink', [`/proc/${pid}/ns/net`], {encoding: 'utf8'}) === own; tries++) {
    if (tries > 100) throw new Error('unshare did not leave the namespace')
    await sleep(20)
  }
  return {
    pid,
    run: (command, args, input = '') => execFileSync('nsenter', enter(command, args), {encoding: 'utf8', input}),
    start: (command, args) => {
      const child = spawn('nsenter', enter(command, args), {stdio: ['ignore', 'pipe', 'inherit']})
      children.push(child)
      return child
    },
    remove: () => {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}

/** Packet counters by rule, in the kernel's names `table:chain:rule:N`, of `iptables-save -c` output. */
export function countersOf(saved: string): Map<string, number> {
  const counters = new Map<string, number>()
  const numbers = new Map<string, number>()
  let table = ''
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const rule = /^\[(\d+):\d+\] -A (\S+)/.exec(line)
    if (!rule?.[1] || !rule[2]) continue
    const chain = `${table}:${rule[2]}`
    const number = (numbers.get(chain) ?? 0) + 1
    numbers.set(chain, number)
    counters.set(`${chain}:rule:${number}`, Number(rule[1]))
  }
  return counters
}
