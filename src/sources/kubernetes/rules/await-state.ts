import {SourceError} from '../../../errors.js'
import type {Timing} from './way.js'

/** How a container that was asked for stands. */
export interface ContainerState {
  running: boolean
  /** Why it will not run any more; null while it may. */
  ended: string | null
  /** What it waits for. */
  waits: string
}

/** Looks until a container runs. @throws SourceError when it ends, cannot start, or takes too long */
export async function awaitState(
  {now, sleep, everyMs, timeoutMs}: Timing,
  where: string,
  what: string,
  look: () => Promise<ContainerState>,
): Promise<void> {
  const begun = now()
  for (;;) {
    const {running, ended, waits} = await look()
    if (running) return
    if (ended !== null)
      throw new SourceError('unreachable', `${what} cannot run: ${ended}`, where, 'Name another image by --debug-image')
    if (now() - begun > timeoutMs)
      throw new SourceError('unreachable', `${what} did not start within ${timeoutMs / 1000} s (${waits})`, where)
    await sleep(everyMs)
  }
}
