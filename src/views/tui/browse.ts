import {detailLines} from './detail.js'
import {fieldOf} from './field.js'
import type {Command} from './keys.js'
import {detailRoom, layoutOf, pageOf, textWidth} from './layout.js'
import {openForm} from './request-form.js'
import {decides, firstRow, type Row} from './rows.js'
import {rowsIn, type State, selectedRow, tabs} from './state.js'
import {topLinesOf} from './top-lines.js'
import type {World} from './world.js'

const clamp = (value: number, count: number): number => Math.max(0, Math.min(value, count - 1))

const select = (state: State, cursor: number): State => ({
  ...state,
  cursor: clamp(cursor, rowsIn(state).length),
  scroll: 0,
})

/** Moves the cursor of the tree, or the text of the right pane. */
function move(state: State, by: number, {lookup}: World): State {
  if (state.pane === 'tree') return select(state, state.cursor + by)
  const {detail, body} = layoutOf(state.size, topLinesOf(state))
  const lines = detailLines(state, lookup, textWidth(detail)).length
  return {...state, scroll: clamp(state.scroll + by, lines - detailRoom(body, lines) + 1)}
}

function turnTab(state: State, by: number): State {
  const index = (tabs.indexOf(state.tab) + by + tabs.length) % tabs.length
  const pane = layoutOf(state.size).both ? state.pane : 'detail'
  return {...state, pane, tab: tabs[index] ?? 'Why', scroll: 0}
}

function turnBranch(state: State, by: number): State {
  const count = state.story.branches.length
  if (count < 2) return {...state, message: {text: 'there is one way only', tone: 'dim'}}
  const turned = {...state, branch: (state.branch + by + count) % count, scroll: 0}
  return select(turned, turned.cursor)
}

const setFolded = (state: State, key: string, fold: boolean): State => {
  const folded = new Set(state.folded)
  if (fold) folded.add(key)
  else folded.delete(key)
  const next = {...state, folded}
  const at = rowsIn(next).findIndex((row) => row.key === key)
  return select(next, at === -1 ? state.cursor : at)
}

const isOpen = (row: Row): boolean => (row.kind === 'place' || row.kind === 'hop') && row.open
const isFoldable = (row: Row): boolean => row.kind === 'place' || (row.kind === 'hop' && row.foldable)

function fold(state: State): State {
  if (state.pane === 'detail') return {...state, pane: 'tree'}
  const row = selectedRow(state)
  if (row === null) return state
  if (isOpen(row)) return setFolded(state, row.key, true)
  const parent = rowsIn(state)
    .slice(0, state.cursor)
    .findLastIndex(({depth}) => depth < row.depth)
  return parent === -1 ? state : select(state, parent)
}

function unfold(state: State): State {
  const row = selectedRow(state)
  if (row !== null && isFoldable(row) && !isOpen(row)) return setFolded(state, row.key, false)
  if (row !== null && isOpen(row)) return select(state, state.cursor + 1)
  return {...state, pane: 'detail'}
}

function toggle(state: State): State {
  const row = selectedRow(state)
  if (row !== null && isFoldable(row)) return setFolded(state, row.key, isOpen(row))
  return {...state, pane: 'detail'}
}

function nextDecision(state: State): State {
  const rows = rowsIn(state)
  const after = rows.findIndex((row, index) => index > state.cursor && decides(row))
  const any = after === -1 ? rows.findIndex(decides) : after
  return any === -1 ? {...state, message: {text: 'nothing was passed over', tone: 'dim'}} : select(state, any)
}

/** More or fewer steps; the cursor stays on its line, or goes to the hop that the line belonged to. */
function toggleMinor(state: State): State {
  const row = selectedRow(state)
  const next = {...state, minor: !state.minor}
  const rows = rowsIn(next)
  const same = rows.findIndex(({key}) => key === row?.key)
  const hop = rows.findIndex((each) => each.kind === 'hop' && row?.kind === 'sentence' && each.hop === row.hop)
  return select(next, same === -1 ? Math.max(0, hop) : same)
}

function back(state: State): State {
  if (state.find !== '') {
    const shown = {...state, find: ''}
    return select(shown, firstRow(rowsIn(shown)))
  }
  return {...state, pane: 'tree'}
}

/** Commands that other views have as well, or that need more than the state of the trace. */
type Elsewhere =
  | 'undo'
  | 'redo'
  | 'what-if'
  | 'difference'
  | 'open-row'
  | 'sort'
  | 'describe'
  | 'trace-row'
  | 'export'
  | 'copy'
  | 'command-line'
  | 'find-all'
  | 'refresh'
  | 'mouse'
  | 'help'
  | 'quit'

/** What a key does while nothing lies over the trace. */
export function browse(state: State, command: Command, world: World): State {
  const far = Number.MAX_SAFE_INTEGER
  const page = pageOf(state.size)
  switch (command) {
    case 'up':
      return move(state, -1, world)
    case 'down':
      return move(state, 1, world)
    case 'page-up':
      return move(state, -page, world)
    case 'page-down':
      return move(state, page, world)
    case 'top':
      return move(state, -far, world)
    case 'bottom':
      return move(state, far, world)
    case 'left':
      return fold(state)
    case 'right':
      return unfold(state)
    case 'enter':
      return toggle(state)
    case 'other-pane':
      return {...state, pane: state.pane === 'tree' ? 'detail' : 'tree'}
    case 'next-tab':
      return turnTab(state, 1)
    case 'previous-tab':
      return turnTab(state, -1)
    case 'source':
      return {...state, pane: 'detail', tab: 'Source', scroll: 0}
    case 'next-branch':
      return turnBranch(state, 1)
    case 'previous-branch':
      return turnBranch(state, -1)
    case 'next-decision':
      return nextDecision(state)
    case 'minor':
      return toggleMinor(state)
    case 'edit':
      return {...state, overlay: {kind: 'edit', form: openForm(state.request), problems: [], preview: null}}
    case 'find':
      return {...state, overlay: {kind: 'find', field: fieldOf(state.find)}}
    case 'back':
      return back(state)
    default:
      command satisfies Elsewhere
      return state
  }
}
