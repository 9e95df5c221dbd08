import {typeKey} from '../field.js'
import {chosen, type FindState, isSearching, moveFind, openFind, searchOn, typeFind} from '../find/find-state.js'
import type {Thing} from '../find/things.js'
import type {KeyName} from '../key.js'
import {settle} from '../table/table-view.js'
import {give} from './give.js'
import {currentPlace, goTo} from './navigate.js'
import {type Shell, viewOf, withEffect, withView} from './shell.js'

const withFind = (shell: Shell, find: FindState): Shell => {
  const next: Shell = {...shell, overlay: {kind: 'find', find}}
  return isSearching(find) ? withEffect(next, {kind: 'continue'}) : next
}

export const openSearch = (shell: Shell): Shell => withFind(shell, openFind(shell.world, currentPlace(shell)))

export function findKey(shell: Shell, find: FindState, key: KeyName): Shell {
  switch (key) {
    case 'esc':
    case 'ctrl-k':
      return {...shell, overlay: {kind: 'none'}}
    case 'down':
    case 'tab':
    case 'ctrl-n':
      return {...shell, overlay: {kind: 'find', find: moveFind(find, 1)}}
    case 'up':
    case 'shift-tab':
    case 'ctrl-p':
      return {...shell, overlay: {kind: 'find', find: moveFind(find, -1)}}
    case 'enter': {
      const thing = chosen(find)
      return thing === null ? shell : goToThing({...shell, overlay: {kind: 'none'}}, thing)
    }
    default: {
      const field = typeKey(find.field, key)
      return field === null ? shell : withFind(shell, typeFind(find, field))
    }
  }
}

/** One slice more; what has been typed meanwhile is what is sought. */
export const continueFind = (shell: Shell, find: FindState, rows: number): Shell =>
  isSearching(find) ? withFind(shell, searchOn(find, rows)) : shell

/** A table with the row selected, as if one had gone there. */
function goToThing(shell: Shell, {to}: Thing): Shell {
  if (to.kind === 'command') return give(shell, to.command)
  const gone = goTo(shell, to.where)
  const view = viewOf(gone)
  if (view.kind !== 'table' || view.where !== to.where) return gone
  return withView(gone, settle({...view, cursor: to.row}, shell.size))
}
