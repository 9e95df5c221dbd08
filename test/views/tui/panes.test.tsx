import {render} from 'ink-testing-library'
import {describe, expect, it} from 'vitest'
import {tellTrace} from '../../../src/views/story/tell-trace.js'
import {line, span} from '../../../src/views/styled.js'
import {colourTheme, plainTheme} from '../../../src/views/theme.js'
import {DetailPane} from '../../../src/views/tui/detail-pane.js'
import {EditPane} from '../../../src/views/tui/edit-pane.js'
import {Footer} from '../../../src/views/tui/footer.js'
import {HelpPane, helpLines} from '../../../src/views/tui/help-pane.js'
import {keyTable} from '../../../src/views/tui/keys.js'
import {openForm, problemsOf} from '../../../src/views/tui/request-form.js'
import {rowsOf} from '../../../src/views/tui/rows.js'
import {Top} from '../../../src/views/tui/top.js'
import {TreePane} from '../../../src/views/tui/tree-pane.js'
import {whyLines} from '../../../src/views/tui/why.js'
import {facts, recordedTrace} from '../recorded.js'

const theme = plainTheme

const all = {folded: new Set<string>(), find: '', minor: false}

const storyOf = (name: string) => {
  const story = tellTrace(recordedTrace(name), facts)
  const [branch] = story.branches
  if (branch === undefined) throw new Error(`${name} has no branch`)
  return {story, branch}
}

const shown = (element: Parameters<typeof render>[0]): string => {
  const {lastFrame, unmount} = render(element)
  const frame = lastFrame() ?? ''
  unmount()
  return frame.replace(/\u001b\[[\d;]*m/g, '')
}

const tree = (name: string, cursor: number, height = 40): string =>
  shown(
    <TreePane
      rows={rowsOf(storyOf(name).branch, all)}
      cursor={cursor}
      focused
      width={56}
      height={height}
      theme={theme}
    />,
  )

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
    expect(shown(<TreePane rows={[]} cursor={0} focused width={50} height={5} theme={theme} />)).toContain(
      'nothing here',
    )
  })
})

describe('the right pane', () => {
  it('puts the tab in use into brackets, and says how much is below', () => {
    const lines = Array.from({length: 30}, (_, index) => line(span(`line ${index}`)))
    const props = {lines, focused: true, width: 60, height: 12, theme}
    expect(shown(<DetailPane tab="Source" scroll={0} {...props} />)).toMatch(
      /\[Source\][\s\S]*line 9[\s\S]*-- 20 more lines below --/,
    )
    expect(shown(<DetailPane tab="Why" scroll={20} {...props} />)).toMatch(
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
  it('name the mesh, the request, and how it ends', () => {
    const {story, branch} = storyOf('weighted')
    const lines = shown(
      <Top title="sample" story={story} shown={branch} branch={0} find="" width={96} theme={theme} />,
    ).split('\n')
    expect(lines[0]).toMatch(/sidetrace {2}sample .*way 1 of 2, 80 %$/)
    expect(lines[1]).toContain('GET http://reviews:9080/reviews/0')
    expect(lines[2]).toMatch(/^ DELIVERED to reviews-v1/)
  })

  it('give up the client before the request where there is no room', () => {
    const {story, branch} = storyOf('delivered')
    const [, request] = shown(
      <Top title="s" story={story} shown={branch} branch={0} find="" width={60} theme={theme} />,
    ).split('\n')
    expect(request).toBe(' GET http://reviews:9080/reviews/0   end-user: jason')
  })

  it('remind of quitting and help at any width', () => {
    for (const width of [30, 60, 80, 100])
      expect(shown(<Footer message={null} prompt={null} width={width} theme={theme} />)).toMatch(/\? keys {2}q quit *$/)
  })

  it('hold a prompt with its cursor, however long its text', () => {
    const text = 'x'.repeat(200)
    const frame = shown(
      <Footer message={null} prompt={{label: 'find:', field: {text, cursor: 200}}} width={40} theme={theme} />,
    )
    expect(frame.length).toBeLessThanOrEqual(40)
    expect(frame).toMatch(/^ find: x+ ?$/)
  })
})

describe('help and editor', () => {
  it('shows every key of the table that dispatches', () => {
    const text = shown(<HelpPane scroll={0} width={100} height={helpLines.length} theme={theme} />)
    for (const {help} of keyTable) expect(text).toContain(help)
  })

  it('shows what is wrong under its field', () => {
    const opened = openForm(recordedTrace('delivered').request)
    const form = {
      ...opened,
      fields: opened.fields.map((each) => (each.name === 'uid' ? {...each, text: 'root'} : each)),
    }
    const text = shown(
      <EditPane
        form={form}
        problems={problemsOf(form, [])}
        preview={null}
        pods={[]}
        width={80}
        height={18}
        theme={theme}
      />,
    )
    expect(text).toMatch(/uid +root\n +! a number/)
  })

  it('uses wide characters by their cells', () => {
    const opened = openForm({...recordedTrace('delivered').request, headers: [['x-name', '宽宽宽']]})
    const text = shown(
      <EditPane form={opened} problems={[]} preview={null} pods={[]} width={40} height={18} theme={colourTheme} />,
    )
    expect(text).toContain('x-name: 宽宽宽')
  })
})
