import {afterEach, describe, expect, test} from 'vitest'
import {SourceError, UsageError} from '../../src/errors.js'
import {fetchAdmin, fetchAdminBytes} from '../../src/sources/admin-port.js'
import {snapshotOfAdminPort} from '../../src/sources/admin-snapshot.js'
import {type StandIn, startAdmin, startRaw} from './stand-in/admin-server.js'

const running: StandIn[] = []
const started = async (server: Promise<StandIn>): Promise<StandIn> => {
  running.push(await server)
  return server
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

const failure = async (asking: Promise<unknown>): Promise<SourceError> => {
  const error = await asking.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof SourceError) return error
  throw new Error(`not refused as a source: ${String(error)}`)
}

describe('an admin port that answers', () => {
  test('gives status, content type and the body in pieces', async () => {
    const server = await started(
      startAdmin((_, response) => {
        response.setHeader('content-type', 'application/json')
        response.write('{"configs":')
        setImmediate(() => response.end('[]}'))
      }),
    )
    const answer = await fetchAdmin(server.hostPort, '/config_dump')
    const chunks: Uint8Array[] = []
    for await (const chunk of answer.body) chunks.push(chunk)
    expect({...answer, body: Buffer.concat(chunks).toString()}).toEqual({
      status: 200,
      contentType: 'application/json',
      body: '{"configs":[]}',
    })
  })

  test('may be slow as long as it goes on', async () => {
    const server = await started(
      startAdmin((_, response) => {
        let left = 5
        const next = () => {
          if (left-- === 0) return response.end(']')
          response.write('[')
          return setTimeout(next, 60)
        }
        next()
      }),
    )
    const body = await fetchAdminBytes(server.hostPort, '/clusters', {timeoutMs: 200})
    expect(Buffer.from(body).toString()).toBe('[[[[[]')
  })
})

describe('an admin port in trouble is unreachable, and the message says how:', () => {
  test('closed', async () => {
    const server = await startRaw(() => undefined)
    await server.close()
    const error = await failure(fetchAdminBytes(server.hostPort, '/config_dump'))
    expect(error.exit).toBe(69)
    expect(error.failure.what).toContain('connection refused')
  })

  test('hanging before the answer', async () => {
    const server = await started(startAdmin(() => undefined))
    const error = await failure(fetchAdminBytes(server.hostPort, '/config_dump', {timeoutMs: 50}))
    expect(error.failure.what).toBe('did not answer within 0.05 s')
  })

  test('hanging within the answer', async () => {
    const server = await started(startAdmin((_, response) => response.write('{"configs":')))
    const error = await failure(fetchAdminBytes(server.hostPort, '/config_dump', {timeoutMs: 50}))
    expect(error.failure.what).toContain('stopped in the middle')
  })

  test('going away within the answer', async () => {
    const server = await started(
      startAdmin((_, response) => {
        response.writeHead(200, {'content-length': '100'})
        response.write('{"configs":', () => response.destroy())
      }),
    )
    const error = await failure(fetchAdminBytes(server.hostPort, '/config_dump'))
    expect(error.failure.what).toContain('closed the connection')
  })

  test.each([503, 404])('answering %i', async (status) => {
    const server = await started(
      startAdmin((_, response) => {
        response.statusCode = status
        response.end('no healthy upstream')
      }),
    )
    const error = await failure(fetchAdminBytes(server.hostPort, '/config_dump'))
    expect(error.exit).toBe(69)
    expect(error.failure.what).toContain(`answered ${status} `)
  })

  test('answering a web page', async () => {
    const server = await started(startAdmin((_, response) => response.end('<!DOCTYPE html><html>hello')))
    expect((await failure(fetchAdminBytes(server.hostPort, '/config_dump'))).failure.what).toContain('web page')
  })

  test('answering nothing, as MOSN does to include_eds', async () => {
    const server = await started(startAdmin((_, response) => response.end()))
    expect((await failure(fetchAdminBytes(server.hostPort, '/config_dump'))).failure.what).toBe('answered nothing')
  })

  test('speaking another protocol', async () => {
    const server = await started(startRaw((socket) => socket.end('220 mail ready\r\n')))
    expect((await failure(fetchAdminBytes(server.hostPort, '/config_dump'))).failure.what).toBe('does not speak HTTP')
  })

  test.each(['localhost', 'http://user@host:1', 'a:b', 'host:99999', '::1:15000', 'host:15000/config_dump'])(
    '%s is no HOST:PORT',
    async (hostPort) => {
      await expect(fetchAdmin(hostPort, '/')).rejects.toBeInstanceOf(UsageError)
    },
  )
})

describe('the snapshot of an admin port', () => {
  const envoy = (nodeId: string) =>
    startAdmin((request, response) => {
      if (request.url === '/server_info') response.end(JSON.stringify({state: 'LIVE', node: {id: nodeId}}))
      else response.end('{"configs":[]}')
    })

  test('holds one pod, named by its node id, and only what was asked for', async () => {
    const server = await started(envoy('sidecar~10.0.0.7~reviews-v1-abc.books~books.svc.cluster.local'))
    const snapshot = await snapshotOfAdminPort(server.hostPort, ['config_dump.json'])
    expect(snapshot.document.pods).toEqual([
      {namespace: 'books', name: 'reviews-v1-abc', ip: '10.0.0.7', role: 'sidecar', sidecar: true},
    ])
    expect(snapshot.files()).toEqual(['pods/books/reviews-v1-abc/config_dump.json'])
    expect(snapshot.text('pods/books/reviews-v1-abc/config_dump.json')).toBe('{"configs":[]}')
    expect(server.asked.toSorted()).toEqual(['/config_dump?include_eds', '/server_info'])
  })

  test('names a proxy that does not tell its pod by its address', async () => {
    const server = await started(envoy(''))
    const snapshot = await snapshotOfAdminPort(server.hostPort, ['config_dump.json'])
    expect(snapshot.document.pods[0]?.name).toBe(server.hostPort)
  })
})
