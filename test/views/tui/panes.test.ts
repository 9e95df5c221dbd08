import {describe, expect, it} from 'vitest'
import {tellTrace} from '../../../src/views/story/tell-trace.js'
import {type Line, line, lineCells, lineText, span} from '../../../src/views/styled.js'
import {detailPaneLines} from '../../../src/views/tui/detail-pane.js'
import {editLines} from '../../../src/views/tui/edit-pane.js'
import {footerLine} from '../../../src/views/tui/footer.js'
import {helpLines} from '../../../src/views/tui/help-pane.js'
import {keyTable} from '../../../src/views/tui/keys.js'
import {initialState} from '../../../src/views/tui/reducer.js'
import {openForm, problemsOf} from '../../../src/views/tui/request-form.js'
import {rowsOf} from '../../../src/views/tui/rows.js'
import type {State} from '../../../src/views/tui/state.js'
import {traceHead} from '../../../src/views/tui/top.js'
import {treeLines} from '../../../src/views/tui/tree-pane.js'
import {whyLines} from '../../../src/views/tui/why.js'
import {facts, recordedTrace} from '../recorded.js'
import {recordedWorld} from './recorded-world.js'

const all = {folded: new Set<string>(), find: '', minor: false}

const storyOf = (name: string) => {
  const story = tellTrace(recordedTrace(name), facts)
  const [branch] = story.branches
  if (branch === undefined) throw new Error(`${name} has no branch`)
  return {story, branch}
}

const stateOf = (name: string): State => {
  const trace = recordedTrace(name)
  return initialState(trace.request, {columns: 96, rows: 24}, recordedWorld([trace]))
}

const shown = (lines: readonly Line[]): string => lines.map(lineText).join('\n')

const tree = (name: string, cursor: number, height = 40): string =>
  shown(treeLines({rows: rowsOf(storyOf(name).branch, all), cursor, focused: true, width: 56, height}))

describe('the tree of the way', () => {
  it('marks the selected line with a sign, and the failed ones with a cross', () => {
    const lines = tree('denied', 2).split('\n')
    expect(lines[2]).toMatch(/^>/)
    expect(lines.filter((text) => /^ x v envoy in/.test(text))).toHaveLength(1)
    expect(lines.at(-1)).toContain('not reached: the app of ratings-v1-5997b99df9-m2k8w')
  })

  it('keeps the selected line in sight', () => {
    const rows = rowsOf(storyOf('delivered').branch, all)
    for (let cursor = 0; cursor < rows.length; cursor += 1)
      expect(
        tree('delivered', cursor, 6)
          .split('\n')
          .filter((text) => text.startsWith('>')),
      ).toHaveLength(1)
  })

  it('says so where a search finds nothing', () => {
    expect(shown(treeLines({rows: [], cursor: 0, focused: true, width: 50, height: 5}))).toContain('nothing here')
  })
})

describe('the right pane', () => {
  it('puts the tab in use into brackets, and says how much is below', () => {
    const lines = Array.from({length: 30}, (_, index) => line(span(`line ${index}`)))
    const props = {lines, focused: true, width: 60, height: 12}
    expect(shown(detailPaneLines({tab: 'Source', scroll: 0, ...props}))).toMatch(
      /\[Source\][\s\S]*line 9[\s\S]*-- 20 more lines below --/,
    )
    expect(shown(detailPaneLines({tab: 'Why', scroll: 20, ...props}))).toMatch(
      /\[Why\][\s\S]*line 20[\s\S]*line 29[\s\S]*-- end --/,
    )
  })

  it('tells the reason, what was passed over, and what came too late', () => {
    const {branch} = storyOf('delivered')
    const row = rowsOf(branch, all).find((each) => each.kind === 'sentence' && each.sentence.topic === 'route')
    const text = whyLines(row ?? null, branch, 60)
      .map((each) => each.map((part) => part.text).join(''))
      .join('\n')
    expect(text).toMatch(/^route jason[\s\S]*because[\s\S]*header end-user = jason/)
    expect(text).toContain('passed over: nothing, it is the first of 7')
    expect(text).toMatch(/would have matched too[\s\S]*weighted/)
  })

  it('puts the remedy before the details of a failure', () => {
    const {branch} = storyOf('denied')
    const row = rowsOf(branch, all).findLast((each) => each.kind === 'sentence') ?? null
    const text = whyLines(row, branch, 60)
      .map((each) => each.map((part) => part.text).join(''))
      .join('\n')
    expect(text.indexOf('to change')).toBeGreaterThan(0)
    expect(text.indexOf('to change')).toBeLessThan(text.indexOf('passed over'))
  })
})

describe('the lines above and below', () => {
  it('name the request, and how it ends', () => {
    const lines = shown(traceHead(stateOf('weighted'), 96)).split('\n')
    expect(lines[0]).toContain('GET http://reviews:9080/reviews/0')
    expect(lines[1]).toMatch(/^ DELIVERED to reviews-v1.*way 1 of 2, 80 %$/)
  })

  it('give up the client before the request where there is no room', () => {
    const [request] = shown(traceHead(stateOf('delivered'), 60)).split('\n')
    expect(request?.trimEnd()).toBe(' GET http://reviews:9080/reviews/0   end-user: jason')
  })

  it('remind of quitting and help at any width', () => {
    for (const width of [30, 60, 80, 100])
      expect(shown([footerLine({view: 'trace', message: null, prompt: null, width})])).toMatch(/\? keys {2}q quit *$/)
  })

  it('hold a prompt with its cursor, however long its text', () => {
    const text = 'x'.repeat(200)
    const prompt = {label: 'find:', field: {text, cursor: 200}}
    const frame = shown([footerLine({view: 'trace', message: null, prompt, width: 40})])
    expect(frame.length).toBeLessThanOrEqual(40)
    expect(frame).toMatch(/^ find: x+ ?$/)
  })
})

describe('help and editor', () => {
  it('shows every key of the table that dispatches, whatever is looked at', () => {
    for (const view of ['trace', 'table', 'text'] as const) {
      const text = shown(helpLines(view))
      for (const {help} of keyTable) expect(text).toContain(help)
    }
  })

  it('shows what is wrong under its field', () => {
    const opened = openForm(recordedTrace('delivered').request)
    const form = {
      ...opened,
      fields: opened.fields.map((each) => (each.name === 'uid' ? {...each, text: 'root'} : each)),
    }
    const text = shown(
      editLines({form, problems: problemsOf(form, []), preview: null, pods: [], width: 80, height: 18}),
    )
    expect(text).toMatch(/uid +root\n +! a number/)
  })

  it('uses wide characters by their cells', () => {
    const opened = openForm({...recordedTrace('delivered').request, headers: [['x-name', '宽宽宽']]})
    const lines = editLines({form: opened, problems: [], preview: null, pods: [], width: 32, height: 18})
    const text = shown(lines)
    expect(Math.max(...lines.map(lineCells))).toBeLessThanOrEqual(32)
    expect(text).toContain('x-name: 宽宽宽')
  })
})
