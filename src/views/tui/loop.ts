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

/** Rows that are looked at between two looks at the clock. */
const slice = 200
/** Milliseconds that long work goes on before keys are listened to, and that pass between its frames. */
const [longest, betweenFrames] = [12, 100]

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
  let goingOn = false
  let drawn = 0
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
    drawn = outside.now()
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
        if (!goingOn) outside.later(goOn)
        goingOn = true
        break
      case 'land':
        outside.later(() => dispatch({kind: 'landed', landing: shell.world.landing(effect.target)}))
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
  /** Slices until the time is up: a key that comes meanwhile waits no longer. Not every round is worth a frame. */
  const goOn = (): void => {
    const began = outside.now()
    let more = true
    while (more && outside.now() - began < longest) {
      shell = reduce(shell, {kind: 'continue', rows: slice})
      more = shell.effects.some(({kind}) => kind === 'continue')
      if (more) shell = {...shell, effects: shell.effects.filter(({kind}) => kind !== 'continue')}
    }
    if (!more || outside.now() - drawn > betweenFrames) dispatch({kind: 'settle'})
    goingOn = more
    if (more) outside.later(goOn)
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
