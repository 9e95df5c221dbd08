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
})
