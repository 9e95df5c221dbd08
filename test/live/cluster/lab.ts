import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

/** Where the lab's programs and images lie: outside of the clone, so that they outlast it. */
export const labFolder = process.env['SIDETRACE_LAB'] ?? join(homedir(), '.cache/sidetrace/kubernetes-lab')

const scripts = fileURLToPath(new URL('lab/', import.meta.url))

/** Users of the lab; `viewer` may do nothing at all, the others what a test binds them to. */
export type User = 'admin' | 'viewer' | 'reader' | 'executor'

export const kubeconfigOf = (user: User): string => join(labFolder, 'state/pki', `${user}.kubeconfig`)

/** Why there can be no lab here, or null. */
export function whyNoLab(): string | null {
  if (process.platform !== 'linux') return 'no Linux'
  if (process.getuid?.() !== 0) return 'not root'
  if (!existsSync(join(labFolder, 'bin/hyper')) || !existsSync(join(labFolder, 'images/envoy.tar')))
    return 'not installed; test/live/cluster/lab/install.sh does it'
  const missing = ['unshare', 'ip', 'openssl', 'curl'].filter((tool) => !isInstalled(tool))
  return missing.length > 0 ? `${missing.join(', ')} not installed` : null
}

const isInstalled = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0

/** Whether somebody has started the lab already: then it is used, and left to them. */
export function isUp(): boolean {
  try {
    const pid = readFileSync(join(labFolder, 'state/init.pid'), 'utf8').trim()
    return existsSync(`/proc/${pid}`) && existsSync(kubeconfigOf('admin'))
  } catch {
    return false
  }
}

/** Runs one of the lab's scripts; its output where it fails. */
export function runScript(name: 'up.sh' | 'down.sh'): string | null {
  const {status, stdout, stderr} = spawnSync('bash', [join(scripts, name)], {encoding: 'utf8', timeout: 240_000})
  return status === 0 ? null : `${name}: ${`${stdout}${stderr}`.trim().slice(-500)}`
}

/** Asks the lab's own kubectl as its administrator. */
export const kubectl = (args: readonly string[], input = ''): string =>
  execFileSync(join(labFolder, 'bin/kubectl'), args, {
    encoding: 'utf8',
    input,
    env: {...process.env, KUBECONFIG: kubeconfigOf('admin')},
    maxBuffer: 1 << 27,
    timeout: 120_000,
    stdio: ['pipe', 'pipe', 'pipe'],
  })

/** Applies objects, as many as there are. */
export const apply = (...objects: readonly object[]): string =>
  kubectl(['apply', '-f', '-'], JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects}))
