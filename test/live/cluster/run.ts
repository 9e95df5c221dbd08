import {execFile} from 'node:child_process'
import {type Ran, root} from '../../setup/run-bin.js'
import {kubeconfigOf, type User} from './lab.js'

/** Runs the built `sidetrace` as a user of the lab, in a home without a kubeconfig of its own. */
export const sidetraceAs = (user: User, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = {...process.env, NO_COLOR: '1', HOME: '/nonexistent', KUBECONFIG: kubeconfigOf(user)}
    execFile(process.execPath, ['bin/run.js', ...args], {cwd: root, env, maxBuffer: 1 << 28}, (error, stdout, stderr) =>
      resolve({exit: error === null ? 0 : Number(error.code), stdout, stderr}),
    ).stdin?.end()
  })
