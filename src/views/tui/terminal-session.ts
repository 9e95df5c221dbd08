import {writeSync} from 'node:fs'

/** Alternate screen, bracketed paste, no cursor; all are undone by their counterparts. */
const enter = '\u001b[?1049h\u001b[?2004h\u001b[?25l\u001b[2J'
/** Clicks and the wheel as sequences of their own (SGR 1006); moves are not reported. */
const mouseOn = '\u001b[?1000h\u001b[?1006h'
const mouseOff = '\u001b[?1006l\u001b[?1000l'
const leave = `${mouseOff}\u001b[?2004l\u001b[?25h\u001b[0m\u001b[?1049l`

const signals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const

/** The terminal while the screen is ours. */
export interface TerminalSession {
  /** Gives the terminal back; again and again does no harm. */
  restore: () => void
  /** Whether the terminal reports clicks to us. */
  mouse: (on: boolean) => void
}

/** Synchronous: what is queued when a process ends is lost. A terminal that is gone cannot be restored. */
function writeNow(text: string): void {
  try {
    writeSync(process.stdout.fd, text)
  } catch (error) {
    if (
      !(
        error instanceof Error &&
        'code' in error &&
        (error.code === 'EIO' || error.code === 'EPIPE' || error.code === 'EBADF')
      )
    )
      throw error
  }
}

/** Takes the terminal, and sees that it is given back on every way out: an error that nobody catches, a signal, the end. */
export function openSession(mouse: boolean): TerminalSession {
  let open = true
  const restore = (): void => {
    if (!open) return
    open = false
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
    for (const signal of signals) process.off(signal, onSignal)
    if (process.stdin.isTTY && process.stdin.isRaw) process.stdin.setRawMode(false)
    writeNow(leave)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    restore()
    // With our handlers gone the signal does what it does by default, and the caller sees by what the process ended.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.once('exit', restore)
  process.once('uncaughtExceptionMonitor', restore)
  for (const signal of signals) process.on(signal, onSignal)
  // Raw from the start: what is typed before the first frame is not lost to the line editor of the terminal.
  if (process.stdin.isTTY) process.stdin.setRawMode(true)
  writeNow(mouse ? enter + mouseOn : enter)
  return {restore, mouse: (on) => writeNow(on ? mouseOn : mouseOff)}
}
