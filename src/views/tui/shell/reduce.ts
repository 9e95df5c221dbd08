import type {Landing} from '../../../trace/landing.js'
import {commandLine, shellWord} from '../../story/command-line.js'
import {wantsPreview, withPreview} from '../edit.js'
import {fieldOf} from '../field.js'
import {traced} from '../history.js'
import type {KeyName} from '../key.js'
import {commandOf, keyTable} from '../keys.js'
import {pageOf} from '../layout.js'
import {pasteText, pressKey} from '../reducer.js'
import type {State} from '../state.js'
import {continueTable, selectedRow, settle} from '../table/table-view.js'
import type {World} from '../world.js'
import {emptyPrompt} from './command-prompt.js'
import {exportName} from './exported.js'
import {continueFind, findKey, openSearch} from './find-keys.js'
import {type Freshness, isDue} from './freshness.js'
import {refresh, turnMouse} from './give.js'
import {goingOn} from './going-on.js'
import {mouse} from './mouse.js'
import {fill, goBack, goTo, goToTrace, readDone} from './navigate.js'
import {openStep} from './open-step.js'
import {commandKey, exportKey, filterKey, pasteInto} from './prompt-keys.js'
import {
  type Action,
  bareShell,
  type Settings,
  type Shell,
  type Start,
  say,
  viewKind,
  viewOf,
  withEffect,
  withView,
} from './shell.js'
import {tableCommand} from './table-keys.js'
import {textCommand} from './text-keys.js'

/** The screen as it opens. */
export function openShell(
  world: World,
  start: Start,
  {size, settings, freshness, now}: {size: Shell['size']; settings: Settings; freshness: Freshness; now: number},
): Shell {
  const shell = bareShell(world, size, settings, freshness, now)
  if (start.kind === 'trace') return goToTrace(shell, start.request)
  return goTo(shell, start.where, true)
}

/** The next state; the same inputs give the same state. What is asked of the outside is in `effects`, which the outside empties. */
export function reduce(shell: Shell, action: Action): Shell {
  switch (action.kind) {
    case 'key':
      return press({...shell, message: null}, action.key)
    case 'paste':
      return pasted({...shell, message: null}, action.text)
    case 'mouse':
      return mouse(shell, action.event, press)
    case 'resize':
      return resized(shell, action.size)
    case 'done':
      return action.message === null ? shell : {...shell, message: action.message}
    case 'read':
      return readDone(shell, action.where, action.error)
    case 'continue':
      return goOn(shell, action.rows)
    case 'settle':
      return settled(shell)
    case 'landed':
      return landed(shell, action.landing)
    case 'idle':
      return idle(shell)
    case 'clock':
      return ticked({...shell, now: action.now})
    case 'refreshed':
      return refreshed({...shell, now: action.now}, action.world)
    case 'refresh-failed':
      return {
        ...shell,
        now: action.now,
        freshness: {...shell.freshness, reading: false, failure: action.error},
      }
  }
}

/** Reads a live source again when it is time. */
const ticked = (shell: Shell): Shell => (isDue(shell.freshness, shell.now) ? refresh(shell) : shell)

function settled(shell: Shell): Shell {
  const view = viewOf(shell)
  return view.kind === 'table' ? withView(shell, settle(view, shell.size)) : shell
}

/** The request that was found is traced, where one still waits for it. */
function landed(shell: Shell, landing: Landing): Shell {
  if (viewOf(shell).kind !== 'table') return shell
  return landing.kind === 'found' ? goToTrace(shell, landing.request) : say(shell, landing.why, 'warn')
}

function resized(shell: Shell, size: Shell['size']): Shell {
  const path = shell.path.map((view) => (view.kind === 'table' ? settle(view, size) : view))
  return {...shell, size, path, trace: shell.trace && {...shell.trace, size}}
}

/** One slice more of what was begun. */
function goOn(shell: Shell, rows: number): Shell {
  if (shell.overlay.kind === 'find') return continueFind(shell, shell.overlay.find, rows)
  const view = viewOf(shell)
  if (view.kind !== 'table') return shell
  return goingOn({...shell, path: [...shell.path.slice(0, -1), continueTable(view, rows)]})
}

/** A newer state of the mesh under the same views: rows come anew, and the request is traced again. */
function refreshed(shell: Shell, world: World): Shell {
  const {trace, freshness, now} = shell
  const again = trace && {...traced(trace, trace.request, world), overlay: trace.overlay}
  const path = shell.path.map((view) => (view.kind === 'table' ? {...view, listing: null} : view))
  const next: Shell = {...shell, world, path, freshness: {...freshness, reading: false, failure: null, readAt: now}}
  return goingOn(fill({...next, trace: again && keepPlace(again, trace)}))
}

