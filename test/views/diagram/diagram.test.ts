import {describe, expect, it} from 'vitest'
import type {Trace} from '../../../src/trace/trace.js'
import {renderHtml} from '../../../src/views/diagram/html.js'
import {renderMermaid} from '../../../src/views/diagram/mermaid.js'
import {renderSvg} from '../../../src/views/diagram/svg.js'
import {facts, recordedTrace} from '../recorded.js'

const names = ['delivered', 'denied', 'no-cluster', 'plaintext-to-strict', 'unsure', 'weighted']

/** Names that would end an attribute, an element or a label. */
const hostile = (trace: Trace): Trace =>
  JSON.parse(
    JSON.stringify(trace)
      .replaceAll('jason', '<script>&amp;\\"\'`]</script>\\u001b[2J')
      .replaceAll('node1', '\\"]; end'),
  )

/** Whether every element is closed by its own end tag, in order. */
function openElements(markup: string, alwaysEmpty: readonly string[]): string[] {
  const open: string[] = []
  for (const [, end, name = '', empty] of markup.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>/g,
  )) {
    if (end === '/') expect(open.pop()).toBe(name)
    else if (empty !== '/' && !alwaysEmpty.includes(name)) open.push(name)
  }
  return open
}

describe('the picture of a trace', () => {
  it.each(names)('is well formed, with title and description for readers (%s)', (name) => {
    const svg = renderSvg(recordedTrace(name), {facts})
    expect(openElements(svg, [])).toEqual([])
    expect(svg).toMatch(/<title id="st-title">.+<\/title>\s*<desc id="st-desc">.+<\/desc>/)
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toMatch(/NaN|Infinity|="[^"]*undefined[^"]*"/)
  })

  it('has a number for every step, on its arrow and in the legend', () => {
    const svg = renderSvg(recordedTrace('delivered'))
    for (let step = 1; step <= 8; step += 1)
      expect(svg.match(new RegExp(`class="number-text"[^>]*>${step}<`, 'g'))).toHaveLength(2)
    expect(svg).toContain('nat:ISTIO_OUTPUT:rule:11')
  })

  it('marks the refused step with a cross, its reason and what to change', () => {
    const svg = renderSvg(recordedTrace('denied'))
    expect(svg).toContain('✕ Envoy')
    expect(svg).toContain('station failed')
    expect(svg).toContain('to change: add principal')
    expect(renderSvg(recordedTrace('delivered'))).not.toContain('✕')
  })

  it('draws the likeliest way, and another on request', () => {
    expect(renderSvg(recordedTrace('weighted'))).toMatch(/80 % of such requests\. DELIVERED to reviews-v1/)
    expect(renderSvg(recordedTrace('weighted'), {branch: 1})).toMatch(/20 % of such requests\. DELIVERED to reviews-v3/)
  })

  it('keeps every name a text, whatever it contains', () => {
    const svg = renderSvg(hostile(recordedTrace('delivered')))
    expect(openElements(svg, [])).toEqual([])
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('\u001b')
  })
})

describe('the Mermaid chart of a trace', () => {
  it('draws what ways share once, and names the share of each end', () => {
    const text = renderMermaid(recordedTrace('weighted'))
    expect(text.match(/1 app/g)).toHaveLength(1)
    // Where the clusters differ, the ways part.
    expect(text.match(/3 envoy out/g)).toHaveLength(2)
    expect(text).toMatch(/-- "80 %" --> e\d+/)
    expect(text).toMatch(/-- "20 %" --> e\d+/)
    expect(text).toMatch(/subgraph p\d+\["reviews-v3-cfd99d85b-r7d2j \(server\)"\]/)
  })

  it('connects only what it has drawn', () => {
    for (const name of names) {
      const text = renderMermaid(recordedTrace(name))
      const drawn = new Set([...text.matchAll(/^\s+([he]\d+)[[(]/gm)].map((found) => found[1]))
      for (const [, from, to] of text.matchAll(/^\s+([he]\d+) --.*> ([he]\d+)$/gm)) {
        expect(drawn.has(from)).toBe(true)
        expect(drawn.has(to)).toBe(true)
      }
    }
  })

  it('keeps every name inside its quotes', () => {
    const text = renderMermaid(hostile(recordedTrace('delivered')))
    for (const line of text.split('\n')) expect((line.match(/"/g) ?? []).length % 2, line).toBe(0)
    expect(text).not.toMatch(/<script|`/)
    expect(text).toContain('#quot;]; end')
  })
})

describe('the page of a trace', () => {
  const empty = ['meta', 'br', 'hr', 'img', 'link', 'input']

  it.each(names)('is well formed and asks nothing from outside (%s)', (name) => {
    const html = renderHtml(recordedTrace(name), {facts, source: (at) => ({at, evil: '</pre><script>'})})
    expect(openElements(html.replace('<!DOCTYPE html>', ''), empty)).toEqual([])
    expect(html).not.toMatch(/<script|<link|src=|@import|url\(/)
  })

  it('opens what failed, and holds the source of its steps', () => {
    const html = renderHtml(recordedTrace('denied'), {source: (at) => `source of ${at}`})
    expect(html).toMatch(/<details open><summary><span class="bad">✕<\/span> answers 403/)
    expect(html).toContain('source of nat:ISTIO_OUTPUT:rule:11')
    expect(html).toContain('<dt>to change</dt>')
  })

  it('has no identifier twice', () => {
    const ids = [...renderHtml(recordedTrace('weighted')).matchAll(/ id="([^"]*)"/g)].map((found) => found[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('keeps every name a text, whatever it contains', () => {
    expect(renderHtml(hostile(recordedTrace('delivered')))).not.toMatch(/<script|\u001b/)
  })
})
