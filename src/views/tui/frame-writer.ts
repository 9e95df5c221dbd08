import {Writable} from 'node:stream'
import type {Size} from './layout.js'

/** Terminals that know it show a frame as a whole; the others ignore it. */
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'

/** The lines that differ from what stands on the screen, each at its own place: nothing is erased that stays. */
export function changedLines(before: readonly string[], after: readonly string[]): string {
  const height = Math.max(before.length, after.length)
  let text = ''
  for (let row = 0; row < height; row += 1) {
    const next = after[row] ?? ''
    if (next !== before[row]) text += `\u001b[${row + 1};1H\u001b[2K${next}`
  }
  return text
}

export interface FrameWriter {
  /** What Ink writes its frames to. */
  stream: NodeJS.WriteStream
  /** The screen is of another size now: everything is drawn anew. */
  forget: () => void
  /** No frame is drawn any more. */
  close: () => void
}

/**
 * Draws Ink's frames. In its debug mode Ink hands over every frame as one text, whatever the size and whether CI is set;
 * its own ways of drawing clear the terminal when a frame fills it, or move by one line too few.
 */
export function createFrameWriter(write: (text: string) => void, size: () => Size): FrameWriter {
  let shown: readonly string[] = []
  let open = true
  const draw = (frame: string): void => {
    const next = frame.split('\n').slice(0, size().rows)
    const changes = changedLines(shown, next)
    shown = next
    if (changes !== '') write(`${beginFrame}${changes}${endFrame}`)
  }
  const sink = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      if (open && chunk !== '') draw(String(chunk))
      done()
    },
  })
  Object.defineProperty(sink, 'columns', {get: () => size().columns})
  Object.defineProperty(sink, 'rows', {get: () => size().rows})
  return {
    // Ink reads `columns`, `rows` and `write` of its output, which the sink has; a socket of the terminal it need not be.
    stream: sink as unknown as NodeJS.WriteStream,
    forget: () => {
      shown = []
      if (open) write('\u001b[2J')
    },
    close: () => {
      open = false
    },
  }
}
