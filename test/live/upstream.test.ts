import {Agent, get} from 'node:http'
import {createServer} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {HostNeed} from '../../src/xds/match/http-verdict.js'
import {chooseUpstream} from '../../src/xds/match/upstream.js'
import {parseConfigDump} from '../../src/xds/parse/config-dump.js'
import {isObject, type JsonObject, string} from '../../src/xds/parse/field.js'
import type {Proxy as Envoy} from '../../src/xds/proxy.js'
import {connection} from '../xds/clusters/fixture.js'
import {upstreamBootstrap} from './upstream/bootstrap.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'
import {seeded, times} from './upstream/random.js'
import {aggregateOf, peerCluster, type Question, randomCluster, randomQuestions} from './upstream/random-cluster.js'

const seed = Number(process.env['ORACLE_SEED'] ?? 1)
const clusterCount = 60
/** Distinct keys for a hashed question, and draws for one that chance decides. */
const [keysEach, drawsEach] = [25, Number(process.env['ORACLE_DRAWS'] ?? 150)]

const random = seeded(seed)
/** What health checks connect to, on every loopback address. */
const answering = createServer((socket) => socket.on('error', () => {}).destroy())
const openPort = await new Promise<number>((resolve, reject) => {
  answering.once('error', reject)
  answering.listen(0, '0.0.0.0', () => {
    const address = answering.address()
    resolve(typeof address === 'object' && address ? address.port : 0)
  })
})
const plain = times(clusterCount, (index) => randomCluster(random, `c${index}`, openPort))
const aggregates = times(8, (index) =>
  aggregateOf(`a${index}`, [`c${5 * index}`, 'no-such-cluster', `c${5 * index + 1}`, `c${5 * index + 2}`]),
)
/** The proxy's peers, by which zone-aware routing goes, with every other seed. */
const peers = seed % 2 === 0 ? ['peers'] : []
const clusters = [...plain, ...aggregates, ...peers.map((name) => peerCluster(random, name))]
const questions = clusters.flatMap((cluster) => randomQuestions(random, cluster, string(cluster, 'name') ?? ''))

/** One request: the question that it puts, its key, and what Envoy logged of it: a host, or its flags. */
interface Asked {
  question: number
  key: string | null
  answer: string
}

let envoy: EnvoyProcess
let proxy: Envoy
let asked: Asked[]

beforeAll(async () => {
  envoy = await startEnvoy((accessLog) => upstreamBootstrap(clusters, questions, accessLog, peers[0] ?? null))
  // Time for the first health checks.
  await sleep(2500)
  const dump = parseConfigDump(await envoy.admin('/config_dump?include_eds'), 'live Envoy')
  proxy = {dump, state: {clusters: await envoy.admin('/clusters?format=json')}}
  asked = await askAll()
})
afterAll(async () => {
  await envoy?.stop()
  answering.close()
})

async function askAll(): Promise<Asked[]> {
  const requests = questions.flatMap((question, index) =>
    times(question.hashed ? keysEach : drawsEach, (count) => ({
      question: index,
      key: question.hashed ? `key ${count}` : null,
    })),
  )
  const agent = new Agent({keepAlive: true, maxSockets: 16})
  await Promise.all(requests.map(({question, key}, id) => ask(agent, id, question, key)))
  agent.destroy()
  const answers = await logged(requests.length)
  return requests.map((request, id) => ({...request, answer: answers.get(String(id)) ?? '(not logged)'}))
}

const ask = (agent: Agent, id: number, question: number, key: string | null): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = {'x-id': String(id), ...(key === null ? {} : {'x-key': key})}
    const options = {agent, host: '127.0.0.1', port: envoy.listenerPort, path: `/q${question}`, headers}
    get(options, (response) => response.resume().once('end', resolve)).once('error', reject)
  })

/** Host or response flags by request id, once all are written. */
async function logged(count: number): Promise<Map<string, string>> {
  for (let waited = 0; waited < 20_000; waited += 100) {
    const lines = envoy.log().filter(isObject)
    if (lines.length >= count)
      return new Map(
        lines.map((line) => [
          string(line, 'id') ?? '',
          `${string(line, 'cluster') ?? '-'} ${string(line, 'host') ?? string(line, 'flags') ?? '-'}`,
        ]),
      )
    await sleep(100)
  }
  throw new Error('the access log stays short')
}

/** Our answer: probability by host, or by flags. */
function predicted({cluster, criteria}: Question, key: string | null): Map<string, number> {
  const need: HostNeed = {
    subset: criteria,
    hashKeys: key === null ? null : [key],
    clusterNotFoundStatus: 503,
    request: {method: 'GET', authority: 'a', path: '/', headers: []},
  }
  const ways = new Map<string, number>()
  for (const choice of chooseUpstream(proxy, cluster, need, connection)) {
    if (choice.outcome.kind !== 'forwarded')
      ways.set(`${choice.cluster} ${choice.outcome.responseFlags}`, choice.probability)
    for (const {address, probability} of choice.endpoints) {
      const way = `${choice.cluster} ${address}`
      ways.set(way, (ways.get(way) ?? 0) + choice.probability * probability)
    }
  }
  return ways
}

const describeQuestion = (index: number): string => {
  const question = questions[index]
  const cluster: JsonObject | undefined = clusters.find((candidate) => candidate['name'] === question?.cluster)
  return JSON.stringify({question, cluster})
}

describe(`the host of a cluster, seed ${seed}`, () => {
  it('is the one that Envoy takes for a hash key', () => {
    const hashed = asked.filter(({key}) => key !== null)
    const wrong = hashed.filter(({question, key, answer}) => {
      const one = questions[question]
      return one && predicted(one, key).get(answer) !== 1
    })
    expect(hashed.length).toBeGreaterThan(1000)
    expect(wrong.slice(0, 3).map((one) => [one, describeQuestion(one.question)])).toEqual([])
  })

  it('is one that we hold for possible, as often as we say', () => {
    const drawn = grouped(
      asked.filter(({key}) => key === null),
      ({question}) => question,
    )
    const wrong = [...drawn].flatMap(([index, answers]) => {
      const question = questions[index]
      const ways = question ? predicted(question, null) : new Map<string, number>()
      const seen = grouped(answers, ({answer}) => answer)
      const names = [...new Set([...ways.keys(), ...seen.keys()])]
      const odd = names.filter((name) => isOdd(seen.get(name)?.length ?? 0, answers.length, ways.get(name) ?? 0))
      return odd.length > 0
        ? [
            {
              odd,
              seen: [...seen].map(([name, {length}]) => [name, length]),
              ways: [...ways],
              about: describeQuestion(index),
            },
          ]
        : []
    })
    expect(drawn.size).toBeGreaterThan(50)
    expect(wrong.slice(0, 3)).toEqual([])
  })
})

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

/** Impossible, or more than five standard deviations off. */
function isOdd(seen: number, of: number, probability: number): boolean {
  if (probability === 0) return seen > 0
  if (probability > 1 - 1e-9) return seen !== of
  return Math.abs(seen - of * probability) > 5 * Math.sqrt(of * probability * (1 - probability)) + 1
}
