import {type Line, line, lineCells, span} from '../styled.js'
import {fitLine, wrapLine} from '../wrap.js'
import type {Field} from './field.js'
import {fieldLine} from './field-line.js'
import {keyTable, type ViewKind} from './keys.js'
import type {Message} from './state.js'

export interface FooterProps {
  view: ViewKind
  message: Message | null
  /** A prompt takes the line while it is open; `offer` stands faintly behind its text. */
  prompt: {label: string; field: Field; offer?: string} | null
  /** Keys of what lies over the view, in place of the view's own. */
  keys?: string | null
  width: number
}

const hintsOf = (view: ViewKind): Line[] =>
  keyTable.flatMap(({keys, hint, in: views}) =>
    hint === undefined || !views.includes(view) ? [] : [line(span(keys[0] ?? '', 'strong'), ` ${hint}  `)],
  )

/** As many reminders as fit; quitting and help, the last ones, always do. */
function hintLine(view: ViewKind, width: number): Line {
  const hints = hintsOf(view)
  const last = hints.slice(-2)
  const first = hints.slice(0, -2)
  const size = (lines: readonly Line[]): number => lines.reduce((sum, each) => sum + lineCells(each), 0)
  let count = first.length
  while (count > 0 && 1 + size(first.slice(0, count)) + size(last) > width) count -= 1
  return [span(' '), ...first.slice(0, count).flat(), ...last.flat()]
}

/** A message may be a long command: it has room to be read, and to be copied by hand. */
const mostLines = 5

/** The bottom line, or several where a message is long: a prompt, a message, or the keys that matter here. */
export function footerLines(props: FooterProps): Line[] {
  const {message, prompt, width} = props
  if (prompt !== null || message === null) return [footerLine(props)]
  const lines = wrapLine(line(span(message.text, message.tone)), width - 2)
  return lines.slice(0, mostLines).map((each) => [span(' '), ...each])
}

/** A prompt, or the keys that matter here. */
export function footerLine({view, prompt, width, keys = null}: FooterProps): Line {
  if (prompt !== null) {
    const label = span(` ${prompt.label} `, 'strong')
    const typed = fieldLine(prompt.field, true, width - lineCells([label]) - 1)
    return fitLine([label, ...typed, span(prompt.offer ?? '', 'dim')], width)
  }
  return fitLine(keys === null ? hintLine(view, width) : line(' ', span(keys, 'strong')), width)
}
