import type {Line} from '../styled.js'
import {failureText} from './history.js'
import {listing} from './resources/catalogue.js'
import {frame} from './shell/frame.js'
import {reduce} from './shell/reduce.js'
import type {Action, Effect, Settings, Shell} from './shell/shell.js'
import type {Message} from './state.js'
import type {World} from './world.js'

/** What the loop needs of the outside; tests have one of their own. */
export interface Outside {
  /** Shows a frame: as many lines as the terminal has. */
  draw: (lines: readonly Line[], settings: Settings) => void
  quit: () => void
  save: (path: string, text: string) => Message
  copy: (text: string) => Message
  mouse: (on: boolean) => void
  /** Reads a live source anew. */
  refresh: () => Promise<World>
  /** Runs a job after what is waiting: keys that were pressed meanwhile come first. */
  later: (job: () => void) => void
  /** Runs a job when nothing was asked so for a while; a new one takes the place of one that waits. */
  whenIdle: (job: () => void) => void
  /** Milliseconds since 1970. */
  now: () => number
}

/** Rows of the first slice, and milliseconds that one may take, its frame included. */
const [firstSlice, longestSlice] = [500, 18]

export interface Loop {
  /** Takes in what happened, draws once, and does what is asked of the outside. */
  dispatch: (...actions: Action[]) => void
  shell: () => Shell
}

/** The state and who changes it: one frame for whatever comes at once. */
export function createLoop(initial: Shell, outside: Outside): Loop {
  let shell = initial
  let waiting: Action[] = []
  let busy = false
  const dispatch = (...actions: Action[]): void => {
    waiting.push(...actions)
    if (busy) return
    busy = true
    try {
      while (waiting.length > 0) {
        const now = waiting
        waiting = []
        for (const action of now) shell = reduce(shell, action)
        round()
      }
    } finally {
      busy = false
    }
  }
  const round = (): void => {
    const {effects} = shell
    shell = {...shell, effects: []}
    outside.draw(frame(shell), shell.settings)
    for (const effect of effects) perform(effect)
  }
  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'quit':
        outside.quit()
        break
      case 'save':
        dispatch({kind: 'done', message: outside.save(effect.path, effect.text)})
        break
      case 'copy':
        dispatch({kind: 'done', message: outside.copy(effect.text)})
        break
      case 'mouse':
        outside.mouse(effect.on)
        break
      case 'continue':
        outside.later(goOn)
        break
      case 'when-idle':
        outside.whenIdle(() => dispatch({kind: 'idle'}))
        break
      case 'read':
        outside.later(() => dispatch({...effect, error: readingFailure(shell, effect)}))
        break
      case 'refresh':
        refresh()
        break
    }
  }
  let rows = firstSlice
  /** Slices grow and shrink with the machine: a key that comes meanwhile waits for one of them at most. */
  const goOn = (): void => {
    const began = outside.now()
    dispatch({kind: 'continue', rows})
    const took = outside.now() - began
    if (took > longestSlice) rows = Math.max(50, Math.floor(rows / 2))
    else if (took < longestSlice / 3) rows = Math.min(20_000, rows * 2)
  }
  const refresh = (): void => {
    outside.refresh().then(
      (world) => dispatch({kind: 'refreshed', world, now: outside.now()}),
      (error: unknown) => dispatch({kind: 'refresh-failed', error: failureText(error), now: outside.now()}),
    )
  }
  return {
    dispatch,
    shell: () => shell,
  }
}

/** Makes the rows of a table, which reads what they need; why that failed, or null. */
function readingFailure({world, now}: Shell, {where}: Extract<Effect, {kind: 'read'}>): string | null {
  try {
    listing(world, where, new Date(now))
    return null
  } catch (error) {
    return failureText(error)
  }
}
