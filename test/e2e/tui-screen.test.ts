import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {buildScreen} from './build-screen.js'
import {key, openTerminal, type Terminal, type TerminalOptions} from './terminal.js'

const trace = (name: string): string => `test/fixtures/trace/${name}.json`

let screen: {program: string; remove: () => void}
let terminal: Terminal | null = null

beforeAll(async () => {
  screen = await buildScreen()
})
afterAll(() => screen.remove())
afterEach(() => {
  terminal?.close()
  terminal = null
})

const open = (options: TerminalOptions = {}, ...names: string[]): Terminal => {
  terminal = openTerminal(
    [screen.program, ...(names.length === 0 ? ['delivered', 'denied', 'weighted'] : names).map(trace)],
    options,
  )
  return terminal
}

/** The terminal as the shell finds it again. */
const expectRestored = ({modes, output, screen: shown}: Terminal): void => {
  expect(modes()).toEqual({alternate: false, bracketedPaste: false})
  expect(output().lastIndexOf('\u001b[?25h')).toBeGreaterThan(output().lastIndexOf('\u001b[?25l'))
  expect(shown().join('')).not.toContain('envoy out')
}

describe.each([
  {columns: 80, rows: 24},
  {columns: 200, rows: 50},
])('the trace on a screen of $columns x $rows', (size) => {
  it('shows request, answer, way and keys, and no line longer than the terminal', async () => {
    const {shows} = open(size)
    const lines = await shows('q quit')
    expect(lines[1]).toMatch(/^ GET http:\/\/reviews:9080\/reviews\/0 {3}end-user: jason/)
    expect(lines[2]).toMatch(/^ DELIVERED to reviews-v2-6b5667f655-p9hxv, 10\.10\.0\.15:9080/)
    expect(lines.join('\n')).toMatch(/> {6}route +jason/)
    expect(lines.at(-1)).toContain('q quit')
    expect(Math.max(...lines.map((text) => text.length))).toBeLessThanOrEqual(size.columns)
  })

  it('shows every key of the table in its help', async () => {
    const {shows, type} = open(size)
    await shows('q quit')
    type('?')
    const lines = await shows('any other key closes this')
    expect(lines.join('\n')).toContain('edit the request; the trace follows')
    type('z')
    await shows('envoy out')
  })
})

