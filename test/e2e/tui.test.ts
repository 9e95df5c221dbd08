import {afterEach, describe, expect, it} from 'vitest'
import {key, openTerminal, type Terminal, type TerminalOptions} from './terminal.js'

let terminal: Terminal | null = null

afterEach(() => {
  terminal?.close()
  terminal = null
})

/** The built command in a terminal. */
const trace = (args: readonly string[] = [], options: TerminalOptions = {}): Terminal => {
  terminal = openTerminal(['bin/run.js', 'trace', ...args], options)
  return terminal
}

describe.each([
  {columns: 80, rows: 24},
  {columns: 200, rows: 50},
])('sidetrace trace in a terminal of $columns x $rows', (size) => {
  it('opens on the sample: productpage asks reviews as jason', async () => {
    const lines = await trace([], size).shows('q quit')
    expect(lines[0]).toContain('sample/bookinfo')
    expect(lines[1]).toContain('GET http://reviews:9080/reviews/0   end-user: jason')
    expect(lines[2]).toContain('DELIVERED to reviews-v2-6b5667f655-p9hxv, 10.10.0.15:9080')
    expect(lines.join('\n')).toMatch(/> {6}route +jason/)
  })

  it('shows where a refused request ended, and what to change', async () => {
    const {shows, type} = trace(['productpage', 'http://ratings:9080/ratings/0', '--from', 'sample'], size)
    const lines = await shows('q quit')
    expect(lines[2]).toContain('DENIED with 403 by the Envoy of ratings-v1-5997b99df9-m2k8w')
    expect(lines.join('\n')).toMatch(/x v envoy in/)
    if (size.columns < 100) type(key.tab)
    const text = (await shows('to change')).join('\n')
    expect(text).toContain('details rbac_access_denied_matched_policy[none]')
    expect(text).toContain('default/ratings-allow')
  })
})

describe('the screen on a real capture', () => {
  it('traces what is edited: without the header the ways are by weight', async () => {
    const {shows, type} = trace([], {columns: 120, rows: 34})
    await shows('q quit')
    type(`e${key.tab.repeat(5)}${key.ctrl('u')}`)
    await shows(/ends so: DELIVERED .*reviews-v1.*and 1 more way/)
    type(key.enter)
    await shows('way 1 of 2, 80 %')
    type('b')
    await shows(/DELIVERED to reviews-v3.*way 2 of 2, 20 %/)
  })

  it('shows the source of a rule and of a route, and the counters of rules', async () => {
    const {shows, type} = trace([], {columns: 120, rows: 34})
    await shows('q quit')
    type(']]')
    await shows('"exact": "jason"')
    type('gjj')
    await shows('-j ISTIO_REDIRECT')
    type(']')
    await shows(/nat:ISTIO_OUTPUT:rule:11 +\d+ packets, \d+ bytes/)
  })

  it('says what a name that does not resolve needs', async () => {
    const {shows, type} = trace([], {columns: 120, rows: 34})
    await shows('q quit')
    type(`e${key.ctrl('u')}`)
    await shows('a URL: http://')
    type(`http://nowhere.example:80/${key.enter}`)
    await shows('the name nowhere.example resolves to no address')
  })

  it('ends with q, and leaves the terminal as it was', async () => {
    const opened = trace()
    await opened.shows('q quit')
    opened.type('q')
    expect((await opened.ended).code).toBe(0)
    expect(opened.modes()).toEqual({alternate: false, bracketedPaste: false})
    expect(opened.screen().join('').trim()).toBe('')
  })
})
