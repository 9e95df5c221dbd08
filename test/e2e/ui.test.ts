import {afterEach, describe, expect, it} from 'vitest'
import {key, openTerminal, type Terminal, type TerminalOptions} from './terminal.js'

let terminal: Terminal | null = null

afterEach(() => {
  terminal?.close()
  terminal = null
})

const ui = (args: readonly string[] = [], options: TerminalOptions = {}): Terminal => {
  terminal = openTerminal(['bin/run.js', 'ui', ...args], options)
  return terminal
}

const sizes = [
  {columns: 80, rows: 24},
  {columns: 200, rows: 50},
]

describe.each(sizes)('the tables on a screen of $columns x $rows', (size) => {
  it('follow the way of a request from a pod to the rules of the pod behind it, and back', async () => {
    const {shows, type, screen} = ui([], size)
    const pods = await shows('q quit')
    expect(pods.join('\n')).toMatch(/^ pods {2}9 *$/m)
    expect(pods.join('\n')).toMatch(/> productpage-v1-64794f5db4-8s7zq +default/)
    type(key.enter)
    await shows('listeners of default/productpage-v1-64794f5db4-8s7zq  15')
    type('/9080')
    await shows('1 of 15 contain "9080"')
    type(key.enter)
    type(key.enter)
    await shows(/chains of 0\.0\.0\.0_9080[\s\S]* chains of .* 2\b/)
    type(key.enter)
    await shows(/routes of 9080/)
    type('//v3/')
    await shows(/1 of \d+ contain "\/v3\/"/)
    type(`${key.enter}${key.enter}`)
    await shows(/ clusters of .* {2}1\b/)
    type(key.enter)
    await shows(/ endpoints of .* {2}1\b[\s\S]*10\.10\.0\.16:9080/)
    type(key.enter)
    await shows(/inbound 9080[\s\S]*chains of default\/reviews-v3-cfd99d85b-r7d2j/)
    type(key.enter)
    const rules = await shows('iptables of default/reviews-v3-cfd99d85b-r7d2j')
    expect(Math.max(...rules.map((text) => text.length))).toBeLessThanOrEqual(size.columns)
    for (const step of [
      /^ chains of default/m,
      /^ endpoints of default/m,
      /^ clusters of default/m,
      /contain "\/v3\/"/,
    ]) {
      type(key.escape)
      await shows(step)
    }
    expect(screen().at(-1)).toContain('q quit')
  })

  it('shows every view, each with its keys, and no line longer than the terminal', async () => {
    const {shows, type} = ui(['productpage', '--from', 'sample'], size)
    const check = async (wanted: string | RegExp, keys = 'q quit'): Promise<string> => {
      await shows(wanted)
      // The last line is drawn last.
      const lines = await shows(new RegExp(`${keys}[^\\n]*$`))
      expect(Math.max(...lines.map((text) => text.length))).toBeLessThanOrEqual(size.columns)
      expect(lines).toHaveLength(size.rows)
      expect(lines.join('\n')).toMatch(wanted instanceof RegExp ? wanted : /./)
      return lines.join('\n')
    }
    await check('listeners of default/productpage')
    for (const [command, wanted] of [
      ['pods', /^ pods {2}9/m],
      ['services', /^ services {2}\d+[\s\S]*reviews/m],
      ['chains productpage', /^ chains of default\/productpage[\s\S]*MATCH/m],
      ['routes', /^ routes of[\s\S]*VHOST NAME/m],
      ['endpoints', /^ endpoints of[\s\S]*HEALTH/m],
      ['iptables', /^ iptables of[\s\S]*ISTIO_OUTPUT[\s\S]*RETURN/m],
      ['secrets', /^ secrets of[\s\S]*ROOTCA/m],
      ['checks', /^ checks of/m],
      ['clusters', /^ clusters of[\s\S]*BlackHoleCluster/m],
    ] as const) {
      type(`:${command}${key.enter}`)
      await check(wanted)
    }
    type('/v2|rev')
    await shows('contain "v2|rev"')
    type(`${key.ctrl('u')}reviews.default`)
    await shows('contain "reviews.default"')
    type(`${key.enter}d`)
    await check(/SERVICE FQDN +reviews[\s\S]*PLACE +\$\.configs/)
    type(key.escape)
    await shows('contain "reviews.default"')
    type('y')
    await check(/config_dump\.json \$\.configs[\s\S]*"name": "outbound/)
    type(key.escape)
    await shows('contain "reviews.default"')
    type('?')
    await check('Keys of a table', 'esc close')
    type('z')
    type(key.ctrl('k'))
    await shows('Search everything')
    type('cmd quit')
    await shows(/search: cmd quit/)
    type(`${key.ctrl('u')}reviews v3 ep`)
    await shows(/\d+ found/)
    type(key.escape)
    await shows('contain "reviews.default"')
    type('jt')
    await check(/> trace[\s\S]*GET http:\/\/reviews/)
    type('w')
    await check(/What if \.\.\.[\s\S]*\[ \]/, 'esc close')
    type(' ')
    await shows(/\[x\][\s\S]*$/)
    type(key.escape)
    await check(/ before [\s\S]* after /)
    type('D')
    await shows('marked: edit the request')
    type(`w0${key.escape}`)
    await shows('marked   GET')
    type('D')
    await check('Marked (-) and this request (+)', 'esc close')
    type(key.escape)
    await check('marked   GET')
    type('c')
    await shows('sidetrace trace default/productpage')
  })
})

describe('the screen in other terminals', () => {
  it.each(['light', 'mono', 'contrast'])('has a theme called %s, which --theme and :theme choose', async (theme) => {
    const {shows, type} = ui(['--theme', theme])
    await shows('q quit')
    type(`:theme dark${key.enter}`)
    await shows('theme dark')
  })

  it('refuses a theme that there is not, and a pipe', async () => {
    const opened = ui(['--theme', 'pink'])
    expect((await opened.ended).code).toBe(2)
    expect(opened.screen().join(' ')).toContain('Choose one of dark, light, mono, contrast')
  })

  it('says in words and signs what colours say', async () => {
    const {shows, type, output} = ui(['--view', 'secrets', 'productpage'], {env: {NO_COLOR: '1'}})
    await shows(/secrets of[\s\S]*(true|false)/)
    type('j')
    await shows(/^> /m)
    expect(output()).not.toMatch(/\u001b\[[\d;]*(?:3[0-7]|4[0-7]|9[0-7])m/)
  })

  it('works at 40 columns, and says what it needs below', async () => {
    const {shows, resize} = ui([], {columns: 40, rows: 12})
    const lines = await shows('? keys')
    expect(lines.join('\n')).toMatch(/> productpage-.*8s7zq/)
    resize(30, 8)
    await shows('needs 40 x 10')
    resize(80, 24)
    await shows('q quit')
  })

  it('takes clicks once it is told to, and lets go of the mouse in the end', async () => {
    const opened = ui(['--mouse'])
    await opened.shows('q quit')
    opened.type('\u001b[<0;5;6M\u001b[<0;5;6m')
    await opened.shows(/^> ratings/m)
    opened.type('\u001b[<65;5;6M')
    await opened.shows(/^> reviews-v3/m)
    opened.type('q')
    expect((await opened.ended).code).toBe(0)
    expect(opened.output().lastIndexOf('\u001b[?1000l')).toBeGreaterThan(opened.output().lastIndexOf('\u001b[?1000h'))
  })

  it('opens a bare dump at its listeners, and says why no request is traced there', async () => {
    const pods = 'samples/bookinfo/pods/default'
    const file = `${pods}/productpage-v1-64794f5db4-8s7zq/config_dump.json`
    const {shows, type} = ui(['-f', file], {columns: 140, rows: 30})
    await shows(/listeners of \S+productpage-v1-64794f5db4-8s7zq {2}15/)
    type('t')
    await shows('no rules were captured')
    type('c')
    await shows(`pc listener -f ${file}`)
  })
})
