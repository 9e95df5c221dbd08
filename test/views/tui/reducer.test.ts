import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Trace} from '../../../src/trace/trace.js'
import {wantsPreview, withPreview} from '../../../src/views/tui/edit.js'
import {keyTable} from '../../../src/views/tui/keys.js'
import {initialState, pasteText, pressKey} from '../../../src/views/tui/reducer.js'
import {branchOf, rowsIn, type State, selectedRow} from '../../../src/views/tui/state.js'
import {recordedTrace} from '../recorded.js'
import {recordedWorld} from './recorded-world.js'

const traces = ['delivered', 'denied', 'weighted'].map(recordedTrace)

const world = recordedWorld(traces)

const press = (state: State, ...keys: string[]): State =>
  keys.reduce((before, key) => pressKey({...before, message: null}, key, world), state)

const open = (name: string): State => initialState(recordedTrace(name).request, {columns: 80, rows: 18}, world)

describe('the state of the screen', () => {
  it('begins on the route of a request that arrives, and on the failure of one that does not', () => {
    expect(selectedRow(open('delivered'))).toMatchObject({kind: 'sentence', sentence: {topic: 'route'}})
    expect(selectedRow(open('denied'))).toMatchObject({failed: true})
  })

  it('keeps the cursor on a line, whatever keys come', () => {
    const keys = fc.constantFrom(...keyTable.flatMap((entry) => entry.keys), 'z', '宽', 'enter', 'esc', '9')
    fc.assert(
      fc.property(fc.array(keys, {maxLength: 40}), (pressed) => {
        const state = press(open('weighted'), ...pressed)
        const {length} = rowsIn(state)
        expect(state.cursor).toBeGreaterThanOrEqual(0)
        expect(state.cursor).toBeLessThan(Math.max(1, length))
        expect(state.story.branches[state.branch]).toBeDefined()
      }),
      {numRuns: 60},
    )
  })

  it('goes down and up line by line, to both ends, and by pages', () => {
    const state = press(open('delivered'), 'g')
    expect(state.cursor).toBe(0)
    expect(press(state, 'j', 'j', 'down').cursor).toBe(3)
    expect(press(state, 'j', 'k', 'k').cursor).toBe(0)
    expect(press(state, 'G').cursor).toBe(rowsIn(state).length - 1)
    expect(press(state, 'pagedown').cursor).toBe(10)
  })

  it('folds a hop, and opens it again', () => {
    const state = press(open('delivered'), 'h')
    expect(selectedRow(state)).toMatchObject({kind: 'hop', hop: {label: 'envoy out'}})
    const folded = press(state, 'h')
    expect(rowsIn(folded).length).toBeLessThan(rowsIn(state).length)
    expect(rowsIn(press(folded, 'l')).length).toBe(rowsIn(state).length)
  })

  it('hides what led on without deciding, until it is asked for or sought', () => {
    const state = open('delivered')
    const more = press(state, 'm')
    expect(rowsIn(more).length).toBeGreaterThan(rowsIn(state).length + 5)
    expect(selectedRow(more)?.key).toBe(selectedRow(state)?.key)
    expect(rowsIn(press(more, 'm'))).toHaveLength(rowsIn(state).length)
    expect(rowsIn(press(state, '/', ...'http_inspector', 'enter')).some((row) => row.kind === 'sentence')).toBe(true)
  })

  it('turns to the next way and back', () => {
    const state = open('weighted')
    expect(branchOf(press(state, 'b')).ending).toContain('reviews-v3')
    expect(press(state, 'b', 'b').branch).toBe(0)
    expect(press(open('delivered'), 'b').message?.text).toBe('there is one way only')
  })

  it('shows only what contains the text that is sought', () => {
    const state = press(open('delivered'), '/', ...'weight', 'enter')
    expect(state.overlay.kind).toBe('none')
    const found = press(open('delivered'), '/', ...'NODE1', 'enter')
    expect(rowsIn(found).some((row) => row.kind === 'place' && row.place.name === 'node1')).toBe(true)
    expect(rowsIn(found).length).toBeLessThan(5)
    expect(press(found, 'esc').find).toBe('')
  })

  it('traces the edited request', () => {
    const typed = press(
      open('delivered'),
      'e',
      'ctrl-u',
      ...'http://ratings:9080/ratings/0',
      ...Array(5).fill('tab'),
      'ctrl-u',
    )
    expect(wantsPreview(typed)).toBe(true)
    expect(withPreview(typed, world).overlay).toMatchObject({preview: expect.stringContaining('DENIED with 403')})
    const state = press(typed, 'enter')
    expect(state.request).toMatchObject({url: 'http://ratings:9080/ratings/0', headers: []})
    expect(state.trace.branches[0]?.outcome.status).toBe(403)
    expect(selectedRow(state)?.failed).toBe(true)
  })

  it('goes back to the request before, and forward again', () => {
    const first = open('delivered')
    const second = press(
      first,
      'e',
      'ctrl-u',
      ...'http://ratings:9080/ratings/0',
      ...Array(5).fill('tab'),
      'ctrl-u',
      'enter',
    )
    const back = press(second, 'u')
    expect(back.request).toBe(first.request)
    expect(back.trace.branches[0]?.outcome.kind).toBe('delivered')
    expect(press(back, 'U').request).toBe(second.request)
    expect(press(first, 'u').message?.text).toBe('this is the first request')
    expect(press(second, 'U').message?.text).toBe('this is the latest request')
  })

  it('keeps the old request on escape, and while a field is wrong', () => {
    const before = open('delivered')
    const wrong = press(before, 'e', 'ctrl-u', ...'nonsense', 'enter')
    expect(wrong.overlay).toMatchObject({
      kind: 'edit',
      problems: [expect.stringContaining('a URL'), null, null, null, null, null, null],
    })
    expect(wrong.trace).toBe(before.trace)
    expect(press(wrong, 'esc')).toMatchObject({request: before.request, overlay: {kind: 'none'}})
  })

  it('says why a trace cannot be made, and keeps the form open', () => {
    const state = press(open('delivered'), 'e', ...'x', 'enter')
    expect(state.overlay.kind).toBe('edit')
    expect(state.message?.text).toContain('no recorded trace of')
  })

  it('completes the name of a client pod', () => {
    const state = press(open('delivered'), 'e', 'tab', 'tab', 'ctrl-u', ...'reviews', 'right', 'esc')
    expect(state.overlay.kind).toBe('none')
    const form = press(open('delivered'), 'e', 'tab', 'tab', 'ctrl-u', ...'reviews', 'right').overlay
    expect(form).toMatchObject({
      form: {
        fields: expect.arrayContaining([
          expect.objectContaining({name: 'client', text: 'default/reviews-v2-6b5667f655-p9hxv'}),
        ]),
      },
    })
  })

  it('takes a paste as one text, without its line ends', () => {
    const state = press(open('delivered'), 'e', 'ctrl-u')
    const pasted = pasteText(state, 'http://ratings:9080\n/ratings/0\u001b[2J', world)
    expect(pasted.overlay).toMatchObject({
      form: {fields: expect.arrayContaining([expect.objectContaining({text: 'http://ratings:9080 /ratings/0[2J'})])},
    })
  })

  it('gives a key one meaning in a view', () => {
    for (const view of ['trace', 'table', 'text'] as const) {
      const keys = keyTable.filter((entry) => entry.in.includes(view)).flatMap((entry) => entry.keys)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('shows a trace without a branch as not known', () => {
    const empty: Trace = {...recordedTrace('delivered'), branches: []}
    const state = initialState(empty.request, {columns: 80, rows: 24}, recordedWorld([empty]))
    expect(branchOf(state).headline[0]?.text).toBe('NOT KNOWN')
    expect(selectedRow(press(state, 'j', 'l', 'enter', 'n'))).toBeNull()
  })
})
