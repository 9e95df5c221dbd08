import {Text} from 'ink'
import {type Line, line, lineCells, span} from '../styled.js'
import {paint, type Theme} from '../theme.js'
import {padLine} from '../wrap.js'
import type {Field} from './field.js'
import {fieldLine} from './field-line.js'
import {keyTable} from './keys.js'
import type {Message} from './state.js'

export interface FooterProps {
  message: Message | null
  /** A prompt takes the line while it is open. */
  prompt: {label: string; field: Field} | null
  width: number
  theme: Theme
}

const hints: Line[] = keyTable.flatMap(({keys, hint}) =>
  hint === undefined ? [] : [line(span(keys[0] ?? '', 'strong'), ` ${hint}  `)],
)

/** As many reminders as fit; quitting and help, the last ones, always do. */
function hintLine(width: number): Line {
  const last = hints.slice(-2)
  const first = hints.slice(0, -2)
  const size = (lines: readonly Line[]): number => lines.reduce((sum, each) => sum + lineCells(each), 0)
  let count = first.length
  while (count > 0 && 1 + size(first.slice(0, count)) + size(last) > width) count -= 1
  return [span(' '), ...first.slice(0, count).flat(), ...last.flat()]
}

function text({message, prompt, width}: FooterProps): Line {
  if (prompt !== null) {
    const label = span(` ${prompt.label} `, 'strong')
    return [label, ...fieldLine(prompt.field, true, width - lineCells([label]) - 1)]
  }
  return message === null ? hintLine(width) : line(' ', span(message.text, message.tone))
}

export function Footer(props: FooterProps) {
  return <Text wrap="truncate">{paint(padLine(text(props), props.width), props.theme)}</Text>
}
