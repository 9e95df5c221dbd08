import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'
import {sidetraceAsync} from '../setup/run-bin.js'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** A server on a free port of loopback that answers every request the same way, or never. */
const serve = (status: number | null, type: string, body: string): Promise<string> =>
  new Promise((resolve) => {
    const started = createServer((_, response) => {
      if (status !== null) response.writeHead(status, {'content-type': type}).end(body)
    })
    server = started
    // A TCP server's address is never a string, nor null once it listens.
    started.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(started.address() as AddressInfo).port}`))
  })

describe('an admin port', () => {
  const answers: [string, number | null, string, string, number, RegExp][] = [
    ['that answers 503', 503, 'text/plain', 'busy', 69, /503/],
    ['that answers a web page', 200, 'text/html', '<html><body>login</body></html>', 69, /web page/],
    ['that answers text', 200, 'text/plain', 'could not convert the dump to JSON', 65, /is not JSON/],
    ['that never answers', null, '', '', 69, /no answer|did not answer|time/i],
  ]
  for (const [what, status, type, body, code, said] of answers) {
    it(`${what} is refused in one line`, async () => {
      const address = await serve(status, type, body)
      const {exit, stdout, stderr} = await sidetraceAsync(['pc', 'listener', '--admin', address])
      expect({exit, stdout, stderr}).toEqual({exit: code, stdout: '', stderr: expect.stringMatching(said)})
      expect(stderr).toContain(address)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    })
  }

  it('that is closed is refused in one line', async () => {
    const address = await serve(200, 'text/plain', '')
    server?.close()
    const {exit, stdout, stderr} = await sidetraceAsync(['pc', 'listener', '--admin', address])
    expect({exit, stdout, stderr}).toEqual({exit: 69, stdout: '', stderr: expect.stringContaining(address)})
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
