import {execFile, spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** No cluster of the machine that the tests run on. */
const withoutCluster = {KUBECONFIG: '/nonexistent', KUBERNETES_SERVICE_HOST: ''}

export interface Ran {
  exit: number | null
  stdout: string
  stderr: string
}

/** Runs the built `sidetrace` from the project's folder, without a terminal. */
export function sidetrace(args: readonly string[], options: {input?: string; env?: Record<string, string>} = {}): Ran {
  const {status, stdout, stderr} = spawnSync(process.execPath, ['bin/run.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: {...process.env, ...withoutCluster, NO_COLOR: '1', NODE_ENV: 'production', ...options.env},
    input: options.input ?? '',
    maxBuffer: 1 << 28,
  })
  return {exit: status, stdout, stderr}
}

/** The same without blocking this process, for a command that talks to a server of the test. */
export const sidetraceAsync = (args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['bin/run.js', ...args],
      {cwd: root, env: {...process.env, ...withoutCluster, NO_COLOR: '1'}, maxBuffer: 1 << 28},
      (error, stdout, stderr) => resolve({exit: error === null ? 0 : Number(error.code), stdout, stderr}),
    ).stdin?.end()
  })
