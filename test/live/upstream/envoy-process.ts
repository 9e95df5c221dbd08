import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** A running Envoy: its admin port, the port that it gave to its first listener, and its access log. */
export interface EnvoyProcess {
  admin: (path: string) => Promise<unknown>
  /** `HOST:PORT` of the admin port. */
  adminAddress: string
  listenerPort: number
  /** Lines of the access log so far. */
  log: () => unknown[]
  stop: () => Promise<void>
}

const started = 20_000

/** Starts the `envoy` in PATH with this bootstrap, whose listener logs to `ACCESS_LOG`, and waits until it is ready. */
export async function startEnvoy(bootstrap: (accessLog: string) => unknown): Promise<EnvoyProcess> {
  const home = mkdtempSync(join(tmpdir(), 'sidetrace-envoy-'))
  const [config, accessLog, adminFile] = ['envoy.json', 'access.log', 'admin'].map((name) => join(home, name))
  if (!config || !accessLog || !adminFile) throw new Error('no folder for Envoy')
  writeFileSync(config, JSON.stringify(bootstrap(accessLog)))
  const flags = ['--concurrency', '1', '--use-dynamic-base-id', '--file-flush-interval-msec', '50', '-l', 'warning']
  const child = spawn('envoy', ['-c', config, '--admin-address-path', adminFile, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(home, {recursive: true, force: true})
  }
  try {
    const address = await ready(adminFile, () => child.exitCode)
    const admin = async (path: string): Promise<unknown> => (await fetch(`http://${address}${path}`)).json()
    return {admin, adminAddress: address, listenerPort: await firstPort(admin), log: () => readLog(accessLog), stop}
  } catch (error) {
    await stop()
    throw new Error(`Envoy did not start: ${said}`, {cause: error})
  }
}

async function ready(adminFile: string, exitCode: () => number | null): Promise<string> {
  for (let waited = 0; waited < started; waited += 50) {
    if (exitCode() !== null) throw new Error(`exit ${exitCode()}`)
    await sleep(50)
    const address = readIfThere(adminFile)
    if (!address) continue
    const answer = await fetch(`http://${address}/ready`).catch(() => null)
    if (answer?.status === 200) return address
  }
  throw new Error('not ready in time')
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

async function firstPort(admin: EnvoyProcess['admin']): Promise<number> {
  const text = JSON.stringify(await admin('/listeners?format=json'))
  return Number(/"port_value":(\d+)/.exec(text)?.[1])
}

const readLog = (path: string): unknown[] =>
  readIfThere(path)
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line): unknown => JSON.parse(line))
