/** A piece of work that hands out items as it gets them; `put` returns when the item has been used. */
export type Job<T> = (put: (item: T) => Promise<void>) => Promise<void>

/**
 * The items of all jobs, in the order in which they come. At most `limit` jobs run at once, and each waits until its item has been used,
 * so that no more than that many items are held. The first job that throws ends the whole.
 */
export async function* handedOut<T>(jobs: readonly Job<T>[], limit: number): AsyncGenerator<T> {
  const ready: {item: T; used: () => void}[] = []
  const end: {reached: {error: unknown} | 'all done' | null} = {reached: null}
  let wake = (): void => undefined
  let stopped = false
  let next = 0
  const put = (item: T) =>
    new Promise<void>((used) => {
      ready.push({item, used})
      wake()
    })
  const work = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined && !stopped; job = jobs[next++]) await job(put)
  }
  const reach = (reached: typeof end.reached) => {
    end.reached ??= reached
    wake()
  }
  Promise.all(Array.from({length: limit}, work)).then(
    () => reach('all done'),
    (error: unknown) => reach({error}),
  )
  try {
    for (;;) {
      const first = ready.shift()
      if (first !== undefined) {
        yield first.item
        first.used()
      } else if (end.reached === 'all done') return
      else if (end.reached !== null) throw end.reached.error
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    stopped = true
    for (const {used} of ready) used()
  }
}
