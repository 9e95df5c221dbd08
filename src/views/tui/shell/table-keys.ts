import {fieldOf} from '../field.js'
import type {Command} from '../keys.js'
import {move, rowsOnScreen, selectedRow, sortTable, type TableView, turnColumn} from '../table/table-view.js'
import {goingOn} from './going-on.js'
import {goBack, goTo} from './navigate.js'
import {refilter} from './prompt-keys.js'
import {type Shell, say, withEffect, withView} from './shell.js'
import {describeView, sourceView} from './text-view.js'

/** What a key does in a table. */
export function tableCommand(shell: Shell, view: TableView, command: Command): Shell {
  const {size} = shell
  const page = Math.max(1, rowsOnScreen(size) - 2)
  const moved = (by: number): Shell => withView(shell, move(view, by, size))
  switch (command) {
    case 'up':
      return moved(-1)
    case 'down':
      return moved(1)
    case 'page-up':
      return moved(-page)
    case 'page-down':
      return moved(page)
    case 'top':
      return moved(-Number.MAX_SAFE_INTEGER)
    case 'bottom':
      return moved(Number.MAX_SAFE_INTEGER)
    case 'left':
      return withView(shell, turnColumn(view, -1, size))
    case 'right':
      return withView(shell, turnColumn(view, 1, size))
    case 'sort':
      return goingOn(withView(shell, sortTable(view, size)))
    case 'find':
      return {...shell, overlay: {kind: 'filter', field: fieldOf(view.shown.filter), before: view.shown.filter}}
    case 'back':
      return view.shown.filter === '' ? goBack(shell) : refilter(shell, '')
    default:
      return rowCommand(shell, view, command)
  }
}

/** What a key does with the selected row. */
function rowCommand(shell: Shell, view: TableView, command: Command): Shell {
  const {listing} = view
  const row = selectedRow(view)
  if (listing === null || row === null) return say(shell, 'no row is selected')
  switch (command) {
    case 'enter': {
      const to = listing.follow(row)
      return to.kind === 'table' ? goTo(shell, to.where) : say(shell, to.text, 'warn')
    }
    case 'describe':
      return {...shell, path: [...shell.path, describeView(listing, row)]}
    case 'source': {
      const source = listing.source(row)
      if (source === null) return say(shell, 'nothing is behind this row')
      return {
        ...shell,
        path: [...shell.path, sourceView(listing.name(row), source, shell.world.redact, listing.command(row))],
      }
    }
    case 'trace-row':
      return traceRow(shell, view, row)
    default:
      return shell
  }
}

/** Asks for a request that lands on the row. */
function traceRow(shell: Shell, {listing}: TableView, row: number): Shell {
  const target = listing?.target(row) ?? null
  if (target === null) return say(shell, 'no request lands on a row of this kind', 'warn')
  return withEffect(say(shell, 'looking for a request that lands here ...'), {kind: 'land', target})
}
