import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import type {Namespace} from '../sources/namespace.js'
import type {IssuedCertificate} from './certificates.js'
import type {MeshPlan, PodPlan} from './plan.js'
import {sidecarBootstrap} from './sidecar.js'

/** A pod that runs: its app, and its Envoy where it has one. */
export interface RunningPod {
  plan: PodPlan
  namespace: Namespace
  /** Lines that its Envoy wrote since the last call. */
  newLog(): Record<string, unknown>[]
}

const appScript = fileURLToPath(new URL('app.mjs', import.meta.url))
const patience = 20_000

/** The proxy's user and group: with TPROXY it needs root's rights, and is known by its group. */
export const ownerOf = ({interception}: PodPlan): {uid: number; gid: number} =>
  interception === 'TPROXY' ? {uid: 0, gid: 1337} : {uid: 1337, gid: 1337}

export async function startPod(
  mesh: MeshPlan,
  plan: PodPlan,
  namespace: Namespace,
  certificate: IssuedCertificate,
  folder: string,
): Promise<RunningPod> {
  namespace.start(process.execPath, [appScript, plan.name, mesh.pooled ? 'pooled' : 'single'])
  await until(() => listens(namespace, 7070), `the app of ${plan.name}`)
  const home = join(folder, plan.name)
  mkdirSync(home, {mode: 0o777, recursive: true})
  const log = join(home, 'access.log')
  writeFileSync(log, '', {mode: 0o666})
  if (plan.interception !== 'none') {
    const config = join(home, 'envoy.json')
    writeFileSync(config, JSON.stringify(sidecarBootstrap(mesh, plan, certificate, log)))
    namespace.run('chmod', ['-R', 'a+rwX', home])
    const {uid, gid} = ownerOf(plan)
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
    // The proxy's user may not be able to read where Envoy is installed.
    const readable = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search']
    namespace.start('setpriv', [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...readable, '--', ...envoy])
    await until(() => listens(namespace, 15006), `the Envoy of ${plan.name}`)
  }
  let read = 0
  return {
    plan,
    namespace,
    newLog() {
      const text = readFileSync(log, 'utf8')
      const whole = text.slice(read, text.lastIndexOf('\n') + 1)
      read += whole.length
      return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    },
  }
}

const listens = (namespace: Namespace, port: number): boolean => namespace.run('ss', ['-lnt']).includes(`:${port} `)

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < patience; waited += 100) {
    if (holds()) return
    await sleep(100)
  }
  throw new Error(`${what} did not start`)
}
