import {type Line, line, span} from '../styled.js'
import {fitLine, wrapLine} from '../wrap.js'
import {editorKeys, keyTable, type ViewKind} from './keys.js'

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

const names: Record<ViewKind, string> = {trace: 'a trace', table: 'a table', text: 'a text'}

/** Every key of a view, from the same table that decides what it does; then what the other views have. */
export function helpLines(view: ViewKind): Line[] {
  const own = keyTable.filter((entry) => entry.in.includes(view))
  const others = (Object.keys(names) as ViewKind[]).filter((other) => other !== view && other !== 'text')
  return [
    line(span(`Keys of ${names[view]}`, 'strong'), span('   up and down scroll; any other key closes this', 'dim')),
    ...own.map(keyLine),
    ...others.flatMap((other): Line[] => [
      [],
      line(span(`In ${names[other]} also`, 'strong')),
      ...keyTable.filter((entry) => entry.in.includes(other) && !entry.in.includes(view)).map(keyLine),
    ]),
    [],
    line(span('In the request editor and in prompts', 'strong')),
    ...editorKeys.map(keyLine),
    [],
    line(span('Signs', 'strong')),
    line('  x  it failed here      ?  supposed, not known      !  a warning      >  the selected line'),
    line('  [COLUMN]  sorting is by this one      ^ v  sorted up, down      ...  the middle of a long name'),
  ]
}

/** A long help text goes on under itself. */
function hung(text: Line, width: number): Line[] {
  const [keys, ...rest] = text
  if (keys === undefined || rest.length !== 1 || keys.tone !== 'name') return [text]
  const [first = [], ...more] = wrapLine(rest, Math.max(12, width - keys.text.length))
  return [[keys, ...first], ...more.map((part): Line => [span(' '.repeat(keys.text.length + 1)), ...part])]
}

export function helpPaneLines(view: ViewKind, scroll: number, width: number, height: number): Line[] {
  const lines = helpLines(view).flatMap((each) => hung(each, width - 1))
  const start = Math.max(0, Math.min(scroll, lines.length - height))
  return lines.slice(start, start + height).map((each) => fitLine([span(' '), ...each], width))
}
