import type {KeyName} from '../key.js'
import {layoutOf, windowStart} from '../layout.js'
import {rowsIn} from '../state.js'
import {settle, type TableView} from '../table/table-view.js'
import {topLinesOf} from '../top-lines.js'
import {type MouseEvent, type Shell, viewOf, withView} from './shell.js'

/** How far the wheel goes. */
const notch = 3

/** What a click or the wheel does: the wheel scrolls, a click selects, a click on what is selected follows it. */
export function mouse(shell: Shell, event: MouseEvent, press: (shell: Shell, key: KeyName) => Shell): Shell {
  if (!shell.settings.mouse) return shell
  if (event.what !== 'press') {
    const key = event.what === 'wheel-up' ? 'up' : 'down'
    return Array.from({length: notch}).reduce<Shell>((before) => press(before, key), shell)
  }
  if (shell.overlay.kind !== 'none') return shell
  const view = viewOf(shell)
  if (view.kind === 'table') return clickTable(shell, view, event.row, press)
  return view.kind === 'trace' ? clickTrace(shell, event, press) : shell
}

/** Rows begin under where we are, how many rows, and their titles. */
const firstTableRow = 3

function clickTable(shell: Shell, view: TableView, row: number, press: (shell: Shell, key: KeyName) => Shell): Shell {
  const index = view.top + row - firstTableRow
  if (row < firstTableRow || view.listing === null) return shell
  return index === view.cursor ? press(shell, 'enter') : withView(shell, settle({...view, cursor: index}, shell.size))
}

function clickTrace(shell: Shell, {row, column}: MouseEvent, press: (shell: Shell, key: KeyName) => Shell): Shell {
  const {trace} = shell
  if (trace === null || trace.overlay.kind !== 'none') return shell
  const layout = layoutOf(trace.size, topLinesOf(trace))
  const line = row - layout.top
  if (line < 0 || line >= layout.body) return shell
  if (layout.both && column > layout.tree) return {...shell, trace: {...trace, pane: 'detail'}}
  if (!layout.both && trace.pane === 'detail') return shell
  const rows = rowsIn(trace)
  const index = windowStart(trace.cursor, rows.length, layout.body) + line
  if (index >= rows.length) return shell
  const selected = {...trace, pane: 'tree' as const, cursor: index, scroll: 0}
  return index === trace.cursor && trace.pane === 'tree' ? press(shell, 'enter') : {...shell, trace: selected}
}
