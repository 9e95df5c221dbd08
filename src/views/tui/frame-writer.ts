/** Terminals that know it show a frame as a whole; the others ignore it. */
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'

/** The lines that differ from what stands on the screen, each at its own place: nothing is erased that stays. */
export function changedLines(before: readonly string[], after: readonly string[]): string {
  const height = Math.max(before.length, after.length)
  let text = ''
  for (let row = 0; row < height; row += 1) {
    const next = after[row] ?? ''
    if (next !== before[row]) text += `\u001b[${row + 1};1H${next}\u001b[K`
  }
  return text
}

export interface FrameWriter {
  draw: (lines: readonly string[]) => void
  /** The screen is of another size now: everything is drawn anew. */
  forget: () => void
  /** No frame is drawn any more. */
  close: () => void
}

/** Draws frames past Ink, which lays out and tokenizes every cell anew: a screen of 200 x 50 costs it 20 to 40 ms. */
export function createFrameWriter(write: (text: string) => void): FrameWriter {
  let shown: readonly string[] = []
  let open = true
  return {
    draw: (lines) => {
      if (!open) return
      const changes = changedLines(shown, lines)
      shown = lines
      if (changes !== '') write(`${beginFrame}${changes}${endFrame}`)
    },
    forget: () => {
      shown = []
      if (open) write('\u001b[2J')
    },
    close: () => {
      open = false
    },
  }
}
