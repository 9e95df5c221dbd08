import {render} from 'ink'
import {colourTheme, plainTheme} from '../theme.js'
import {App} from './app.js'
import {CrashBoundary} from './crash-boundary.js'
import {createFrameWriter} from './frame-writer.js'
import type {Size} from './layout.js'
import type {TuiOptions} from './open.js'
import {performer} from './perform.js'
import {openSession} from './terminal-session.js'

/** https://no-color.org: set, and not empty. */
const wantsColour = (): boolean => (process.env['NO_COLOR'] ?? '') === ''

const terminalSize = (): Size => ({columns: process.stdout.columns || 80, rows: process.stdout.rows || 24})

const write = (text: string): void => {
  process.stdout.write(text)
}

/** Draws until the user quits; throws what drawing threw, after the terminal is given back. */
export async function runScreen({initial, title, context}: TuiOptions): Promise<void> {
  const session = openSession()
  const frames = createFrameWriter(write, terminalSize)
  const crashes: unknown[] = []
  let unmount = (): void => {}
  const leave = (): void => {
    frames.close()
    unmount()
  }
  const onCrash = (error: unknown): void => {
    crashes.push(error)
    leave()
  }
  process.stdout.on('resize', frames.forget)
  try {
    const screen = render(
      <CrashBoundary onCrash={onCrash}>
        <App
          initial={initial}
          title={title}
          context={context}
          theme={wantsColour() ? colourTheme : plainTheme}
          terminal={{size: terminalSize, changes: process.stdout}}
          perform={performer(leave, write)}
        />
      </CrashBoundary>,
      {stdout: frames.stream, debug: true, exitOnCtrlC: false, patchConsole: false},
    )
    unmount = () => screen.unmount()
    if (crashes.length > 0) unmount()
    await screen.waitUntilExit()
  } finally {
    process.stdout.off('resize', frames.forget)
    session.restore()
  }
  if (crashes.length > 0) throw crashes[0]
}
