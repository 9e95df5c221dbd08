/** How far something of many parts has come. */
export interface Progress {
  /** One part is finished, well or not. */
  step(failed: boolean): void
  /** Says how it ended, and leaves no half line behind. */
  end(): void
}

export interface ProgressOptions {
  /** What is counted: `pods`. */
  what: string
  total: number
  /** One line that is drawn anew; without a terminal a line now and then. */
  terminal: boolean
  write: (text: string) => void
  /** Milliseconds of any clock that only goes forward. */
  clock: () => number
}

/** Milliseconds between two drawings on a terminal, and between two lines elsewhere. */
const [drawnEvery, toldEvery] = [100, 5000]

/** Counts parts, with their rate, the failures, and the time that the rest will take at that rate. */
export function startProgress({what, total, terminal, write, clock}: ProgressOptions): Progress {
  const begun = clock()
  let [done, failures, last] = [0, 0, begun]
  let told = ''
  const line = (): string => {
    const seconds = Math.max((clock() - begun) / 1000, 0.001)
    const rate = done / seconds
    const parts = [
      `${done} of ${total} ${what}`,
      `${rate >= 10 ? Math.round(rate) : Number(rate.toFixed(1))}/s`,
      ...(failures > 0 ? [`${failures} failed`] : []),
      ...(done < total && rate > 0 ? [`${duration((total - done) / rate)} left`] : []),
    ]
    return parts.join(', ')
  }
  return {
    step: (failed) => {
      done++
      if (failed) failures++
      const now = clock()
      if (now - last < (terminal ? drawnEvery : toldEvery)) return
      last = now
      told = line()
      write(terminal ? `\r\u001b[K${told}` : `${told}\n`)
    },
    end: () => {
      if (terminal) write(`\r\u001b[K${line()}\n`)
      else if (line() !== told) write(`${line()}\n`)
    },
  }
}

/** `45 s`, `3 min 20 s`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
