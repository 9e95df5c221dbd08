import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {key, openTerminal} from '../e2e/terminal.js'
import {type Ran, sidetraceAsync} from '../setup/run-bin.js'
import {shownBy} from './outputs.js'
import {type Canary, plantSnapshot} from './planted-snapshot.js'
import {runInside} from './run-inside.js'
import {survivors} from './survivors.js'

const dump = 'pods/default/productpage-v1-64794f5db4-8s7zq/config_dump.json'

let folder = ''
let from = ''
let canaries: Canary[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-planted-'))
  from = join(folder, 'planted')
  canaries = plantSnapshot(from)
})
afterAll(() => rmSync(folder, {recursive: true}))

/** The exit code of `sidetrace test` says what its cases came to; they are those of the unplanted sample. */
const answered = [0, 79]

describe('no planted secret survives', {timeout: 60_000}, () => {
  test('though more than a hundred are planted', () => expect(canaries.length).toBeGreaterThan(100))

  test.each(shownBy.map((args) => ({args, name: args.join(' ')})))('in $name', async ({args}) => {
    const {exit, stdout, stderr} = await runInside([...args, '--from', from])
    expect(answered, stderr).toContain(exit)
    expect(stdout).not.toBe('')
    expect(survivors(stdout + stderr, canaries)).toEqual([])
  })

  test('in an exported folder, and its report says where each was', async () => {
    const out = join(folder, 'out')
    const {exit, stderr} = await sidetraceAsync(['snapshot', 'export', '--from', from, '--out', out])
    expect(exit).toBe(0)
    const files = readdirSync(out, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    expect(survivors([stderr, ...texts].join('\n'), canaries)).toEqual([])
    const [, told = '0'] = /^Redacted (\d+) secrets:/.exec(stderr) ?? []
    expect(Number(told)).toBeGreaterThanOrEqual(canaries.length)
  })

  test('on the screen, in any of its lines and panes', async () => {
    const size = {columns: 200, rows: 50}
    const args = ['bin/run.js', 'trace', 'productpage', 'http://reviews:9080/reviews/0', '--from', from, '-o', 'tui']
    const terminal = openTerminal(args, size)
    try {
      await terminal.shows('q quit')
      terminal.type('e')
      for (let line = 0; line < 60; line++) terminal.type('j')
      await terminal.shows(/route/)
      terminal.type(`${key.enter}${key.tab}${key.pageDown}${key.pageDown}?`)
      await terminal.shows('any other key closes this')
      expect(survivors(terminal.output(), canaries)).toEqual([])
    } finally {
      terminal.close()
    }
  })

  test.each(['routes', 'listeners', 'iptables'])('on the screen of %s and of what they hold', async (view) => {
    const args = ['bin/run.js', 'ui', 'productpage', '--view', view, '--from', from]
    const terminal = openTerminal(args, {columns: 200, rows: 50})
    try {
      await terminal.shows(/quit/)
      terminal.type(`jj${key.enter}${key.tab}${key.pageDown}${key.pageDown}`)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(survivors(terminal.output(), canaries)).toEqual([])
      terminal.type('?')
      await terminal.shows(/closes this|keys/i)
    } finally {
      terminal.close()
    }
  })
})

describe('an error says nothing secret', {timeout: 60_000}, () => {
  const secret = 'cnry999Q7mZ'
  const failed = async (file: string, text: string, ...args: string[]): Promise<Ran> => {
    const path = join(folder, file)
    writeFileSync(path, text)
    const ran = await sidetraceAsync([...args, '-f', path])
    expect(ran.exit, ran.stdout).not.toBe(0)
    expect(survivors(ran.stdout + ran.stderr, [{where: file, secret}])).toEqual([])
    return ran
  }

  test.each([
    ['a dump that is cut off in a secret', `{"configs": [{"private_key": {"inline_string": "${secret}`],
    ['a dump that is broken behind a secret', `{"configs": [], "password": "${secret}"}}`],
    ['a dump that is broken before a secret', `{"configs": [}, "${secret}"]`],
    ['a file of a secret', `token=${secret}\n`],
  ])('about %s', async (name, text) => {
    for (const args of [
      ['match', 'http://a/'],
      ['pc', 'all', '-o', 'json'],
      ['pc', 'listener'],
    ])
      await failed(`${name.replace(/\W/g, '-')}.json`, text, ...args)
  })

  test('about an expression that is none, in the value of a header', async () => {
    const route = {
      match: {prefix: '/', headers: [{name: 'x-token', string_match: {safe_regex: {regex: `(${secret}`}}}]},
    }
    const text = readFileSync(join(from, dump), 'utf8').replace(
      /"routes":\s*\[/g,
      (found) => `${found}${JSON.stringify({...route, direct_response: {status: 200}})},`,
    )
    const entrance = ['--direction', 'outbound', '--dst', '10.96.0.14:9080']
    const {stderr} = await failed('expression.json', text, 'match', ...entrance, 'http://reviews:9080/')
    expect(stderr).toContain('header x-token')
  })
})

describe('told by name, secrets are shown', {timeout: 60_000}, () => {
  test.each([
    [100, ['snapshot', 'export']],
    [5, ['match', '--pod', 'productpage', '--direction', 'outbound', '-o', 'json', 'http://reviews:9080/']],
    [5, ['pc', 'route', 'productpage', '-o', 'wide']],
    [5, ['trace', 'productpage', 'http://reviews:9080/', '-o', 'text', '--detail', 'full']],
  ])('%i and more of them by %s', async (least, args) => {
    const {stdout} = await sidetraceAsync([...args, '--from', from, '--no-redact'])
    expect(survivors(stdout, canaries).length).toBeGreaterThanOrEqual(least)
  })
})
