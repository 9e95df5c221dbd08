import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {root, sidetrace} from '../../setup/run-bin.js'

const secret = 'cnry7Q2mZx91'
const dump = 'pods/default/productpage-v1-64794f5db4-8s7zq/config_dump.json'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-redacted-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

/** The sample, with `members` in every route of productpage's Envoy. */
function plant(members: object): string {
  const from = join(folder, 'planted')
  cpSync(join(root, 'samples/bookinfo'), from, {recursive: true})
  const text = readFileSync(join(from, dump), 'utf8')
  const inserted = `${JSON.stringify(members).slice(1, -1)},`
  const planted = text.replaceAll(/("routes":\s*\[\s*\{)/g, (found) => `${found}${inserted}`)
  expect(planted).not.toBe(text)
  writeFileSync(join(from, dump), planted)
  return from
}

function exported(from: string): string {
  const to = join(folder, 'clean')
  const ran = sidetrace(['snapshot', 'export', '--from', from, '--out', to])
  expect(ran.exit).toBe(0)
  expect(ran.stderr).toMatch(/^Redacted \d+ secrets:/)
  expect(readFileSync(join(to, dump), 'utf8')).not.toContain(secret)
  return to
}

describe('answers from a redacted snapshot', () => {
  test('are the same where no secret decides', () => {
    const from = plant({request_headers_to_add: [{header: {key: 'authorization', value: `Bearer ${secret}`}}]})
    const to = exported(from)
    for (const url of [
      'http://reviews:9080/reviews/0',
      'http://ratings:9080/ratings/0',
      'http://ext.example.com:8080/',
    ]) {
      const [before, after] = [from, to].map((snapshot) =>
        sidetrace(['trace', 'productpage', url, '--from', snapshot, '-o', 'json']),
      )
      expect(before?.exit).toBe(0)
      expect(after).toEqual(before)
    }
  })

  test('say what can no longer be told where a secret decides', () => {
    const routes = [
      {
        name: 'keyed',
        match: {prefix: '/', headers: [{name: 'x-api-key', string_match: {exact: secret}}]},
        direct_response: {status: 200},
      },
      {name: 'rest', match: {prefix: '/'}, direct_response: {status: 403}},
    ]
    const to = exported(plantRoutes(routes))
    const args = ['--pod', 'productpage', '--direction', 'outbound', '--dst', '10.96.0.14:9080', '-o', 'json']
    const asked = sidetrace(['match', '--from', to, ...args, '-H', `x-api-key: ${secret}`, 'http://reviews:9080/'])
    expect(JSON.parse(asked.stdout)).toMatchObject({
      branches: [
        {
          route: {name: 'rest'},
          assumptions: expect.arrayContaining([
            expect.objectContaining({about: 'route keyed: header x-api-key exact [redacted]'}),
          ]),
        },
      ],
    })
  })
})

/** The sample, with `routes` in front of the others of each virtual host. */
function plantRoutes(routes: object[]): string {
  const from = plant({
    decorator: {operation: 'planted'},
    request_headers_to_add: [{header: {key: 'authorization', value: secret}}],
  })
  const text = readFileSync(join(from, dump), 'utf8')
  const inserted = JSON.stringify(routes).slice(1, -1)
  writeFileSync(
    join(from, dump),
    text.replaceAll(/"routes":\s*\[/g, (found) => `${found}${inserted},`),
  )
  return from
}
