import {describe, expect, it} from 'vitest'
import {cells} from '../../../src/views/styled.js'
import {ageText, live} from '../../../src/views/tui/shell/freshness.js'
import {openLoop, sampleWorld} from './screen-loop.js'

const typed = (text: string): string[] => Array.from(text)

describe('the command line', () => {
  it('goes to the resources of the pod that is selected, of one that is named in part, and says what it does not know', () => {
    const {press, screen} = openLoop()
    press('down', ':', ...typed('clusters'), 'enter')
    expect(screen()).toContain('clusters of default/details-v1-79dfbd6fff-x5t4k')
    press(':', ...typed('ep reviews-v3'), 'enter')
    expect(screen()).toContain('endpoints of default/reviews-v3-cfd99d85b-r7d2j')
    press(':', ...typed('nonsense'), 'enter')
    expect(screen()).toContain('no such view or command: nonsense')
    press(':', ...typed('listeners nobody'), 'enter')
    expect(screen()).toContain('no pod or node is called nobody')
    press(':', ...typed('listeners legacy'), 'enter')
    expect(screen()).toContain('legacy/legacy-6f7d9d7d5c-q8zzn has no proxy in this snapshot')
  })

  it('completes commands and pods with tab, there and back, and recalls what was given', () => {
    const {press, shell} = openLoop()
    const text = (): string => {
      const {overlay} = shell()
      return overlay.kind === 'command' ? overlay.prompt.field.text : ''
    }
    press(':', ...typed('c'), 'tab')
    expect(text()).toBe('chains')
    press('tab')
    expect(text()).toBe('clusters')
    press('tab', 'shift-tab')
    expect(text()).toBe('clusters')
    press(' ', ...typed('rat'), 'tab')
    expect(text()).toBe('clusters default/ratings-v1-5997b99df9-m2k8w')
    press('enter', ':', 'up')
    expect(text()).toBe('clusters default/ratings-v1-5997b99df9-m2k8w')
    press('down')
    expect(text()).toBe('')
  })

  it('changes the theme, and ends', () => {
    const {press, shell, asked} = openLoop()
    press(':', ...typed('theme light'), 'enter')
    expect(shell().settings.theme).toBe('light')
    press(':', ...typed('q'), 'enter')
    expect(asked.quit).toBe(1)
  })
})

describe('a table on the screen', () => {
  const rows = {resource: 'routes', place: 'default/productpage-v1-64794f5db4-8s7zq', scope: null} as const

  it('filters while one types, says how many of how many, and shows all again on escape', () => {
    const {press, screen} = openLoop({start: {kind: 'table', where: rows}})
    expect(screen()).toMatch(/ 47\b/)
    press('/', ...typed('ratings'))
    expect(screen()).toMatch(/ \d+ of 47 contain "ratings"/)
    press('enter', 'esc')
    expect(screen()).not.toContain('contain')
    press('/', ...typed('zzz'))
    expect(screen()).toContain('no row contains that text')
    press('esc')
    expect(screen()).toMatch(/ 47\b/)
  })

  it('brings columns that are off the screen into it, and sorts by the one in brackets', () => {
    const {press, screen} = openLoop({start: {kind: 'table', where: rows}, size: {columns: 80, rows: 24}})
    expect(screen()).not.toContain('DESTINATION')
    press('right', 'right', 'right', 'right', 'right')
    expect(screen()).toContain('[DESTINATION]')
    press('s')
    expect(screen()).toContain('sorted by DESTINATION')
    expect(screen()).toContain('[DESTINATION^')
    press('s')
    expect(screen()).toContain('[DESTINATIONv')
    press('s')
    expect(screen()).not.toContain('sorted')
  })

  it('shows the source without secrets and its place, describes a row, exports rows, and names the command', () => {
    const {press, screen, asked} = openLoop({start: {kind: 'table', where: rows}})
    press('y')
    expect(screen()).toMatch(/config_dump\.json \$\.configs\[\d+\]\.dynamic_route_configs\[0\]/)
    press('esc', 'd')
    expect(screen()).toMatch(/VHOST NAME +\S+[\s\S]*PLACE +\$\.configs/)
    press('esc', 'c')
    expect(asked.copied).toEqual([
      expect.stringMatching(/^sidetrace pc route default\/productpage-v1-64794f5db4-8s7zq --from sample --name \S+$/),
    ])
    press('/', ...typed('jason'), 'enter', 'x', 'enter')
    const document = JSON.parse(asked.saved[0]?.text ?? '')
    expect(document).toMatchObject({kind: 'Table', resource: 'routes', filter: 'jason'})
    expect(document.rows.length).toBeGreaterThan(0)
    expect(document.rows[0]).toHaveProperty('VHOST NAME')
  })

  it('traces a request that lands on the row, and comes back to it', () => {
    const {press, screen} = openLoop({start: {kind: 'table', where: rows}})
    press('/', ...typed('jason'), 'enter', 'down', 't')
    expect(screen()).toMatch(/routes > trace[\s\S]*end-user: jason[\s\S]*DELIVERED to reviews-v2/)
    press('o')
    expect(screen()).toMatch(/routes of default\/productpage/)
    press('esc', 'esc')
    expect(screen()).toContain('contain "jason"')
  })

  it('says that a screen is too small, and keeps to its width with wide characters', () => {
    const small = openLoop({size: {columns: 38, rows: 8}})
    expect(small.screen()).toContain('needs 40 x 10')
    const {screen} = openLoop({size: {columns: 40, rows: 12}})
    expect(
      Math.max(
        ...screen()
          .split('\n')
          .map((text) => text.length),
      ),
    ).toBeLessThanOrEqual(40)
    expect(screen()).toContain('? keys')
  })
})

