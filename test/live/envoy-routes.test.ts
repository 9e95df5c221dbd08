import {spawnSync} from 'node:child_process'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {matchRequest} from '../../src/xds/match/match.js'
import type {MatchBranch} from '../../src/xds/match/result.js'
import {parseConfigDump} from '../../src/xds/parse/config-dump.js'
import {isObject, type JsonObject} from '../../src/xds/parse/field.js'
import type {Proxy as Envoy} from '../../src/xds/proxy.js'
import {askHttp1, Http2Client, type Status} from './routes/client.js'
import {routesBootstrap} from './routes/random-manager.js'
import {type LiveRequest, randomRequest} from './routes/random-request.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'
import {seeded, times} from './upstream/random.js'

const seed = Number(process.env['ORACLE_SEED'] ?? 1)
const listenerCount = 60
const requestsEach = 40
const shown = Number(process.env['ORACLE_SHOW'] ?? 5)
const hasEnvoy = spawnSync('envoy', ['--version']).status === 0

/** A request with what Envoy did: what it logged, and the status that the client saw. */
interface Answered {
  request: LiveRequest
  status: Status
  log: JsonObject | undefined
}

/** A loopback address of this process alone: no port on it can be taken by anybody else. */
const home = `127.${64 + ((process.pid >> 8) & 127)}.${process.pid & 255}.1`
const ports = times(listenerCount, (index) => 20_001 + index)
const upstreamPort = 20_000

let envoy: EnvoyProcess
let proxy: Envoy
let answers: Answered[]

async function askAll(requests: readonly LiveRequest[]): Promise<Answered[]> {
  const http2 = new Http2Client()
  const statuses = new Map<string, Status>()
  const waiting = [...requests]
  const work = async () => {
    for (let request = waiting.shift(); request; request = waiting.shift()) {
      const port = ports[request.listener] ?? 0
      statuses.set(
        request.id,
        await (request.protocol === 'http2' ? http2.ask(home, port, request) : askHttp1(home, port, request)),
      )
    }
  }
  await Promise.all(times(8, work))
  http2.close()
  await sleep(500)
  const logs = new Map(
    envoy
      .log()
      .filter(isObject)
      .map((line) => [line['id'], line]),
  )
  return requests.map((request) => ({request, status: statuses.get(request.id) ?? null, log: logs.get(request.id)}))
}

/** What we say of one way, in the words of the log. */
function predicted(branch: MatchBranch, {http}: LiveRequest): JsonObject {
  const {kind, status, responseFlags, details} = branch.outcome
  const sent = kind === 'forwarded'
  const early = branch.routeConfig === null
  const header = (name: string) => branch.upstream?.http?.headers.find(([known]) => known === name)?.[1] ?? null
  return {
    code: sent ? 200 : status,
    details: sent ? 'via_upstream' : details,
    flags: responseFlags,
    ...(early ? {} : {route: branch.route?.name ?? null, host: branch.virtualHost}),
    location: branch.notes.find((note) => note.kind === 'location')?.text ?? null,
    ...(sent
      ? {
          cluster: branch.cluster,
          path: branch.rewritten?.path ?? (http.method === 'CONNECT' ? null : http.path),
          authority: branch.rewritten?.authority ?? http.authority,
          added: header('x-added'),
          a: header('x-a'),
          fresh: header('x-new'),
          forwardedHost: header('x-forwarded-host'),
          originalPath: header('x-envoy-original-path'),
          // The log names the catch-all `other` not at all.
          virtualCluster: branch.virtualCluster === 'other' ? null : branch.virtualCluster,
        }
      : {}),
  }
}

/** Members on which Envoy's log and our answer differ. */
const differences = (ours: JsonObject, log: JsonObject): string[] =>
  Object.keys(ours).filter((key) => (ours[key] ?? null) !== (log[key] ?? null))

/** A forwarded upgrade or a Host that the upstream refuses is forwarded all the same. */
function comparable(ours: JsonObject, log: JsonObject): JsonObject {
  const refusedThere =
    ours['details'] === 'via_upstream' && /^(via_upstream|websocket_handshake_unsuccessful)$/.test(`${log['details']}`)
  return refusedThere ? {...ours, code: log['code'], details: log['details']} : ours
}

function branchesFor(request: LiveRequest): MatchBranch[] {
  const port = ports[request.listener] ?? 0
  return matchRequest(
    proxy,
    {
      direction: 'direct',
      dst: {ip: home, port},
      src: {ip: '127.0.0.1', port: 40000},
      proxyProtocol: null,
      protocol: request.protocol,
      tls: null,
      http: request.http,
    },
    {},
  )
}

/** Null where one of our ways is what Envoy did, else what to look at. */
function wrong({request, status, log}: Answered): unknown {
  // An upgraded connection that nobody answers: the client goes away first.
  if (log?.['details'] === 'downstream_remote_disconnect') return null
  const branches = branchesFor(request)
  if (!log) {
    const fits = branches.some(({outcome}) => (outcome.kind === 'responded' ? outcome.status : null) === status)
    return fits ? null : {request, status, ours: branches.map(({outcome}) => outcome)}
  }
  const ways = branches.map((branch) => comparable(predicted(branch, request), log))
  if (ways.some((ours) => differences(ours, log).length === 0)) return null
  const certain = ways.length === 1 && ways[0] ? differences(ways[0], log) : null
  return {request, log, differ: certain, ours: ways}
}

describe.skipIf(!hasEnvoy)(
  `requests to connection managers, seed ${seed}${hasEnvoy ? '' : ' (no envoy in PATH)'}`,
  () => {
    beforeAll(async () => {
      const random = seeded(seed)
      envoy = await startEnvoy((accessLog) => routesBootstrap(random, {home, ports, upstreamPort}, accessLog))
      proxy = {dump: parseConfigDump(await envoy.admin('/config_dump?include_eds'), 'live Envoy'), state: {}}
      answers = await askAll(
        times(listenerCount * requestsEach, (index) => randomRequest(random, `r${index}`, index % listenerCount)),
      )
    })
    afterAll(() => envoy?.stop())

    it('are answered and routed as we say', () => {
      expect(answers.filter(({status}) => status !== null).length).toBeGreaterThan(2000)
      const different = answers.flatMap((answer) => {
        const found = wrong(answer)
        return found === null ? [] : [found]
      })
      console.log(`routes, seed ${seed}: ${answers.length - different.length} of ${answers.length} as Envoy answered`)
      for (const one of different.slice(0, shown)) console.log(JSON.stringify(one))
      expect(different.length).toBe(0)
    })

    it('come to sums of probabilities of 1', () => {
      for (const {request} of answers) {
        const sum = branchesFor(request).reduce((total, {probability}) => total + probability, 0)
        expect(sum).toBeCloseTo(1, 9)
      }
    })
  },
)
