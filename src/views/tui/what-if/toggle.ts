import {traced} from '../history.js'
import type {KeyName} from '../key.js'
import type {State} from '../state.js'
import type {World} from '../world.js'
import {type EditChoice, editChoices} from './menu.js'

/** The menu: what the trace without any what-if suggests, and what is on. */
export function openMenu(state: State): State {
  const choices = editChoices(state.unedited?.trace ?? state.trace)
  const missing = state.edits.filter((edit) => !choices.some((choice) => choice.edit === edit))
  const all = [...missing.map((edit): EditChoice => ({edit, says: edit})), ...choices]
  if (all.length === 0) return {...state, message: {text: 'nothing on this way can be tried otherwise', tone: 'dim'}}
  return {...state, overlay: {kind: 'what-if', choices: all, cursor: 0}}
}

/** What an edit changes: of two edits of one thing only the last counts. */
const subject = (edit: string): string => edit.replace(/^(mtls|interception) \S+/, '$1').replace(/=\d+/g, '')

function toggle(state: State, edit: string, world: World): State {
  const {overlay, edits, cursor, branch} = state
  const others = edits.filter((each) => subject(each) !== subject(edit))
  const next = traced(state, state.request, world, edits.includes(edit) ? others : [...others, edit])
  return {...next, overlay, ...(next.trace === state.trace ? {cursor, branch} : {})}
}

/** Keys of the menu: it stays open, as several what-ifs can be on. */
export function whatIfKey(state: State, key: KeyName, world: World): State {
  const {overlay} = state
  if (overlay.kind !== 'what-if') return state
  const {choices, cursor} = overlay
  const to = (next: number): State => ({
    ...state,
    overlay: {...overlay, cursor: Math.max(0, Math.min(next, choices.length - 1))},
  })
  switch (key) {
    case 'down':
    case 'j':
      return to(cursor + 1)
    case 'up':
    case 'k':
      return to(cursor - 1)
    case 'pagedown':
      return to(cursor + 10)
    case 'pageup':
      return to(cursor - 10)
    case 'g':
    case 'home':
      return to(0)
    case 'G':
    case 'end':
      return to(choices.length)
    case ' ':
    case 'enter':
      return toggle(state, choices[cursor]?.edit ?? '', world)
    case '0': {
      const next = traced(state, state.request, world, [])
      return {...next, overlay}
    }
    case 'esc':
    case 'w':
    case 'q':
      return {...state, overlay: {kind: 'none'}}
    default:
      return state
  }
}
