// A program in a pseudo-terminal, and how long its frames take.
import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** What ends a frame of the screen. */
const frameEnd = '\u001b[?2026l'
const patience = 60_000
/** After so many milliseconds without output nothing more is expected. */
const quiet = 250

/** Opens node with `args` on a terminal of that size. */
export function openPty(root, args, {columns, rows}) {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  const {NO_COLOR: _, ...environment} = process.env
  const child = spawn(process.execPath, args, {
    cols: columns,
    rows,
    cwd: root,
    env: {...environment, TERM: 'xterm-256color'},
  })
  let output = ''
  let heard = () => {}
  child.onData((data) => {
    output += data
    terminal.write(data)
    heard(data)
  })

  /** Resolves when `holds` does; it is asked at every piece of output. */
  const until = (holds, what) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`never ${what}; the screen:\n${screen()}`)), patience)
      const look = () => {
        if (!holds()) return
        clearTimeout(timer)
        heard = () => {}
        resolve(performance.now())
      }
      heard = look
      look()
    })

  const screen = () =>
    Array.from({length: rows}, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '').join(
      '\n',
    )

  const settled = async () => {
    let last = performance.now()
    heard = () => {
      last = performance.now()
    }
    while (performance.now() - last < quiet) await new Promise((resolve) => setTimeout(resolve, 20))
    heard = () => {}
    return last
  }

  return {
    screen,
    settled,
    /** Waits until the screen shows a text. */
    shows: async (wanted) => {
      const began = performance.now()
      for (;;) {
        await settled()
        await new Promise((resolve) => terminal.write('', resolve))
        if (wanted.test(screen())) return performance.now() - began
        if (performance.now() - began > patience) throw new Error(`never showed ${wanted}; the screen:\n${screen()}`)
      }
    },
    /** Milliseconds from a key to the end of the first frame after it, and to the end of the last. */
    press: async (keys) => {
      output = ''
      const began = performance.now()
      child.write(keys)
      const painted = await until(() => output.includes(frameEnd), `painted after ${JSON.stringify(keys)}`)
      const end = await settled()
      return {painted: painted - began, settled: Math.max(painted, end) - began}
    },
    close: () => child.kill('SIGKILL'),
  }
}
