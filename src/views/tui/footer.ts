import {type Line, line, lineCells, span} from '../styled.js'
import {fitLine} from '../wrap.js'
import type {Field} from './field.js'
import {fieldLine} from './field-line.js'
import {keyTable, type ViewKind} from './keys.js'
import type {Message} from './state.js'

export interface FooterProps {
  view: ViewKind
  message: Message | null
  /** A prompt takes the line while it is open; `offer` stands faintly behind its text. */
  prompt: {label: string; field: Field; offer?: string} | null
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

/** The bottom line: a prompt, a message, or the keys that matter here. */
export function footerLine({view, message, prompt, width}: FooterProps): Line {
  if (prompt !== null) {
    const label = span(` ${prompt.label} `, 'strong')
    const typed = fieldLine(prompt.field, true, width - lineCells([label]) - 1)
    return fitLine([label, ...typed, span(prompt.offer ?? '', 'dim')], width)
  }
  return fitLine(message === null ? hintLine(view, width) : line(' ', span(message.text, message.tone)), width)
}