const keepPlace = (next: State, {cursor, branch, scroll, find}: State): State => ({
  ...next,
  find,
  scroll,
  branch: Math.min(branch, Math.max(0, next.story.branches.length - 1)),
  cursor,
})

function pasted(shell: Shell, text: string): Shell {
  if (shell.overlay.kind !== 'none') return pasteInto(shell, text)
  return viewKind(shell) === 'trace' && shell.trace !== null
    ? lifted(shell, pasteText(shell.trace, text, shell.world))
    : shell
}

/** The trace view's own state, and what it says. How an edited request ends is told when nobody types for a while. */
function lifted(shell: Shell, trace: State): Shell {
  const next: Shell = {...shell, trace: {...trace, message: null}, message: trace.message}
  return wantsPreview(trace) ? withEffect(next, {kind: 'when-idle'}) : next
}

const idle = (shell: Shell): Shell =>
  shell.trace !== null && wantsPreview(shell.trace) ? {...shell, trace: withPreview(shell.trace, shell.world)} : shell

function press(shell: Shell, key: KeyName): Shell {
  if (key === 'ctrl-c') return withEffect(shell, {kind: 'quit'})
  const {overlay} = shell
  switch (overlay.kind) {
    case 'none':
      return pressInView(shell, key)
    case 'help':
      return helpKey(shell, overlay.scroll, key)
    case 'command':
      return commandKey(shell, overlay.prompt, key)
    case 'filter':
      return filterKey(shell, overlay, key)
    case 'export':
      return exportKey(shell, overlay, key)
    case 'find':
      return findKey(shell, overlay.find, key)
  }
}

function pressInView(shell: Shell, key: KeyName): Shell {
  const view = viewOf(shell)
  const {trace, world} = shell
  if (view.kind === 'trace' && trace !== null && trace.overlay.kind !== 'none')
    return lifted(shell, pressKey(trace, key, world))
  const command = commandOf(key, view.kind)
  switch (command) {
    case null:
      return shell
    case 'command-line':
      return {...shell, overlay: {kind: 'command', prompt: emptyPrompt}}
    case 'find-all':
      return openSearch(shell)
    case 'help':
      return {...shell, overlay: {kind: 'help', scroll: 0}}
    case 'export':
      return {...shell, overlay: {kind: 'export', field: fieldOf(exportName(shell))}}
    case 'copy':
      return copy(shell)
    case 'mouse':
      return turnMouse(shell)
    case 'refresh':
      return refresh(shell)
    case 'quit':
      return withEffect(shell, {kind: 'quit'})
  }
  if (view.kind === 'table') return tableCommand(shell, view, command)
  if (view.kind === 'text') return textCommand(shell, view, command)
  return trace === null ? shell : traceCommand(shell, trace, key)
}

function traceCommand(shell: Shell, trace: State, key: KeyName): Shell {
  const command = commandOf(key, 'trace')
  if (command === 'back' && trace.find === '' && trace.pane === 'tree') return goBack(shell)
  if (command === 'open-row') return openStep(shell, trace)
  return lifted(shell, pressKey(trace, key, shell.world))
}

/** The command that prints what is looked at. */
function copy(shell: Shell): Shell {
  const text = equivalentCommand(shell)
  return {...withEffect(shell, {kind: 'copy', text}), message: {text, tone: 'name'}}
}

function equivalentCommand({world, trace, ...shell}: Shell): string {
  const view = shell.path.at(-1)
  if (view?.kind === 'text') return ['sidetrace', ...view.command].map(shellWord).join(' ')
  if (view?.kind === 'table') {
    const row = selectedRow(view)
    const words = row === null ? ['ui', ...world.source] : (view.listing?.command(row) ?? [])
    return ['sidetrace', ...words].map(shellWord).join(' ')
  }
  if (trace === null) return ''
  const edits = trace.edits.map((edit) => ` --what-if ${shellWord(edit)}`).join('')
  return `${commandLine(trace.request, world.source)}${edits}`
}

function helpKey(shell: Shell, scroll: number, key: KeyName): Shell {
  const page = pageOf(shell.size)
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
  if (by === undefined) return {...shell, overlay: {kind: 'none'}}
  return {...shell, overlay: {kind: 'help', scroll: Math.max(0, Math.min(scroll + by, keyTable.length * 3))}}
}
