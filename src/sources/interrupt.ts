/** What has to be undone before the process may end; told of nothing, it ends nothing. */
export type CleanUp = () => void | Promise<void>

const cleanUps = new Set<CleanUp>()

/** A cluster that does not answer must not keep anybody from leaving. */
const longestCleanUpMs = 15_000

/**
 * Has `cleanUp` done when the process is interrupted (Ctrl-C, or a termination) before the returned function is called. The last that was
 * asked for is done first; then the process ends as the signal would have it.
 */
export function onInterrupt(cleanUp: CleanUp): () => void {
  if (cleanUps.size === 0) process.on('SIGINT', interrupted).on('SIGTERM', interrupted).on('SIGHUP', interrupted)
  cleanUps.add(cleanUp)
  return () => {
    cleanUps.delete(cleanUp)
    if (cleanUps.size === 0) process.off('SIGINT', interrupted).off('SIGTERM', interrupted).off('SIGHUP', interrupted)
  }
}

let ending = false

/** A second signal while things are being undone ends the process at once. */
function interrupted(signal: NodeJS.Signals): void {
  const code = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129}[signal as 'SIGINT' | 'SIGTERM' | 'SIGHUP'] ?? 1
  if (ending) process.exit(code)
  ending = true
  setTimeout(() => process.exit(code), longestCleanUpMs)
  void undoAll().finally(() => process.exit(code))
}

async function undoAll(): Promise<void> {
  for (const cleanUp of [...cleanUps].reverse())
    try {
      await cleanUp()
    } catch (error) {
      process.stderr.write(`Warning: could not be undone: ${error instanceof Error ? error.message : String(error)}\n`)
    }
}
