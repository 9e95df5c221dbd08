import {useInput} from 'ink'
import {useRef} from 'react'
import {pasteEnd, pasteStart, readKeys, readMouse} from './key.js'
import type {Action} from './shell/shell.js'

export interface KeyboardProps {
  onInput: (...actions: Action[]) => void
}

/** Hands keys, pasted text and the mouse on. A paste may come in several events, between its two marks. Draws nothing. */
export function Keyboard({onInput}: KeyboardProps): null {
  const pasting = useRef<string | null>(null)
  useInput((input, key) => {
    if (input === pasteStart) pasting.current = ''
    else if (input === pasteEnd) {
      onInput({kind: 'paste', text: pasting.current ?? ''})
      pasting.current = null
    } else if (pasting.current !== null) pasting.current += key.return ? '\n' : input
    else {
      const event = readMouse(input)
      if (event !== null) onInput({kind: 'mouse', event})
      else onInput(...readKeys(input, key).map((name): Action => ({kind: 'key', key: name})))
    }
  })
  return null
}
