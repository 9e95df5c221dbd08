import {fieldOf, paste, typeKey} from '../field.js'
import type {KeyName} from '../key.js'
import {filterTable, settle} from '../table/table-view.js'
import {type CommandPrompt, complete, offered, recall} from './command-prompt.js'
import {exportedText} from './exported.js'
import {give, placesOf} from './give.js'
import {goingOn} from './going-on.js'
import {type Shell, type ShellOverlay, say, viewOf, withEffect, withView} from './shell.js'

const closed = (shell: Shell): Shell => ({...shell, overlay: {kind: 'none'}})

const withPrompt = (shell: Shell, prompt: CommandPrompt): Shell => ({...shell, overlay: {kind: 'command', prompt}})

/** More commands than these nobody goes back through. */
const longest = 100

export function commandKey(shell: Shell, prompt: CommandPrompt, key: KeyName): Shell {
  const places = placesOf(shell)
  switch (key) {
    case 'esc':
      return closed(shell)
    case 'tab':
      return withPrompt(shell, complete(prompt, 1, places))
    case 'shift-tab':
      return withPrompt(shell, complete(prompt, -1, places))
    case 'up':
      return withPrompt(shell, recall(prompt, 1, shell.commands))
    case 'down':
      return withPrompt(shell, recall(prompt, -1, shell.commands))
    case 'enter': {
      const {text} = prompt.field
      if (text.trim() === '') return closed(shell)
      return give({...closed(shell), commands: [...shell.commands, text.trim()].slice(-longest)}, text)
    }
    case 'backspace':
      if (prompt.field.text === '') return closed(shell)
  }
  const atEnd = prompt.field.cursor === Array.from(prompt.field.text).length
  const offer = offered(prompt, places)
  if (key === 'right' && atEnd && offer !== '' && !offer.startsWith(' ('))
    return withPrompt(shell, {...prompt, field: fieldOf(prompt.field.text + offer), completing: null})
  const field = typeKey(prompt.field, key)
  return field === null ? shell : withPrompt(shell, {field, completing: null, back: 0})
}

type Filter = Extract<ShellOverlay, {kind: 'filter'}>

/** What is typed filters at once; enter keeps it, esc brings back what was before. */
export function filterKey(shell: Shell, overlay: Filter, key: KeyName): Shell {
  if (key === 'enter') return closed(shell)
  if (key === 'esc') return refilter(closed(shell), overlay.before)
  if (key === 'down' || key === 'up' || key === 'pagedown' || key === 'pageup') return moveBehind(shell, key)
  if (key === 'backspace' && overlay.field.text === '') return closed(shell)
  const field = typeKey(overlay.field, key)
  return field === null ? shell : refilter({...shell, overlay: {...overlay, field}}, field.text)
}

export function refilter(shell: Shell, text: string): Shell {
  const view = viewOf(shell)
  return view.kind === 'table' ? goingOn(withView(shell, filterTable(view, text, shell.size))) : shell
}

/** The rows can be gone through while the filter is typed. */
function moveBehind(shell: Shell, key: 'down' | 'up' | 'pagedown' | 'pageup'): Shell {
  const view = viewOf(shell)
  if (view.kind !== 'table') return shell
  const by = {down: 1, up: -1, pagedown: 20, pageup: -20}[key]
  return withView(shell, settle({...view, cursor: Math.max(0, view.cursor + by)}, shell.size))
}

type Export = Extract<ShellOverlay, {kind: 'export'}>

export function exportKey(shell: Shell, overlay: Export, key: KeyName): Shell {
  if (key === 'esc') return closed(shell)
  if (key === 'enter') {
    const path = overlay.field.text.trim()
    if (path === '') return say(shell, 'a file name is needed', 'warn')
    return withEffect(closed(shell), {kind: 'save', path, text: exportedText(shell)})
  }
  const field = typeKey(overlay.field, key)
  return field === null ? shell : {...shell, overlay: {...overlay, field}}
}

/** Pasted text goes into the prompt that is open. */
export function pasteInto(shell: Shell, text: string): Shell {
  const {overlay} = shell
  switch (overlay.kind) {
    case 'command':
      return withPrompt(shell, {field: paste(overlay.prompt.field, text), completing: null, back: 0})
    case 'filter': {
      const field = paste(overlay.field, text)
      return refilter({...shell, overlay: {...overlay, field}}, field.text)
    }
    case 'export':
      return {...shell, overlay: {...overlay, field: paste(overlay.field, text)}}
    default:
      return shell
  }
}
