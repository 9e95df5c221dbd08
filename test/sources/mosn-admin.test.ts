import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {adminPort} from '../../src/sources/admin-port.js'
import {snapshotOfAdminPort} from '../../src/sources/admin-snapshot.js'
import {pointSourceOfAny} from '../../src/sources/byte-source.js'
import {root, sidetraceAsync} from '../setup/run-bin.js'
import {type StandIn, startAdmin} from './stand-in/admin-server.js'

const running: StandIn[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

const fixture = (file: string): string => readFileSync(join(root, 'test/fixtures/mosn/routing', file), 'utf8')

/** Answers as a recorded MOSN did: 200 and plain text to everything; `shaped` is what it says to `/config_dump` with parameters. */
async function mosn(shaped = fixture('help.txt')): Promise<string> {
  const own: Record<string, string> = {
    '/api/v1/config_dump': fixture('config_dump.json'),
    '/api/v1/stats': fixture('stats.json'),
    '/api/v1/states': fixture('states.txt'),
    '/api/v1/version': fixture('version.txt'),
    '/server_info': '{}',
  }
  const server = await startAdmin((request, response) => {
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    const path = request.url ?? ''
    response.end(own[path] ?? (path.startsWith('/config_dump') ? shaped : fixture('help.txt')))
  })
  running.push(server)
  return server.hostPort
}

async function answer(hostPort: string): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of pointSourceOfAny(adminPort(hostPort), '/config_dump?mask=static_clusters').pieces())
    pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

describe('the admin port of a MOSN, which answers 200 to everything', () => {
  test.each([
    ['its help text', fixture('help.txt')],
    ['nothing', ''],
    [
      'an empty dump of Envoy’s shape',
      '{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump"}]}',
    ],
  ])('is recognised where /config_dump is answered with %s', async (_, shaped) => {
    expect(JSON.parse(await answer(await mosn(shaped)))).toHaveProperty('mosn_config')
  })

  test('gives a snapshot of its own files, named as the server is', async () => {
    const snapshot = await snapshotOfAdminPort(await mosn(), ['config_dump.json', 'clusters.json'])
    expect(snapshot.files()).toEqual(
      ['config_dump.json', 'states.txt', 'stats.json', 'version.txt'].map(
        (file) => `pods/default/routing/mosn/${file}`,
      ),
    )
  })

  test('is asked by match and pc --admin, the statistics too', async () => {
    const hostPort = await mosn('')
    const matched = await sidetraceAsync([
      'match',
      '--admin',
      hostPort,
      '--dst',
      '127.0.0.1:20100',
      '/exact',
      '--detail',
      'minimal',
    ])
    expect(matched).toMatchObject({exit: 0, stderr: ''})
    expect(matched.stdout).toContain('cluster=A')
    const listed = await sidetraceAsync(['pc', 'endpoint', '--admin', hostPort, '--cluster', 'A', '-o', 'wide'])
    expect(listed.stdout.split('\n')[1]?.split(/ {2,}/)).toEqual([
      '127.0.0.1:18081',
      'HEALTHY',
      '1',
      '-',
      '1',
      '0',
      '21',
      '0',
      'A',
    ])
  })
})

test('an Envoy that answers plain text is no MOSN', async () => {
  const server = await startAdmin((request, response) => {
    response.setHeader('content-type', 'text/plain')
    response.statusCode = request.url?.startsWith('/api') ? 404 : 200
    response.end('{"configs":[]}')
  })
  running.push(server)
  expect(await answer(server.hostPort)).toBe('{"configs":[]}')
})
