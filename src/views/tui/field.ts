import {graphemesOf} from '../graphemes.js'
import type {KeyName} from './key.js'

/** One line of text being edited; the cursor counts characters as a reader does. */
export interface Field {
  text: string
  cursor: number
}

export const fieldOf = (text: string): Field => ({text, cursor: graphemesOf(text).length})

const insert = ({text, cursor}: Field, added: string): Field => {
  const parts = graphemesOf(text)
  return {
    text: [...parts.slice(0, cursor), added, ...parts.slice(cursor)].join(''),
    cursor: cursor + graphemesOf(added).length,
  }
}

const without = ({text}: Field, from: number, to: number): Field => {
  const parts = graphemesOf(text)
  return {text: [...parts.slice(0, from), ...parts.slice(to)].join(''), cursor: from}
}

function wordStart({text, cursor}: Field): number {
  const before = graphemesOf(text).slice(0, cursor)
  let at = before.length
  while (at > 0 && before[at - 1] === ' ') at -= 1
  while (at > 0 && before[at - 1] !== ' ') at -= 1
  return at
}

/** The field after one key; null where the key is not for it. */
export function typeKey(field: Field, key: KeyName): Field | null {
  const {text, cursor} = field
  const {length} = graphemesOf(text)
  switch (key) {
    case 'left':
      return {text, cursor: Math.max(0, cursor - 1)}
    case 'right':
      return {text, cursor: Math.min(length, cursor + 1)}
    case 'home':
    case 'ctrl-a':
      return {text, cursor: 0}
    case 'end':
    case 'ctrl-e':
      return {text, cursor: length}
    case 'backspace':
      return cursor === 0 ? field : without(field, cursor - 1, cursor)
    case 'ctrl-d':
      return without(field, cursor, cursor + 1)
    case 'ctrl-u':
      return without(field, 0, cursor)
    case 'ctrl-k':
      return without(field, cursor, length)
    case 'ctrl-w':
      return without(field, wordStart(field), cursor)
    default:
      return graphemesOf(key).length === 1 ? insert(field, key) : null
  }
}

/** Pasted text; line ends become blanks. */
export const paste = (field: Field, text: string): Field =>
  insert(field, text.replace(/[\r\n\t]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, ''))
