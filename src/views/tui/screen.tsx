import {Writable} from 'node:stream'
import {render} from 'ink'
import type {Line} from '../styled.js'
import {paint} from '../theme.js'
import {themeOf} from '../themes.js'
import {createFrameWriter} from './frame-writer.js'
import {Keyboard} from './keyboard.js'
import type {Size} from './layout.js'
import {createLoop} from './loop.js'
import type {TuiOptions} from './open.js'
import {copy, save} from './perform.js'
import {captured, live} from './shell/freshness.js'
import {openShell} from './shell/reduce.js'
import type {Action, Settings} from './shell/shell.js'
import {openSession} from './terminal-session.js'

/** https://no-color.org: set, and not empty. */
const wantsColour = (): boolean => (process.env['NO_COLOR'] ?? '') === ''

const terminalSize = (): Size => ({columns: process.stdout.columns || 80, rows: process.stdout.rows || 24})

const write = (text: string): void => {
  process.stdout.write(text)
}

/** How often the age of a live source is told anew. */
const tick = 1000

/** Milliseconds after a key in which nobody else is expected. */
const idle = 120

function idleTimer(guarded: (job: () => void) => () => void): (job: () => void) => void {
  let timer: NodeJS.Timeout | null = null
  return (job) => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(guarded(job), idle)
  }
}

/** Ink reads the keyboard; what it would draw, which is nothing, goes nowhere. */
function nowhere(): NodeJS.WriteStream {
  const sink = new Writable({write: (_chunk, _encoding, done) => done()})
  // Ink reads `columns`, `rows` and `write` of its output, which the sink has; a socket of the terminal it need not be.
  return Object.assign(sink, {columns: 1, rows: 1}) as unknown as NodeJS.WriteStream
}

/** Draws until the user quits; throws what drawing threw, after the terminal is given back. */
export async function runScreen({world, start, theme, mouse, refresh}: TuiOptions): Promise<void> {
  const settings: Settings = {theme, mouse, colour: wantsColour()}
  const now = Date.now()
  const freshness = refresh === null ? captured : live(now, refresh.every)
  // What cannot be shown at all fails before the terminal is taken.
  const first = openShell(world, start, {size: terminalSize(), settings, freshness, now})
  const session = openSession(mouse)
  const frames = createFrameWriter(write)
  const crashes: unknown[] = []
  let unmount = (): void => {}
  const leave = (): void => {
    frames.close()
    unmount()
  }
  /** An error while drawing ends the screen: it is told after the terminal is given back, not in the midst of it. */
  const guarded =
    <T extends unknown[]>(job: (...given: T) => void) =>
    (...given: T): void => {
      try {
        job(...given)
      } catch (error) {
        crashes.push(error)
        leave()
      }
    }
  const draw = (lines: readonly Line[], {theme: name, colour}: Settings): void => {
    const painter = themeOf(name, colour)
    frames.draw(lines.map((each) => paint(each, painter)))
  }
  const loop = createLoop(first, {
    draw,
    quit: leave,
    save,
    copy: (text) => copy(text, write),
    mouse: session.mouse,
    refresh: () => (refresh === null ? Promise.resolve(world) : refresh.read()),
    later: (job) => setImmediate(guarded(job)),
    whenIdle: idleTimer(guarded),
    now: Date.now,
  })
  const dispatch = guarded((...actions: Action[]) => loop.dispatch(...actions))
  const resize = (): void => {
    frames.forget()
    dispatch({kind: 'resize', size: terminalSize()})
  }
  process.stdout.on('resize', resize)
  const clock = refresh === null ? null : setInterval(() => dispatch({kind: 'clock', now: Date.now()}), tick)
  try {
    const screen = render(<Keyboard onInput={dispatch} />, {
      stdout: nowhere(),
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    })
    unmount = () => screen.unmount()
    // The first frame; a size that changed meanwhile counts.
    dispatch({kind: 'resize', size: terminalSize()})
    if (crashes.length > 0) unmount()
    await screen.waitUntilExit()
  } finally {
    process.stdout.off('resize', resize)
    if (clock !== null) clearInterval(clock)
    session.restore()
  }
  if (crashes.length > 0) throw crashes[0]
}
