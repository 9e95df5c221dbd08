import {isThemeName} from '../../themes.js'
import {hasPlace} from '../resources/catalogue.js'
import {readCommand} from './command-prompt.js'
import {currentPlace, goTo, goToTrace} from './navigate.js'
import {type Shell, say, withEffect} from './shell.js'

/** Pods and nodes: what a command can name. */
export const placesOf = ({world}: Shell): string[] => [...world.pods, ...world.document.nodes.map(({name}) => name)]

/** Does what a command says. */
export function give(shell: Shell, text: string): Shell {
  const order = readCommand(text, placesOf(shell))
  if (typeof order === 'string') return say(shell, order, 'warn')
  switch (order.kind) {
    case 'table': {
      const {resource} = order
      const place = hasPlace(resource) ? (order.place ?? currentPlace(shell)) : null
      return goTo(shell, {resource, place, scope: null}, true)
    }
    case 'trace':
      return goToTrace(shell, null)
    case 'theme':
      if (!isThemeName(order.name)) return shell
      return say({...shell, settings: {...shell.settings, theme: order.name}}, `theme ${order.name}`)
    case 'mouse':
      return turnMouse(shell)
    case 'refresh':
      return refresh(shell)
    case 'help':
      return {...shell, overlay: {kind: 'help', scroll: 0}}
    case 'quit':
      return withEffect(shell, {kind: 'quit'})
  }
}

export function turnMouse(shell: Shell): Shell {
  const on = !shell.settings.mouse
  const text = on
    ? 'mouse on: a click selects, the wheel scrolls (M: off, so that the terminal selects text)'
    : 'mouse off: the terminal selects text'
  return say(withEffect({...shell, settings: {...shell.settings, mouse: on}}, {kind: 'mouse', on}), text)
}

export function refresh(shell: Shell): Shell {
  const {freshness} = shell
  if (!freshness.live) return say(shell, 'this is a capture: it does not change')
  if (freshness.reading) return say(shell, 'it is being read')
  return withEffect({...shell, freshness: {...freshness, reading: true, triedAt: shell.now}}, {kind: 'refresh'})
}
