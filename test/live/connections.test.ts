import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {formatSocketAddress, parseSocketAddress} from '../../src/address/socket-address.js'
import {matchRequest} from '../../src/xds/match/match.js'
import type {MatchBranch} from '../../src/xds/match/result.js'
import {parseConfigDump} from '../../src/xds/parse/config-dump.js'
import {isObject, type JsonObject, objects, string} from '../../src/xds/parse/field.js'
import type {Proxy as Envoy} from '../../src/xds/proxy.js'
import {makeCertificates} from './connections/certificates.js'
import {makeConnection} from './connections/client.js'
import {freePorts} from './connections/free-ports.js'
import {type Connection, randomConnection} from './connections/random-connection.js'
import {chainListener, entryListener, handOffTargets, rbacListener} from './connections/random-listener.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'
import {seeded, times} from './upstream/random.js'

const seed = Number(process.env['ORACLE_SEED'] ?? 1)
const [chainListeners, rbacListeners, entries, connectionsEach] = [60, 40, 6, 14]

const missing = ['envoy', 'openssl'].find((program) => spawnSync(program, ['version']).error)

/** One connection, what Envoy logged of it, and the listener that it was made to. */
interface Asked {
  connection: Connection
  log: JsonObject
}

const described = missing === undefined ? `, seed ${seed}` : `: skipped, there is no ${missing} here`

describe.skipIf(missing !== undefined)(`what becomes of a connection${described}`, () => {
  let folder: string
  let envoy: EnvoyProcess
  let proxy: Envoy
  let asked: Asked[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sidetrace-live-'))
    const random = seeded(seed)
    const certificates = makeCertificates(folder)
    const log = join(folder, 'connections.log')
    const ports = await freePorts(chainListeners + rbacListeners + entries)
    const listeners = ports.map((port, index) => {
      if (index < chainListeners) return chainListener(random, `chains${index}`, port, log)
      if (index < chainListeners + rbacListeners) return rbacListener(random, `rbac${index}`, port, log, certificates)
      return entryListener(random, `entry${index}`, port, log)
    })
    const resources = [...listeners, ...handOffTargets(random, 24, log)].map((listener) => ({
      '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
      ...listener,
    }))
    writeFileSync(join(folder, 'lds.json'), JSON.stringify({version_info: '1', resources}))
    envoy = await startEnvoy(() => bootstrap(join(folder, 'lds.json')))
    const dump = parseConfigDump(await envoy.admin('/config_dump?include_eds'), 'live Envoy')
    proxy = {dump, state: {}}
    const accepted = new Set(dump.listeners.map(({name}) => name))
    const connections = ports.flatMap((port, index) => {
      const listener = listeners[index] ?? {}
      const takesHeader = objects(listener, 'listener_filters')[0]?.['name'] === 'proxy_protocol'
      const make = () => randomConnection(random, port, certificates.clients, takesHeader)
      return accepted.has(string(listener, 'name') ?? '') ? times(connectionsEach, make) : []
    })
    asked = await askAll(connections, log)
  })
  afterAll(async () => {
    await envoy?.stop()
    rmSync(folder, {recursive: true, force: true})
  })

  it('is what Envoy did', () => {
    const wrong = asked.filter((one) => !agrees(one, answersTo(one)))
    console.log(`seed ${seed}: ${asked.length - wrong.length} of ${asked.length} connections as Envoy took them`)
    expect(asked.length).toBeGreaterThan(1000)
    expect(wrong.slice(0, 3).map((one) => explain(one))).toEqual([])
  })

  it('covers refusals, denials and failed handshakes', () => {
    const count = (fits: (log: JsonObject) => boolean) => asked.filter(({log}) => fits(log)).length
    expect(count((log) => log['flags'] === 'NR')).toBeGreaterThan(50)
    expect(count((log) => /rbac_access_denied/.test(String(log['termination'])))).toBeGreaterThan(50)
    expect(count((log) => /^TLS_error:/.test(String(log['failure'])))).toBeGreaterThan(20)
    expect(count((log) => String(log['listener']).startsWith('target'))).toBeGreaterThan(15)
  })

  const answersTo = ({connection: {request}}: Asked): MatchBranch[] => matchRequest(proxy, request, {})

  const explain = (one: Asked): string => {
    const listener = proxy.dump.listeners.find(({name}) => name === one.log['listener'])
    const {request} = one.connection
    const ours = answersTo(one).map(({listener: name, filterChain, outcome, probability}) => ({
      name,
      filterChain,
      outcome,
      probability,
    }))
    return JSON.stringify({request, envoy: one.log, ours, listener: listener?.raw}, null, 1)
  }
})

const bootstrap = (path: string): JsonObject => ({
  admin: {address: {socket_address: {address: '127.0.0.1', port_value: 0}}},
  node: {id: 'live', cluster: 'live'},
  dynamic_resources: {lds_config: {resource_api_version: 'V3', path_config_source: {path}}},
})

/** Makes all connections, a few dozen at a time, and waits until each is logged. */
async function askAll(connections: Connection[], path: string): Promise<Asked[]> {
  const queue = [...connections]
  const sockets = new Map<string, Connection>()
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const peer = await makeConnection(next)
      const src = parseSocketAddress(peer)
      sockets.set(`${peer} ${formatSocketAddress(next.request.dst)}`, {...next, request: {...next.request, src}})
    }
  }
  await Promise.all(times(40, work))
  const lines = await logged(path, sockets.size)
  return lines.flatMap((log) => {
    const connection = sockets.get(string(log, 'socket') ?? '')
    return connection ? [{connection, log}] : []
  })
}

async function logged(path: string, count: number): Promise<JsonObject[]> {
  for (let waited = 0; waited < 15_000; waited += 100) {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
    if (lines.length >= count) return lines.map((line): unknown => JSON.parse(line)).filter(isObject)
    await sleep(100)
  }
  throw new Error('the access log stays short')
}

/** Whether the only branch, or one of several that Envoy's start decides among, is what the log says. */
const agrees = ({log}: Asked, branches: MatchBranch[]): boolean =>
  branches.length > 0 &&
  Math.abs(branches.reduce((sum, {probability}) => sum + probability, 0) - 1) < 1e-9 &&
  branches.some((branch) => isLogged(branch, log))

function isLogged({listener, filterChain, outcome}: MatchBranch, log: JsonObject): boolean {
  if (listener !== log['listener']) return false
  const failed = /^TLS_error:/.test(String(log['failure']))
  const denied = string(log, 'termination') ?? null
  if ((filterChain?.name ?? null) !== (string(log, 'chain') ?? null)) return false
  if (log['flags'] === 'NR') return outcome.kind === 'reset' && outcome.responseFlags === 'NR'
  if (denied !== null) return outcome.kind === 'reset' && outcome.details === denied
  if (log['chain'] === null || failed) return outcome.kind === 'reset' && outcome.details === null
  return ['responded', 'unknown'].includes(outcome.kind)
}
