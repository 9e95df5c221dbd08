import type {TraceRequest} from '../../trace/request.js'
import type {Trace} from '../../trace/trace.js'
import {commandLine} from '../story/command-line.js'
import type {CaptureFacts} from '../story/story.js'
import {tellTrace} from '../story/tell-trace.js'
import {browse} from './browse.js'
import type {Lookup} from './detail.js'
import {editKey, editPaste} from './edit.js'
import {fieldOf, paste, typeKey} from './field.js'
import {travel} from './history.js'
import type {KeyName} from './key.js'
import {commandOf} from './keys.js'
import {pageOf, type Size} from './layout.js'
import {firstRow} from './rows.js'
import {type Message, rowsIn, type State} from './state.js'

/** What the reducer needs of the world; all of it pure. */
export interface Context {
  trace: (request: TraceRequest) => Trace
  facts: CaptureFacts
  /** Words that name the mesh on a command line: `--from sample`. */
  source: readonly string[]
  pods: readonly string[]
  lookup: Lookup
}

export type Action =
  | {kind: 'key'; key: KeyName}
  | {kind: 'paste'; text: string}
  | {kind: 'resize'; size: Size}
  | {kind: 'done'; message: Message | null}

export function initialState(request: TraceRequest, size: Size, context: Context): State {
  const trace = context.trace(request)
  const state: State = {
    request,
    past: [],
    future: [],
    trace,
    story: tellTrace(trace, context.facts),
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
    effect: null,
  }
  return {...state, cursor: firstRow(rowsIn(state))}
}

/** The next state; the same inputs give the same state. */
export function reduce(state: State, action: Action, context: Context): State {
  switch (action.kind) {
    case 'done':
      return {...state, effect: null, message: action.message}
    case 'resize':
      return {...state, size: action.size}
    case 'paste':
      return pasteText({...state, message: null}, action.text, context)
    case 'key':
      return pressKey({...state, message: null}, action.key, context)
  }
}

function pasteText(state: State, text: string, context: Context): State {
  const {overlay} = state
  if (overlay.kind === 'edit') return editPaste(state, text, context)
  if (overlay.kind === 'find') return refind(state, paste(overlay.field, text))
  if (overlay.kind === 'export') return {...state, overlay: {...overlay, field: paste(overlay.field, text)}}
  return state
}

function pressKey(state: State, key: KeyName, context: Context): State {
  if (key === 'ctrl-c') return {...state, effect: {kind: 'quit'}}
  switch (state.overlay.kind) {
    case 'none':
      return command(state, key, context)
    case 'help':
      return helpKey(state, state.overlay.scroll, key)
    case 'find':
      return findKey(state, key)
    case 'edit':
      return editKey(state, key, context)
    case 'export':
      return exportKey(state, key)
  }
}

function command(state: State, key: KeyName, context: Context): State {
  const meaning = commandOf(key)
  if (meaning === null) return state
  if (meaning === 'copy') {
    const text = commandLine(state.request, context.source)
    return {...state, effect: {kind: 'copy', text}, message: {text, tone: 'name'}}
  }
  if (meaning === 'undo' || meaning === 'redo') return travel(state, meaning, context)
  return browse(state, meaning, context)
}

const closed = (state: State): State => ({...state, overlay: {kind: 'none'}})

function helpKey(state: State, scroll: number, key: KeyName): State {
  const page = pageOf(state.size)
  const step: Partial<Record<KeyName, number>> = {
    down: 1,
    j: 1,
    up: -1,
    k: -1,
    pagedown: page,
    ' ': page,
    pageup: -page,
  }
  const by = step[key]
  if (by !== undefined) return {...state, overlay: {kind: 'help', scroll: Math.max(0, scroll + by)}}
  return closed(state)
}

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

function exportKey(state: State, key: KeyName): State {
  if (state.overlay.kind !== 'export') return state
  if (key === 'esc') return closed(state)
  if (key === 'enter') {
    const path = state.overlay.field.text.trim()
    if (path === '') return {...state, message: {text: 'a file name is needed', tone: 'warn'}}
    return {...closed(state), effect: {kind: 'export', path, trace: state.trace}}
  }
  const field = typeKey(state.overlay.field, key)
  return field === null ? state : {...state, overlay: {kind: 'export', field}}
}
