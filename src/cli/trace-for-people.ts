import type {Mesh} from '../trace/mesh.js'
import type {Trace} from '../trace/trace.js'
import type {TextOptions} from '../views/text/trace.js'
import {captureFacts} from './capture-facts.js'
import {shownSource} from './shown-source.js'
import {textOptions} from './terminal.js'

export type FormatForPeople = 'text' | 'mermaid' | 'svg' | 'html'

/** The trace as text, as a picture, or as a page. */
export async function renderForPeople(
  mesh: Mesh,
  trace: Trace,
  format: FormatForPeople,
  {detail, redact}: {detail: TextOptions['detail']; redact: boolean},
): Promise<string> {
  const facts = captureFacts(mesh)
  switch (format) {
    case 'text':
      return (await import('../views/text/trace.js')).renderTraceText(trace, {...textOptions(), detail, capture: facts})
    case 'mermaid':
      return (await import('../views/diagram/mermaid.js')).renderMermaid(trace, facts)
    case 'svg':
      return (await import('../views/diagram/svg.js')).renderSvg(trace, {facts})
    case 'html':
      return (await import('../views/diagram/html.js')).renderHtml(trace, {facts, source: shownSource(mesh, redact)})
  }
}