describe('the screen', () => {
  it('is drawn under CI too', async () => {
    await open({env: {CI: 'true'}}).shows('DELIVERED')
  })

  it('takes many keys in one write', async () => {
    const {shows, type} = open()
    await shows('q quit')
    type('gjjj')
    await shows(/^> {2}v envoy out/m)
    type(`${key.down}${key.down}k`)
    await shows(/^> {6}listener/m)
  })

  it('shows one pane at 80 columns, and the other on tab', async () => {
    const {shows, type, screen: shown} = open()
    await shows('q quit')
    expect(shown().join('\n')).not.toContain('[Why]')
    type(key.tab)
    await shows('[Why]')
    type(']')
    await shows('[Considered]')
    type(']')
    await shows('"line 0"')
    type('G')
    await shows('"line 59"')
    type(']')
    await shows('[Counters]')
    type(key.escape)
    await shows('envoy out')
  })

  it('follows the size of the terminal', async () => {
    const {shows, loses, resize} = open({columns: 120, rows: 30})
    await shows('[Why]')
    resize(80, 24)
    await loses('[Why]')
    resize(160, 40)
    const lines = await shows(/\[Why\][\s\S]*q quit/)
    expect(lines.at(-1)).toContain('q quit')
    expect(lines.filter((text) => text.includes('DELIVERED'))).toHaveLength(1)
  })

  it('edits the request, shows how it would end, and follows', async () => {
    const {shows, type} = open()
    await shows('q quit')
    type('e')
    await shows('Edit the request')
    type(key.ctrl('u'))
    await shows('a URL: http://')
    type('http://ratings:9080/ratings/0')
    await shows('ends so: DENIED with 403')
    type(key.enter)
    const lines = await shows('x     outcome')
    expect(lines[2]).toContain('DENIED with 403 by the Envoy of ratings-v1-5997b99df9-m2k8w')
    expect(lines.join('\n')).toContain('not reached: the app of ratings-v1-5997b99df9-m2k8w')
  })

  it('takes a pasted text as text, not as keys', async () => {
    const {shows, type} = open()
    await shows('q quit')
    type(`e${key.ctrl('u')}`)
    await shows('a URL: http://')
    type('\u001b[200~http://quit.example/q\u001b[201~')
    await shows('http://quit.example/q')
  })

  it('turns to another way, and names its share', async () => {
    const {shows, type} = open({columns: 120, rows: 30}, 'weighted')
    await shows('way 1 of 2, 80 %')
    type('b')
    const lines = await shows('way 2 of 2, 20 %')
    expect(lines[2]).toContain('reviews-v3-cfd99d85b-r7d2j')
  })

  it('finds, and shows all again on escape', async () => {
    const {shows, loses, type} = open()
    await shows('q quit')
    type('/')
    await shows('find:')
    type('node1')
    await loses('envoy out')
    type(key.enter)
    await shows('only "node1"')
    type(key.escape)
    await shows('envoy out')
  })

  it('writes the trace to a new file, and over none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sidetrace-'))
    const path = join(folder, 't.json')
    const {shows, type} = open({columns: 160, rows: 30})
    await shows('q quit')
    for (const [answer, times] of [
      ['written to', 1],
      ['exists: choose another name', 2],
    ] as const) {
      type('x')
      await shows('export to:')
      type(`${key.ctrl('u')}${path}${key.enter}`)
      await shows(answer)
      expect(times).toBeGreaterThan(0)
    }
    expect(existsSync(path)).toBe(true)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      kind: 'Trace',
      request: {url: 'http://reviews:9080/reviews/0'},
    })
    rmSync(folder, {recursive: true})
  })

  it('shows the equivalent command', async () => {
    const {shows, type} = open({columns: 200, rows: 50})
    await shows('q quit')
    type('c')
    await shows(
      "sidetrace trace default/productpage-v1-64794f5db4-8s7zq http://reviews:9080/reviews/0 -H 'end-user: jason' --from sample",
    )
  })

  it('tells states by words and signs where there is no colour', async () => {
    const {shows, output} = open({env: {NO_COLOR: '1'}}, 'denied')
    await shows('x     outcome')
    // Inversion marks the cursor; no sequence sets a colour.
    expect(output()).not.toMatch(/\u001b\[[\d;]*(?:3[0-7]|4[0-7]|9[0-7])m/)
  })

  it('uses the sixteen colours of the palette only', async () => {
    const {shows, output} = open({env: {TERM: 'xterm-16color'}}, 'denied')
    await shows('x     outcome')
    expect(output()).not.toMatch(/\u001b\[[34]8;/)
  })
})

describe('the terminal is given back', () => {
  it('on q', async () => {
    const opened = open()
    await opened.shows('q quit')
    opened.type('q')
    expect(await opened.ended).toEqual({code: 0, signal: 0})
    expectRestored(opened)
    expect(opened.screen().join('\n')).toContain('the screen is closed')
  })

  it('on Ctrl-C, also from within the editor', async () => {
    const opened = open()
    await opened.shows('q quit')
    opened.type('e')
    await opened.shows('Edit the request')
    opened.type(key.ctrl('c'))
    expect((await opened.ended).code).toBe(0)
    expectRestored(opened)
  })

  it.each([
    ['SIGTERM', 15],
    ['SIGHUP', 1],
    ['SIGINT', 2],
  ])('on %s, and the process ends by it', async (signal, number) => {
    const opened = open()
    await opened.shows('q quit')
    opened.signal(signal)
    expect(await opened.ended).toEqual({code: 0, signal: number})
    expectRestored(opened)
  })

  it('on a crash while drawing, whose error is told afterwards', async () => {
    const opened = open({env: {SCREEN_CRASH: 'yes'}})
    await opened.shows('q quit')
    opened.type(']]')
    expect((await opened.ended).code).not.toBe(0)
    expectRestored(opened)
    expect(opened.screen().join('\n')).toContain('the lookup fell over')
  })
})
