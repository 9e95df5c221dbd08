import {setTimeout} from 'node:timers/promises'

const home = '\u001b[H\u001b[2J'
const marked = (line: string): string => `\u001b[7m${line}\u001b[0m`

export interface WatchOptions {
  /** Seconds between two readings. */
  every: number
  /** Is standard output a terminal that can be redrawn? */
  terminal: boolean
}

/**
 * Draws again and again, until the process ends: on a terminal in place, with lines that were not there before inverted; elsewhere below each
 * other, new lines behind a `+`, and only when something has changed.
 */
export async function watch(
  draw: () => Promise<string>,
  write: (text: string) => Promise<void>,
  {every, terminal}: WatchOptions,
): Promise<never> {
  let before: Set<string> | null = null
  for (;;) {
    const text = await draw()
    const lines = text.split('\n').slice(0, -1)
    const known = before
    const isNew = (line: string) => known !== null && !known.has(line)
    if (terminal) await write(home + lines.map((line) => `${isNew(line) ? marked(line) : line}\n`).join(''))
    else if (known === null || lines.some(isNew) || lines.length !== known.size)
      await write(lines.map((line) => `${isNew(line) ? '+' : ' '} ${line}\n`).join(''))
    before = new Set(lines)
    await setTimeout(every * 1000)
  }
}
