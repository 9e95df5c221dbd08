import {UsageError} from '../errors.js'
import {walk} from '../trace/walk.js'
import {whyNot} from '../trace/why-not.js'
import type {Suppositions} from '../xds/match/request.js'
import {openLiveMesh} from './live-mesh.js'
import {comparesAnything, compareTraces} from './trace-comparison.js'
import {requestOf, type TraceArgs} from './trace-request.js'
import type {TracedFlags, TracedMesh} from './traced-mesh.js'

/** The mesh of a running cluster, as far as a question leads into it. @throws UsageError, SourceError, DataError */
export async function openLiveTrace(
  args: TraceArgs & {client: string},
  flags: TracedFlags,
  suppositions: Suppositions,
): Promise<TracedMesh> {
  if (flags.batch !== undefined)
    throw new UsageError('a running cluster is asked one question at a time', '--batch', 'Capture it, and pass --from')
  const live = await openLiveMesh(args.client, flags)
  const asked = {...args, client: `${live.client.namespace}/${live.client.name}`}
  const against = {diff: flags.diff, whatIf: flags['what-if']}
  const mesh = await live.settle((known) => {
    const request = requestOf(known.snapshot.document, asked, flags)
    walk(known, request, {suppositions})
    if (flags['why-not'] !== undefined) whyNot(known, request, flags['why-not'], {suppositions})
    else if (comparesAnything(against)) compareTraces(known, request, against, {suppositions})
  })
  return {mesh, other: undefined, args: asked, warnings: live.warnings}
}
