import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import type {RequestListener} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {openSnapshot} from '../../../src/sources/open-snapshot.js'
import {root, sidetraceAsync} from '../../setup/run-bin.js'
import {type StandIn, startAdmin} from '../../sources/stand-in/admin-server.js'

let folder = ''
let admins: StandIn[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-create-'))
})
afterEach(async () => {
  await Promise.all(admins.map((admin) => admin.close()))
  admins = []
  rmSync(folder, {recursive: true})
})

const json: RequestListener = (request, response) => {
  response.setHeader('content-type', 'application/json')
  const path = (request.url ?? '').split('?')[0]
  if (path === '/server_info')
    return response.end('{"node": {"id": "sidecar~10.0.0.7~cart-0.shop~shop.svc.cluster.local"}}')
  return response.end(`{"configs": [], "private_key": {"inline_string": "cnryOf${path}"}}`)
}

async function admin(answer: RequestListener = json): Promise<string> {
  const started = await startAdmin(answer)
  admins.push(started)
  return started.hostPort
}

const create = (...args: string[]) => sidetraceAsync(['snapshot', 'create', ...args])

describe.each(['mesh', 'mesh.tar.gz'])('snapshot create --out %s', (name) => {
  test('writes what Envoys answer, without secrets, as a snapshot that is read again', async () => {
    const out = join(folder, name)
    const {exit, stderr, stdout} = await create(
      '--admin',
      await admin(),
      '--admin',
      `${await admin()}=shop/till`,
      '--out',
      out,
    )
    expect({exit, stdout}, stderr).toEqual({exit: 0, stdout: ''})
    expect(stderr).toContain('2 of 2 places')
    expect(stderr).toMatch(/^Redacted \d+ secrets:$/m)
    const snapshot = await openSnapshot(out)
    expect(snapshot.document).toMatchObject({
      redacted: true,
      failures: [],
      pods: [
        {namespace: 'shop', name: 'cart-0', ip: '10.0.0.7', role: 'sidecar'},
        {namespace: 'shop', name: 'till', sidecar: true},
      ],
    })
    expect(snapshot.files().length).toBe(15)
    expect(
      snapshot
        .files()
        .map((path) => snapshot.text(path))
        .join(''),
    ).not.toContain('cnry')
    expect(readdirSync(folder)).toEqual([name])
  })

  test('names what failed, and with --resume asks for that alone', async () => {
    const out = join(folder, name)
    let broken = true
    const flaky = await admin((request, response) => {
      if (broken) response.statusCode = 503
      json(request, response)
    })
    const steady = await admin()
    const args = ['--admin', `${flaky}=shop/cart`, '--admin', `${steady}=shop/till`, '--out', out]
    const first = await create(...args)
    expect(first.exit).toBe(0)
    expect(first.stderr).toContain('Warning: pods/shop/cart: config_dump.json was not captured')
    broken = false
    const again = await create(...args)
    expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining('is there already')])
    const asked = admins[1]?.asked.length
    const resumed = await create(...args, '--resume')
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect(admins[1]?.asked.length).toBe(asked)
    const snapshot = await openSnapshot(out)
    expect(snapshot.document.failures).toEqual([])
    expect(snapshot.files().length).toBe(15)
    expect(readdirSync(folder)).toEqual([name])
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const out = join(folder, name)
    const stuck = await admin((request, response) => {
      if (request.url?.startsWith('/certs') !== true) json(request, response)
    })
    const child = spawn(
      process.execPath,
      ['bin/run.js', 'snapshot', 'create', '--admin', `${stuck}=a/b`, '--out', out],
      {cwd: root},
    )
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (admins[0]?.asked.includes('/certs') !== true) return
        clearInterval(look)
        resolve()
      }, 20)
    })
    expect(readdirSync(folder).length).toBe(1)
    child.kill('SIGINT')
    const code = await new Promise((resolve) => child.once('exit', resolve))
    expect(code).toBe(130)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('snapshot create', () => {
  test('writes nothing when nothing can be captured, and says why', async () => {
    const out = join(folder, 'mesh')
    const {exit, stderr} = await create('--admin', '127.0.0.1:1=a/b', '--out', out)
    expect(exit).toBe(69)
    expect(stderr).toContain('connection refused')
    expect(existsSync(out)).toBe(false)
  })

  test.each([
    [['--admin', '127.0.0.1:1=a'], 'names no NAMESPACE/POD'],
    [['--admin', '127.0.0.1:1=a/..'], 'names no NAMESPACE/POD'],
    [['--pid', 'x'], 'is not a process id'],
    [['--pid', '1=a/b', '--pid', '2=a/b'], 'has a process already'],
    [['reviews', '--admin', '127.0.0.1:1'], 'Leave pods and -l and -A out'],
    [['--admin', '127.0.0.1:1', '-A'], 'Leave pods and -l and -A out'],
  ])('refuses %j', async (args, reason) => {
    const {exit, stderr} = await create(...args, '--out', join(folder, 'mesh'))
    expect([exit, stderr]).toEqual([2, expect.stringContaining(reason)])
  })

  test('does not mix what holds secrets with what does not', async () => {
    const out = join(folder, 'mesh')
    const port = await admin()
    await create('--admin', port, '--out', out, '--no-redact')
    expect(readFileSync(join(out, 'pods/shop/cart-0/config_dump.json'), 'utf8')).toContain('cnryOf/config_dump')
    const {exit, stderr} = await create('--admin', port, '--out', out, '--resume')
    expect([exit, stderr]).toEqual([2, expect.stringContaining('holds secrets')])
  })
})
