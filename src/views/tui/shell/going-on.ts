import {isUnderWay} from '../table/rows-shown.js'
import {type Shell, viewOf, withEffect} from './shell.js'

/** Asks to be continued where the table is not filtered or sorted to its end. */
export function goingOn(shell: Shell): Shell {
  const view = viewOf(shell)
  if (view.kind !== 'table' || view.listing === null || !isUnderWay(view.shown, view.listing)) return shell
  return shell.effects.some(({kind}) => kind === 'continue') ? shell : withEffect(shell, {kind: 'continue'})
}
