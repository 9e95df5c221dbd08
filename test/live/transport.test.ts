import {request as send} from 'node:http'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {matchRequest} from '../../src/xds/match/match.js'
import {parseConfigDump} from '../../src/xds/parse/config-dump.js'
import {isObject, type JsonObject, string} from '../../src/xds/parse/field.js'
import {parseMatchRequest} from '../../src/xds/parse/match-request.js'
import type {Proxy as Envoy} from '../../src/xds/proxy.js'
import {upstreamBootstrap} from './upstream/bootstrap.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'
import {type ListeningServer, startListening} from './upstream/listening-server.js'
import {chance, pick, type Random, seeded, times} from './upstream/random.js'
import {forwardProxyCluster, forwardProxyFilter, socketCluster} from './upstream/random-socket.js'

const seed = Number(process.env['ORACLE_SEED'] ?? 1)
const random = seeded(seed)
const [matched, forwardProxies] = [150, 30]

interface Asked {
  cluster: JsonObject
  host: string
  headers: [string, string][]
  /** `ADDRESS KIND SNI ALPN` of the connection that was made, else the response flags. */
  seen: string
  ours: string
}

let server: ListeningServer
let envoy: EnvoyProcess
const asked: Asked[] = []

/** Hosts that are addresses, so that no answer hangs on a resolver; and, of port 1, some where nothing listens. */
const hostOf = (from: Random, forwardProxy: boolean): string => {
  const address = `127.79.0.${1 + Math.floor(from() * 200)}`
  if (forwardProxy)
    return pick(from, [`${address}:${server.port}`, `${address}:${server.port}`, `${address}:1`, address])
  return pick(from, ['a.example', 'b.example:8080', '192.0.2.1', '192.0.2.1:81', '[fd00::1]:81', 'A.Example'])
}

function ask(index: number, host: string, headers: [string, string][]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fields = {host, 'x-id': String(index), ...Object.fromEntries(headers)}
    const options = {host: '127.0.0.1', port: envoy.listenerPort, path: `/q${index}`, headers: fields, agent: false}
    send(options, (response) => response.resume().once('end', resolve))
      .once('error', reject)
      .end()
  })
}

/** Host and flags of the answer to a request, once its line is written. */
async function logged(index: number): Promise<JsonObject> {
  for (let waited = 0; waited < 5000; waited += 20) {
    const line = envoy.log().find((one) => isObject(one) && string(one, 'id') === String(index))
    if (isObject(line)) return line
    await sleep(20)
  }
  throw new Error(`request ${index} was not logged`)
}

/** What the server saw, else what the log says of a host that nobody listens at. */
async function observed(index: number): Promise<string> {
  const line = await logged(index)
  const [seen, ...more] = server.take()
  if (more.length > 0) throw new Error(`request ${index} made ${more.length + 1} connections`)
  if (seen) return `${seen.address} ${seen.kind} ${seen.sni ?? '-'} ${seen.alpn.join()}`
  return `${string(line, 'host') ?? string(line, 'flags') ?? ''} unseen`
}

function predicted(proxy: Envoy, index: number, host: string, headers: [string, string][]): string {
  const http = {authority: host, path: `/q${index}`, headers}
  // The dump says the port as it was asked for: any.
  const question = parseMatchRequest({dst: '127.0.0.1:0', http}, 'the test')
  const [way, ...more] = matchRequest(proxy, question)
  const [endpoint, ...others] = way?.endpoints ?? []
  if (!way || more.length + others.length > 0) throw new Error(`${index}: not one way`)
  if (!endpoint) return `${way.outcome.responseFlags} unseen`
  const {address, transport} = endpoint
  if (!address.endsWith(`:${server.port}`)) return `${address} unseen`
  if (transport.kind === 'tls') return `${address} tls ${transport.sni ?? '-'} ${transport.alpn.join()}`
  return `${address} ${transport.kind} - `
}

beforeAll(async () => {
  server = await startListening()
  const clusters = [
    ...times(matched, (index) => socketCluster(random, `c${index}`, index + 1, server.port)),
    ...times(forwardProxies, (index) => forwardProxyCluster(random, `f${index}`)),
  ]
  const questions = clusters.map((cluster) => ({cluster: String(cluster['name']), criteria: {}, hashed: false}))
  envoy = await startEnvoy((log) => upstreamBootstrap(clusters, questions, log, null, [forwardProxyFilter]))
  const proxy = {dump: parseConfigDump(await envoy.admin('/config_dump?include_eds'), 'live Envoy'), state: {}}
  for (const [index, cluster] of clusters.entries()) {
    const host = hostOf(random, index >= matched)
    const headers: [string, string][] = chance(random, 0.5) ? [['x-sni', 'over.example']] : []
    await ask(index, host, headers)
    const seen = await observed(index)
    asked.push({cluster, host, headers, seen, ours: predicted(proxy, index, host, headers)})
  }
}, 120_000)

afterAll(async () => {
  await envoy?.stop()
  server?.close()
})

describe(`the connection to a host, seed ${seed}`, () => {
  const wrong = (from: number, to: number) => asked.slice(from, to).filter(({seen, ours}) => seen !== ours)

  it('uses the transport socket that the labels of the endpoint choose, with its SNI and ALPN', () => {
    expect(asked.slice(0, matched).filter(({seen}) => seen.includes(' tls ')).length).toBeGreaterThan(20)
    expect(asked.slice(0, matched).filter(({seen}) => seen.includes(' plaintext ')).length).toBeGreaterThan(20)
    expect(wrong(0, matched)).toEqual([])
  })

  it('of a dynamic forward proxy goes to the address that the request names', () => {
    expect(asked.slice(matched)).toHaveLength(forwardProxies)
    expect(wrong(matched, matched + forwardProxies)).toEqual([])
  })
})
