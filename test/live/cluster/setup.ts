import type {TestProject} from 'vitest/node'
import {makeDemo} from './demo.js'
import {isUp, runScript, whyNoLab} from './lab.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Why the lab could not be started, or null. */
    withoutLab: string | null
  }
}

/** Starts the lab once for all tests of it, and removes it; one that is up already is used and left. */
export default async function startLab({provide}: TestProject): Promise<(() => void) | undefined> {
  const own = !isUp()
  const missing = whyNoLab() ?? (own ? start() : null)
  provide('withoutLab', missing)
  if (missing !== null) {
    console.log(`skipped, the Kubernetes lab: ${missing}`)
    return undefined
  }
  const stop = () => {
    if (own) runScript('down.sh')
  }
  try {
    await makeDemo()
  } catch (error) {
    stop()
    throw error
  }
  return stop
}

/** A lab that does not come up once may do so from a clean start. */
function start(): string | null {
  const first = runScript('up.sh')
  if (first === null) return null
  runScript('down.sh')
  const second = runScript('up.sh')
  if (second !== null) runScript('down.sh')
  return second
}
