import type {TraceRequest} from '../../trace/request.js'
import {type Line, line, span} from '../styled.js'
import {renderDifferenceText} from '../text/difference.js'
import {fitLine, wrapLine} from '../wrap.js'
import type {State} from './state.js'
import type {World} from './world.js'

const requestText = ({url, tcp, method, headers, client}: TraceRequest): string => {
  const what = tcp === null ? `${method ?? 'GET'} ${url ?? ''}` : `tcp ${tcp.dst}`
  const lines = headers.map(([name, value]) => `${name}: ${value ?? '(left out)'}`)
  return [what, ...lines, `from ${client.pod}, uid ${client.uid}`].join('   ')
}

const tones = {'-': 'bad', '+': 'good'} as const

function tonedLine(text: string): Line {
  const sign = text.trimStart()[0]
  if (sign === '-' || sign === '+') return line(span(text, tones[sign]))
  return line(span(text, /^(They part|branch)/.test(text) ? 'strong' : 'plain'))
}

/** Where the marked request and this one part, first difference first. */
export function comparisonLines(state: State, world: World, width: number, height: number): Line[] {
  const {overlay, marked} = state
  if (overlay.kind !== 'difference' || marked === null) return []
  const now = `${requestText(state.request)}${state.edits.length === 0 ? '' : `   what if ${state.edits.join('; ')}`}`
  const text = renderDifferenceText(world.difference(marked.trace, state.trace), requestText(marked.request), now)
  const lines = text
    .trimEnd()
    .split('\n')
    .flatMap((each) => wrapLine(tonedLine(each), width - 2))
  const head = line(
    span('Marked (-) and this request (+)', 'strong'),
    span('   esc closes, m marks this one, u unmarks', 'dim'),
  )
  const room = Math.max(1, height - 2)
  const start = Math.max(0, Math.min(overlay.scroll, lines.length - room))
  return [head, [], ...lines.slice(start, start + room)].map((each) => fitLine(line(' ', ...each), width))
}
