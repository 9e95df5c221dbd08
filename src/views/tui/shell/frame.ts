import {type Line, line, span} from '../../styled.js'
import {fitLine, shorten} from '../../wrap.js'
import {findLines} from '../find/find-lines.js'
import {footerLines} from '../footer.js'
import {helpPaneLines} from '../help-pane.js'
import type {Overlay} from '../state.js'
import {tableLines} from '../table/table-lines.js'
import {titleLine} from '../top.js'
import {traceLines} from '../trace-lines.js'
import {offered} from './command-prompt.js'
import {freshnessText} from './freshness.js'
import {placesOf} from './give.js'
import {type Shell, viewKind, viewOf} from './shell.js'
import {linesOnScreen, type TextView, wrappedLines} from './text-view.js'

/** Smaller than this, there is no room for a table and its keys. */
const least = {columns: 40, rows: 10}

const labels = (shell: Shell): string[] => shell.path.map((view) => (view.kind === 'trace' ? 'trace' : view.label))

function headLine(shell: Shell, width: number): Line {
  const {world, freshness, now} = shell
  return titleLine({
    path: labels(shell),
    title: world.title,
    freshness: freshnessText(freshness, now),
    stale: freshness.failure !== null,
    width,
  })
}

function textLines(view: TextView, {size}: Shell, width: number): Line[] {
  const lines = wrappedLines(view, width - 2)
  const room = linesOnScreen(size)
  const start = Math.max(0, Math.min(view.scroll, lines.length - room))
  const below = lines.length - start - room
  const more = below > 0 ? `   ${below} more lines below` : ''
  const title = line(span(` ${shorten(view.title, width - more.length - 2)}`, 'strong'), span(more, 'dim'))
  return [title, ...lines.slice(start, start + room).map((each) => [span(' '), ...each])]
}

/** What stands between the title and the rule above the keys. */
function bodyLines(shell: Shell, width: number, height: number): Line[] {
  const {overlay} = shell
  const view = viewOf(shell)
  if (overlay.kind === 'help') return helpPaneLines(viewKind(shell), overlay.scroll, width, height)
  if (overlay.kind === 'find') return findLines(overlay.find, width, height)
  switch (view.kind) {
    case 'table':
      return tableLines(view, shell.size)
    case 'text':
      return textLines(view, shell, width)
    case 'trace':
      return shell.trace === null ? [] : traceLines(shell.trace, shell.world)
  }
}

function promptOf(shell: Shell) {
  const {overlay, trace} = shell
  switch (overlay.kind) {
    case 'command':
      return {label: ':', field: overlay.prompt.field, offer: offered(overlay.prompt, placesOf(shell))}
    case 'filter':
      return {label: '/', field: overlay.field}
    case 'export':
      return {label: 'export to:', field: overlay.field}
    case 'find':
      return {label: 'search:', field: overlay.find.field}
    default:
      return viewOf(shell).kind === 'trace' && trace?.overlay.kind === 'find'
        ? {label: 'find:', field: trace.overlay.field}
        : null
  }
}

/** What an overlay of the trace takes. */
const overlayKeys: Partial<Record<Overlay['kind'], string>> = {
  edit: 'tab next field   right take the suggestion   enter trace   esc keep the old request',
  'what-if': 'space switch   0 none   esc close',
  difference: 'down up scroll   m mark this one   u unmark   esc close',
}

function keysOf({overlay, trace, ...shell}: Shell): string | null {
  if (overlay.kind === 'help') return 'down up scroll   esc close'
  return shell.path.at(-1)?.kind === 'trace' && trace !== null ? (overlayKeys[trace.overlay.kind] ?? null) : null
}

/** The whole screen, as many lines as the terminal has: a function of the state. */
export function frame(shell: Shell): Line[] {
  const {columns, rows} = shell.size
  if (columns < least.columns || rows < least.rows) return tooSmall(shell)
  const footer = footerLines({
    view: viewKind(shell),
    message: shell.message,
    prompt: promptOf(shell),
    keys: keysOf(shell),
    width: columns,
  })
  const body = rows - 2 - footer.length
  const lines = bodyLines(shell, columns, rows - 3)
  const rule = line(span('-'.repeat(columns), 'dim'))
  return [
    headLine(shell, columns),
    ...Array.from({length: body}, (_, row) => fitLine(lines[row] ?? [], columns)),
    rule,
    ...footer,
  ]
}

const tooSmall = ({size: {columns, rows}}: Shell): Line[] =>
  [`needs ${least.columns} x ${least.rows},`, `has ${columns} x ${rows};`, 'q quits']
    .slice(0, rows)
    .map((text) => fitLine(line(text), columns))
