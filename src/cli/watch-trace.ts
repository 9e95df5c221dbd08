import {isSidetraceError} from '../errors.js'
import type {Suppositions} from '../xds/match/request.js'
import {write} from './output.js'
import {watch} from './proxy-config/watch.js'
import {shown} from './redacted.js'
import {renderForPeople} from './trace-for-people.js'
import {requestOf, type TraceArgs} from './trace-request.js'
import {openTracedMesh, type TracedFlags} from './traced-mesh.js'

const secondsBetweenReadings = 2

interface WatchedFlags extends TracedFlags {
  detail: 'minimal' | 'summary' | 'full'
  redact: boolean
}

/**
 * Reads the mesh and traces again and again, until the process ends. A reading that fails is shown in place of the trace, with the time of the
 * last one that did not.
 */
export async function watchTrace(args: TraceArgs, flags: WatchedFlags, suppositions: Suppositions): Promise<never> {
  const terminal = process.stdout.isTTY === true
  const {walk} = await import('../trace/walk.js')
  let last: Date | null = null
  const trace = async (): Promise<string> => {
    const {mesh, args: asked} = await openTracedMesh(args, flags, suppositions)
    const {detail, redact} = flags
    const answer = shown(walk(mesh, requestOf(mesh.snapshot.document, asked, flags), {suppositions}), redact)
    last = new Date()
    return renderForPeople(mesh, answer, 'text', {detail, redact})
  }
  const draw = async (): Promise<string> => {
    const begun = performance.now()
    const text = await trace().catch((error: unknown) => {
      if (!isSidetraceError(error)) throw error
      return `${error.failure.where}: ${error.failure.what}\n`
    })
    const took = ((performance.now() - begun) / 1000).toFixed(1)
    return terminal ? `${ageLine(last, took)}\n${text}` : text
  }
  return watch(draw, write, {every: secondsBetweenReadings, terminal})
}

/** When the mesh was read that is shown, and how long that took. */
const ageLine = (last: Date | null, took: string): string =>
  last === null
    ? 'not read yet'
    : `as of ${last.toTimeString().slice(0, 8)}, read in ${took} s; again every ${secondsBetweenReadings} s`
