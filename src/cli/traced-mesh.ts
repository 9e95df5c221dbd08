import type {Mesh} from '../trace/mesh.js'
import type {Suppositions} from '../xds/match/request.js'
import {type ClusterFlags, inNamespace} from './cluster-flags.js'
import type {DebugFlags} from './debug-flags.js'
import {meansCluster} from './means-cluster.js'
import type {RequestFlags, TraceArgs} from './trace-request.js'

export interface TracedFlags extends RequestFlags, ClusterFlags, DebugFlags {
  from?: string[] | undefined
  batch?: string | undefined
  diff?: string | undefined
  'what-if'?: string[] | undefined
  'why-not'?: string | undefined
}

/** What is traced in, the second capture where there is one, and the arguments with the client as the mesh calls it. */
export interface TracedMesh {
  mesh: Mesh
  other: Mesh | undefined
  args: TraceArgs
  warnings: readonly string[]
}

/**
 * Opens what `trace` walks through: the snapshots of --from; where a client is named and there is a kubeconfig, the running cluster; else the
 * embedded sample. Of a cluster only the pods are fetched that the question leads to.
 * @throws UsageError, SourceError, DataError
 */
export async function openTracedMesh(
  args: TraceArgs,
  flags: TracedFlags,
  suppositions: Suppositions,
): Promise<TracedMesh> {
  const {client} = args
  if (flags.from === undefined && client !== undefined && meansCluster(flags)) {
    const {openLiveTrace} = await import('./live-trace.js')
    return openLiveTrace({...args, client}, flags, suppositions)
  }
  const [{openSnapshot}, {buildMesh}] = await Promise.all([
    import('../sources/open-snapshot.js'),
    import('../trace/mesh.js'),
  ])
  const [first = 'sample', second] = flags.from ?? []
  return {
    mesh: buildMesh(await openSnapshot(first)),
    other: second === undefined ? undefined : buildMesh(await openSnapshot(second)),
    args: client === undefined ? args : {...args, client: inNamespace(client, flags.namespace)},
    warnings: [],
  }
}
