import type {TraceRequest} from '../../trace/request.js'
import {tellTrace} from '../story/tell-trace.js'
import {browse} from './browse.js'
import {differenceKey, markOrCompare} from './compare.js'
import {editKey, editPaste} from './edit.js'
import {fieldOf, paste, typeKey} from './field.js'
import {travel} from './history.js'
import type {KeyName} from './key.js'
import {commandOf} from './keys.js'
import type {Size} from './layout.js'
import {firstRow} from './rows.js'
import {rowsIn, type State} from './state.js'
import {openMenu, whatIfKey} from './what-if/toggle.js'
import type {World} from './world.js'

export function initialState(request: TraceRequest, size: Size, world: World): State {
  const trace = world.trace(request, [])
  const state: State = {
    request,
    world,
    past: [],
    future: [],
    edits: [],
    trace,
    story: tellTrace(trace, world.facts),
    unedited: null,
    marked: null,
    branch: 0,
    cursor: 0,
    folded: new Set(),
    find: '',
    minor: false,
    pane: 'tree',
    tab: 'Why',
    scroll: 0,
    size,
    overlay: {kind: 'none'},
    message: null,
  }
  return {...state, cursor: firstRow(rowsIn(state))}
}

/** The trace view after a pasted text. */
export function pasteText(state: State, text: string, world: World): State {
  const {overlay} = state
  if (overlay.kind === 'edit') return editPaste(state, text, world)
  return overlay.kind === 'find' ? refind(state, paste(overlay.field, text)) : state
}

/** The trace view after a key; what concerns other views as well is left to the shell. */
export function pressKey(state: State, key: KeyName, world: World): State {
  switch (state.overlay.kind) {
    case 'none':
      return command(state, key, world)
    case 'find':
      return findKey(state, key)
    case 'edit':
      return editKey(state, key, world)
    case 'what-if':
      return whatIfKey(state, key, world)
    case 'difference':
      return differenceKey(state, key)
  }
}

function command(state: State, key: KeyName, world: World): State {
  const meaning = commandOf(key, 'trace')
  switch (meaning) {
    case null:
      return state
    case 'undo':
    case 'redo':
      return travel(state, meaning, world)
    case 'what-if':
      return openMenu(state)
    case 'difference':
      return markOrCompare(state)
    default:
      return browse(state, meaning, world)
  }
}

const closed = (state: State): State => ({...state, overlay: {kind: 'none'}})

function refind(state: State, field: {text: string; cursor: number}): State {
  const found = {...state, find: field.text, overlay: {kind: 'find' as const, field}, scroll: 0}
  return {...found, cursor: Math.min(state.cursor, Math.max(0, rowsIn(found).length - 1))}
}

function findKey(state: State, key: KeyName): State {
  if (state.overlay.kind !== 'find') return state
  if (key === 'enter') return closed(state)
  if (key === 'esc') return closed(refind(state, fieldOf('')))
  const field = typeKey(state.overlay.field, key)
  return field === null ? state : refind(state, field)
}