describe('wide characters', () => {
  it('keep columns where they are, in tables and in the search', () => {
    const plain = sampleWorld()
    const pods = plain.document.pods.map((pod, index) => (index === 1 ? {...pod, name: '详细信息-🦊-pod'} : pod))
    const {press, screen} = openLoop({world: {...plain, document: {...plain.document, pods}}})
    const lines = screen().split('\n')
    const columnOf = (text: string, part: string): number => cells(text.slice(0, text.indexOf(part)))
    const [first = '', second = ''] = lines.filter((text) => / default +10\.10\.0\.1[12]/.test(text))
    expect(columnOf(second, '10.10.0.12')).toBe(columnOf(first, '10.10.0.11'))
    press('ctrl-k', ...typed('详'))
    expect(screen()).toContain('详细信息-🦊-pod')
    expect(Math.max(...screen().split('\n').map(cells))).toBeLessThanOrEqual(120)
  })
})

describe('the search over everything', () => {
  it('finds pods, clusters, rules and commands by letters in order, and goes there', () => {
    const {press, screen} = openLoop()
    press('ctrl-k', ...typed('rvwsv3'))
    expect(screen()).toMatch(/> pod +default\/reviews-v3-cfd99d85b-r7d2j/)
    press('enter')
    expect(screen()).toMatch(/> reviews-v3-cfd99d85b-r7d2j/)
    press('ctrl-k', ...typed('rule istio_output:rule:11 productpage'), 'enter')
    expect(screen()).toMatch(/iptables of default\/productpage[\s\S]*>.* ISTIO_OUTPUT +11 /)
    press('ctrl-k', ...typed('command secrets'), 'enter')
    expect(screen()).toContain('secrets of')
  })

  it('begins anew when letters are taken back', () => {
    const {press, screen} = openLoop()
    press('ctrl-k', ...typed('zzzzzz'))
    expect(screen()).toContain('0 found')
    press('ctrl-u', ...typed('sleep'))
    expect(screen()).toMatch(/> service +default\/sleep[\s\S]*pod +default\/sleep/)
  })
})

