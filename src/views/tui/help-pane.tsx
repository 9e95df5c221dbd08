import {Text} from 'ink'
import {type Line, line, span} from '../styled.js'
import {paint, type Theme} from '../theme.js'
import {padLine} from '../wrap.js'
import {editorKeys, keyTable} from './keys.js'

const keyLine = ({keys, help}: {keys: readonly string[]; help: string}): Line =>
  line(
    span(
      `  ${keys
        .map((key) => (key === ' ' ? 'space' : key))
        .join(', ')
        .padEnd(24)}`,
      'name',
    ),
    ` ${help}`,
  )

/** Every key, from the same table that decides what it does. */
export const helpLines: readonly Line[] = [
  line(span('Keys', 'strong'), span('   up and down scroll; any other key closes this', 'dim')),
  ...keyTable.map(keyLine),
  [],
  line(span('In the request editor and in prompts', 'strong')),
  ...editorKeys.map(keyLine),
  [],
  line(span('Signs', 'strong')),
  line('  x  it failed here      ?  supposed, not known      !  a warning'),
]

export interface HelpProps {
  scroll: number
  width: number
  height: number
  theme: Theme
}

export function HelpPane({scroll, width, height, theme}: HelpProps) {
  const start = Math.max(0, Math.min(scroll, helpLines.length - height))
  const shown = helpLines.slice(start, start + height)
  return (
    <Text wrap="truncate">{shown.map((each) => paint(padLine([span(' '), ...each], width), theme)).join('\n')}</Text>
  )
}
