import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'
import {root} from '../setup/run-bin.js'

export interface TerminalOptions {
  columns?: number
  rows?: number
  env?: Record<string, string>
}

/** A program in a real pseudo-terminal, and the screen that a person would see. */
export interface Terminal {
  /** The visible lines, without trailing blanks. */
  screen: () => string[]
  /** Resolves with the screen as soon as `wanted` is on it; fails with the screen that stands there instead. */
  shows: (wanted: string | RegExp) => Promise<string[]>
  /** Resolves as soon as `unwanted` is gone. */
  loses: (unwanted: string | RegExp) => Promise<string[]>
  type: (keys: string) => void
  resize: (columns: number, rows: number) => void
  signal: (signal: string) => void
  /** Everything that was written, escape sequences included. */
  output: () => string
  /** Whether the alternate screen is in use, and whether pastes are marked. */
  modes: () => {alternate: boolean; bracketedPaste: boolean}
  ended: Promise<{code: number; signal: number}>
  close: () => void
}

/** Longest wait for a content; a machine under load starts Node in seconds. */
const patience = 15_000

/** Runs Node with `args` from the project's folder. */
export function openTerminal(
  args: readonly string[],
  {columns = 80, rows = 24, env = {}}: TerminalOptions = {},
): Terminal {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 200})
  const {NO_COLOR: _, ...inherited} = process.env
  const child = spawn(process.execPath, [...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: root,
    env: {...definedOnly(inherited), TERM: 'xterm-256color', ...env},
  })
  let output = ''
  const watchers = new Set<() => void>()
  child.onData((data) => {
    output += data
    terminal.write(data, () => {
      for (const watcher of watchers) watcher()
    })
  })
  const ended = new Promise<{code: number; signal: number}>((resolve) => {
    child.onExit(({exitCode, signal}) => terminal.write('', () => resolve({code: exitCode, signal: signal ?? 0})))
  })

  const screen = (): string[] => {
    const {active} = terminal.buffer
    return Array.from(
      {length: terminal.rows},
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    )
  }
  const has = (text: string | RegExp): boolean => {
    const all = screen().join('\n')
    return typeof text === 'string' ? all.includes(text) : text.test(all)
  }
  const until = (holds: () => boolean, what: string): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${what}; the screen:\n${screen().join('\n')}`))),
        patience,
      )
      const finish = (settle: () => void): void => {
        clearTimeout(timer)
        watchers.delete(look)
        settle()
      }
      const look = (): void => {
        if (holds()) finish(() => resolve(screen()))
      }
      watchers.add(look)
      look()
    })

  return {
    screen,
    shows: (wanted) => until(() => has(wanted), `never showed ${wanted}`),
    loses: (unwanted) => until(() => !has(unwanted), `never lost ${unwanted}`),
    type: (keys) => child.write(keys),
    resize: (width, height) => {
      terminal.resize(width, height)
      child.resize(width, height)
    },
    signal: (signal) => child.kill(signal),
    output: () => output,
    modes: () => ({
      alternate: terminal.buffer.active.type === 'alternate',
      bracketedPaste: terminal.modes.bracketedPasteMode,
    }),
    ended,
    close: () => {
      child.kill('SIGKILL')
      terminal.dispose()
    },
  }
}

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/** Keys by name, as terminals send them. */
export const key = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageDown: '\u001b[6~',
  pageUp: '\u001b[5~',
  end: '\u001b[F',
  home: '\u001b[H',
  backspace: '\u007f',
  ctrl: (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - 96),
}
