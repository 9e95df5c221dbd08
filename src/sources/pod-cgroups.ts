import {readdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {cgroupMount} from './bpftool.js'
import {cgroupOfProcess} from './process-cgroup.js'

/** Names of processes that a mesh's proxy container runs. */
const proxies = new Set(['envoy', 'pilot-agent', 'mosn', 'linkerd2-proxy', 'kuma-dp'])

/**
 * Lines of `inode path container namespace/name` for the containers of a process's pod: cgroups beside its own. Which of them is
 * the proxy's its processes tell. Empty where the process is in no container.
 */
export function podCgroups(pid: number, pod: string): string {
  const own = cgroupOfProcess(pid)
  if (own === null || own === cgroupMount()) return ''
  const parent = dirname(own)
  return containersIn(parent)
    .map((name) => join(parent, name))
    .map((path) => `${statSync(path).ino} ${path} ${isProxy(path) ? 'istio-proxy' : 'app'} ${pod}\n`)
    .join('')
}

const containersIn = (parent: string): string[] =>
  readdirSync(parent, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => name)
    .sort()

function isProxy(cgroup: string): boolean {
  const pids = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n')
  return pids.some((pid) => pid !== '' && proxies.has(nameOf(pid)))
}

/** Empty for a process that ended meanwhile. */
function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
