import {graphemesOf} from '../graphemes.js'
import type {MouseEvent} from './shell/shell.js'

/** A key press by name: a printable character as itself, others as `down`, `enter`, `ctrl-c`. */
export type KeyName = string

/** What Ink says of one input event; the members that are read here. */
export interface InkKey {
  upArrow: boolean
  downArrow: boolean
  leftArrow: boolean
  rightArrow: boolean
  pageUp: boolean
  pageDown: boolean
  home: boolean
  end: boolean
  return: boolean
  escape: boolean
  tab: boolean
  shift: boolean
  ctrl: boolean
  backspace: boolean
  delete: boolean
}

const named: readonly [keyof InkKey, KeyName][] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  // Most terminals send DEL for the backspace key, which Ink calls delete.
  ['delete', 'backspace'],
]

const control: Record<string, KeyName> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u001b': 'esc',
}

function characterKey(character: string): KeyName | null {
  const known = control[character]
  if (known !== undefined) return known
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return `ctrl-${String.fromCharCode(code + 0x60)}`
  return code >= 0x80 && code <= 0x9f ? null : character
}

/** A sequence that Ink does not know arrives without its escape: nobody typed it. */
const unknownSequence = /^\[[0-?]*[ -/]*[@-~]$/

/** The keys of one input event: what is typed fast or pasted comes as one text of many characters. */
export function readKeys(input: string, key: InkKey): KeyName[] {
  if (key.tab) return [key.shift ? 'shift-tab' : 'tab']
  const name = named.find(([member]) => key[member])?.[1]
  if (name !== undefined) return [name]
  if (key.ctrl && input.length === 1) return [`ctrl-${input}`]
  if (input.length > 1 && unknownSequence.test(input)) return []
  return graphemesOf(input)
    .map(characterKey)
    .filter((each) => each !== null)
}

/** What bracketed paste puts around a pasted text, as Ink hands it on. */
export const pasteStart = '[200~'
export const pasteEnd = '[201~'

/** What the mouse did, as SGR mode reports it (`ESC [ < button ; column ; row M`); null for anything else, releases and moves too. */
export function readMouse(input: string): MouseEvent | null {
  const [, button = '', column = '', row = '', end = ''] = /^\[<(\d+);(\d+);(\d+)([Mm])$/.exec(input) ?? []
  const what = end === 'M' ? buttons[button] : undefined
  return what === undefined ? null : {what, column: Number(column) - 1, row: Number(row) - 1}
}

const buttons: Partial<Record<string, MouseEvent['what']>> = {0: 'press', 64: 'wheel-up', 65: 'wheel-down'}
