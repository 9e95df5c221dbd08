import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {parseSocketAddress, type SocketAddress} from '../../src/address/socket-address.js'
import {matchRequest} from '../../src/xds/match/match.js'
import type {Payload} from '../../src/xds/match/payload.js'
import {forwarded, visible} from '../../src/xds/match/payload.js'
import type {MatchBranch} from '../../src/xds/match/result.js'
import {parseConfigDump} from '../../src/xds/parse/config-dump.js'
import type {Proxy as Envoy} from '../../src/xds/proxy.js'
import {freePorts} from './connections/free-ports.js'
import {randomInside} from './inside/random-inside.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'
import {seeded} from './upstream/random.js'

const seed = Number(process.env['ORACLE_SEED'] ?? 1)
const envoys = Number(process.env['ORACLE_INSIDE'] ?? 6)
const failed = '503'

interface Asked {
  path: string
  local: string
  /** The body of the answer, `503` where a connection inside failed. */
  seen: string
  ours: string[]
}

const locals = ['10.9.1.1:8080', '10.8.0.1:8080', '192.0.2.1:1']

/** Who answers at the end of a way, on through the listeners of this Envoy that its endpoints are. */
function endOf(envoy: Envoy, branch: MatchBranch, payload: Payload): string[] {
  const {outcome, upstream} = branch
  if (outcome.kind === 'responded' && outcome.status === 200) return [branch.route?.name ?? '(no name)']
  if (outcome.kind !== 'forwarded' || !upstream) return [failed]
  return branch.endpoints.flatMap((endpoint) => {
    const onward = forwarded(payload, upstream, endpoint)
    if (endpoint.inner) return endpoint.inner.flatMap((inner) => endOf(envoy, inner, onward))
    const address = parseSocketAddress(endpoint.address)
    // Beyond loopback nothing answers.
    return address?.ip === '127.0.0.1' ? ask(envoy, address, onward) : [failed]
  })
}

function ask(envoy: Envoy, dst: SocketAddress, payload: Payload): string[] {
  const src = {ip: '127.0.0.1', port: 40000}
  const ways = matchRequest(envoy, {direction: 'direct', dst, src, proxyProtocol: null, ...visible(payload)})
  return ways.flatMap((way) => endOf(envoy, way, payload))
}

async function askAll(index: number): Promise<Asked[]> {
  const random = seeded(seed * 1000 + index)
  const [front, end, admin] = await freePorts(3)
  if (!front || !end || !admin) throw new Error('no free ports')
  const {bootstrap, paths} = randomInside(random, front, end, admin)
  const process: EnvoyProcess = await startEnvoy(() => bootstrap)
  try {
    const dump = parseConfigDump(await process.admin('/config_dump?include_eds'), 'live Envoy')
    const envoy: Envoy = {dump, state: {}}
    const asked: Asked[] = []
    for (const path of paths)
      for (const local of locals) {
        const response = await fetch(`http://127.0.0.1:${front}${path}`, {headers: {'x-local': local}})
        const seen = response.status === 200 ? await response.text() : String(response.status)
        const authority = `127.0.0.1:${front}`
        const http = {method: 'GET', authority, path, headers: [['x-local', local] satisfies [string, string]]}
        const ours = ask(envoy, {ip: '127.0.0.1', port: front}, {tls: [], protocol: 'http1', http})
        asked.push({path, local, seen, ours})
      }
    return asked
  } finally {
    await process.stop()
  }
}

describe(`internal listeners, seed ${seed}`, () => {
  const asked: Asked[] = []
  beforeAll(async () => {
    for (let index = 0; index < envoys; index++) asked.push(...(await askAll(index)))
  }, 120_000)
  afterAll(() => {
    const answered = asked.filter(({seen}) => seen !== failed).length
    console.log(`internal listeners: ${asked.length} answers, ${answered} of them by a listener`)
  })

  it('take the connections that a running Envoy gives them, with what is handed on', () => {
    const wrong = asked.filter(({seen, ours}) => ours.length !== 1 || ours[0] !== seen)
    expect(asked.length).toBeGreaterThan(100)
    expect(asked.some(({seen}) => seen.startsWith('plain/'))).toBe(true)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
