import {execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {root} from '../setup/run-bin.js'
import {type StandIn, startAdmin} from '../sources/stand-in/admin-server.js'

const proxies = Number(process.env['SIDETRACE_PROXIES'] ?? 1000)
const megabytes = 5
const mostMegabytes = 400

let folder = ''
let admin: StandIn
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-scale-'))
  const file = join(folder, 'dump.json')
  const generator = new URL('../../bench/generate.mjs', import.meta.url)
  const program = `import {writeConfigDump} from '${generator}'; writeConfigDump(process.argv[1], 375, 10)`
  execFileSync(process.execPath, ['--input-type=module', '-e', program, file])
  expect(statSync(file).size).toBeGreaterThan(megabytes * 0.95e6)
  const dump = readFileSync(file)
  admin = await startAdmin((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(request.url?.startsWith('/config_dump') === true ? dump : '{"stats": []}')
  })
})
afterAll(async () => {
  await admin.close()
  rmSync(folder, {recursive: true})
})

/** Runs a program, and gives the most memory that it had, in MB, as the kernel counted it. */
function peakOf(args: readonly string[]): Promise<{code: number | null; peak: number; stderr: string}> {
  const child = spawn(process.execPath, [...args], {cwd: root, stdio: ['ignore', 'ignore', 'pipe']})
  let [peak, stderr] = [0, '']
  child.stderr.on('data', (text) => {
    stderr += String(text)
  })
  const look = setInterval(() => {
    try {
      const high = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      peak = Math.max(peak, Number(high ?? 0) / 1024)
    } catch {
      // It has just ended.
    }
  }, 50)
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      clearInterval(look)
      resolve({code, peak, stderr})
    })
  })
}

it(`${proxies} proxies of ${megabytes} MB are captured within ${mostMegabytes} MB`, {timeout: 3_600_000}, async () => {
  const pods = Array.from({length: proxies}, (_, index) => ['--admin', `${admin.hostPort}=mesh/pod-${index}`]).flat()
  const out = join(folder, 'mesh.tar.gz')
  const {code, peak, stderr} = await peakOf([
    'bin/run.js',
    'snapshot',
    'create',
    ...pods,
    '--out',
    out,
    '--timeout',
    '2m',
  ])
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(`${proxies} of ${proxies} places`)
  expect(peak).toBeGreaterThan(30)
  expect(peak).toBeLessThan(mostMegabytes)
})
