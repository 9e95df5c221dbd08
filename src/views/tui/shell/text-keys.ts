import type {Command} from '../keys.js'
import {goBack} from './navigate.js'
import {type Shell, withView} from './shell.js'
import {linesOnScreen, scrollText, type TextView} from './text-view.js'

/** What a key does in a text. */
export function textCommand(shell: Shell, view: TextView, command: Command): Shell {
  const {size} = shell
  const page = Math.max(1, linesOnScreen(size) - 2)
  const scrolled = (by: number): Shell => withView(shell, scrollText(view, by, size))
  switch (command) {
    case 'up':
      return scrolled(-1)
    case 'down':
      return scrolled(1)
    case 'page-up':
      return scrolled(-page)
    case 'page-down':
      return scrolled(page)
    case 'top':
      return scrolled(-Number.MAX_SAFE_INTEGER)
    case 'bottom':
      return scrolled(Number.MAX_SAFE_INTEGER)
    case 'back':
    case 'left':
      return goBack(shell)
    default:
      return shell
  }
}