describe('what-ifs and comparisons', () => {
  const request = {
    client: {pod: 'default/productpage-v1-64794f5db4-8s7zq', uid: 1000, gid: 1000},
    url: 'http://reviews:9080/',
    method: 'GET',
    headers: [],
    httpVersion: '1.1' as const,
    connectTo: null,
    proxyRequest: false,
    tls: null,
    tcp: null,
  }
  const open = () => openLoop({start: {kind: 'trace', request}, size: {columns: 160, rows: 40}})

  it('are switched on and off in a menu, and shown beside the unchanged end', () => {
    const {press, screen, shell, asked} = open()
    press('w')
    const lines = screen().split('\n')
    const at = lines.findIndex((text) => text.includes('everything to outbound|9080|v3|'))
    const first = lines.findIndex((text) => text.includes('[ ]'))
    press(...Array(at - first).fill('down'), ' ')
    expect(screen()).toContain('[x] everything to outbound|9080|v3|')
    press('esc')
    expect(screen()).toMatch(/ what if {2}set-weight/)
    expect(screen()).toMatch(/ before {3}80 % reviews-v1[^\n]*20 % reviews-v3/)
    expect(screen()).toMatch(/ after {4}reviews-v3/)
    press('c')
    expect(asked.copied[0]).toContain('--what-if')
    press('w', '0', 'esc')
    expect(shell().trace?.edits).toEqual([])
    expect(screen()).not.toContain(' before   ')
  })

  it('keep the last of two answers to one question', () => {
    const {press, shell} = open()
    press('w')
    const choices = shell().trace?.overlay
    if (choices?.kind !== 'what-if') throw new Error('no menu')
    const strict = choices.choices.findIndex(({edit}) => edit.startsWith('mtls STRICT in default/reviews-v1'))
    press(...Array(strict).fill('down'), ' ', 'down', ' ')
    expect(shell().trace?.edits).toEqual([expect.stringMatching(/^mtls PERMISSIVE in default\/reviews-v1/)])
  })

  it('show where a marked request and another one part', () => {
    const {press, screen} = open()
    press('D', 'e', 'ctrl-u', ...typed('http://ratings:9080/'), 'enter')
    expect(screen()).toContain('marked   GET http://reviews:9080/')
    press('D')
    expect(screen()).toMatch(/They part at[\s\S]*virtual host/)
    press('u')
    expect(screen()).not.toContain('marked   ')
  })

  it('tell how an edited request would end when nobody types', () => {
    const {press, screen} = open()
    press('e', 'ctrl-u', ...typed('http://ratings:9080/'))
    expect(screen()).toContain('ends so: DENIED with 403')
  })
})

describe('a live mesh', () => {
  it('is read again in time; what fails keeps the last state, and says how old it is', async () => {
    const answers: (() => Promise<ReturnType<typeof sampleWorld>>)[] = [
      () => Promise.reject(new Error('connection refused')),
      () => Promise.resolve({...sampleWorld(), title: 'newer'}),
    ]
    const opened = openLoop({
      freshness: live(1_000_000, 5000),
      refresh: () => answers.shift()?.() ?? Promise.reject(new Error('no more')),
    })
    const {tick, screen, settled, press} = opened
    expect(screen()).toContain('live, 0 s old')
    tick(1_003_000)
    expect(screen()).toContain('live, 3 s old')
    tick(1_005_000)
    expect(screen()).toContain('reading')
    await settled()
    expect(screen()).toContain('stale: 5 s old, connection refused')
    expect(screen()).toContain('productpage-v1-64794f5db4-8s7zq')
    tick(1_009_000)
    expect(screen()).toContain('stale: 9 s old')
    press('down', 'R')
    await settled()
    expect(screen()).toContain('live, 0 s old')
    expect(screen()).toMatch(/> details-v1/)
  })

  it('says that a capture does not change', () => {
    const {press, screen} = openLoop()
    press('R')
    expect(screen()).toContain('this is a capture: it does not change')
  })

  it('tells ages in whole units', () => {
    expect([0, 59_000, 61_000, 7_200_000, 200_000_000].map(ageText)).toEqual(['0 s', '59 s', '1 min', '2 h', '2 d'])
  })
})

describe('the mouse', () => {
  it('selects and follows rows, and scrolls, only while it is on', () => {
    const {press, act, screen, asked} = openLoop()
    act({kind: 'mouse', event: {what: 'press', column: 4, row: 5}})
    expect(screen()).toMatch(/^> productpage/m)
    press('M')
    expect(asked.mouse).toEqual([true])
    act({kind: 'mouse', event: {what: 'press', column: 4, row: 5}})
    expect(screen()).toMatch(/^> ratings/m)
    act({kind: 'mouse', event: {what: 'wheel-down', column: 4, row: 5}})
    expect(screen()).toMatch(/^> reviews-v3/m)
    act({kind: 'mouse', event: {what: 'press', column: 4, row: 8}})
    expect(screen()).toContain('listeners of default/reviews-v3')
    press('M')
    expect(asked.mouse).toEqual([true, false])
  })
})
