import {isSidetraceError} from '../errors.js'
import {podFolder, podId} from '../snapshot/pod-name.js'
import type {PodFacts, Snapshot, SnapshotDocument} from '../snapshot/snapshot.js'
import {type AdminResource, askResources} from '../sources/admin-snapshot.js'
import type {Cluster, PodRef} from '../sources/kubernetes/cluster.js'
import {readClusterDocument} from '../sources/kubernetes/cluster-document.js'
import {findClusterPod} from '../sources/kubernetes/find-pods.js'
import {type RulesReader, rulesReader} from '../sources/kubernetes/pod-rules.js'
import {buildMesh, type Mesh} from '../trace/mesh.js'
import {type ClusterFlags, openCluster, pointOf} from './cluster-flags.js'
import {type DebugFlags, rulesOptions} from './debug-flags.js'
import {note} from './note.js'

/** A running cluster as a mesh: its pods and services are known by name, and a pod's proxy and rules are fetched when something asks for them. */
export interface LiveMesh {
  cluster: Cluster
  document: SnapshotDocument
  /** The pod that was named. */
  client: PodRef
  /** What could not be had, and why. */
  warnings: string[]
  /** A mesh that holds all that `ask` looks at. Calls it again as long as it asks for pods that were not fetched yet. */
  settle(ask: (mesh: Mesh) => void): Promise<Mesh>
}

const proxyFiles: readonly AdminResource[] = ['config_dump.json', 'clusters.json', 'server_info.json', 'runtime.json']

/** Opens the cluster of the flags for a trace that begins at the pod called `name`. @throws UsageError, SourceError */
export async function openLiveMesh(name: string, flags: ClusterFlags & DebugFlags): Promise<LiveMesh> {
  const cluster = await openCluster(flags)
  const client = await findClusterPod(cluster, name, flags.namespace)
  const {document, warnings} = await readClusterDocument(cluster, null, client.namespace)
  const rules = rulesReader(cluster, rulesOptions(flags))
  const files = new Map<string, Uint8Array>()
  const fetched = new Set<string>()
  const fetch = async (pod: PodFacts): Promise<void> => {
    fetched.add(podId(pod))
    const found = await filesOfPod(cluster, pod, flags, rules, warnings)
    for (const [file, content] of found) files.set(`${podFolder(pod)}/${file}`, content)
  }
  const settled = async (ask: (mesh: Mesh) => void): Promise<Mesh> => {
    for (;;) {
      const wanted = new Map<string, PodFacts>()
      const mesh = buildMesh(
        recordingSnapshot(document, files, (path) => {
          const pod = document.pods.find((candidate) => path.startsWith(`${podFolder(candidate)}/`))
          if (pod !== undefined && !fetched.has(podId(pod))) wanted.set(podId(pod), pod)
        }),
      )
      ask(mesh)
      if (wanted.size === 0) return mesh
      await Promise.all([...wanted.values()].map(fetch))
    }
  }
  const settle = (ask: (mesh: Mesh) => void) => settled(ask).finally(() => rules.close())
  return {cluster, document, client, warnings, settle}
}

function recordingSnapshot(
  document: SnapshotDocument,
  files: ReadonlyMap<string, Uint8Array>,
  asked: (path: string) => void,
): Snapshot {
  const bytes = (path: string) => {
    asked(path)
    return files.get(path) ?? null
  }
  return {
    origin: `cluster ${document.name}`,
    document,
    files: () => [...files.keys()].sort(),
    text: (path) => {
      const found = bytes(path)
      return found === null ? null : Buffer.from(found).toString('utf8')
    },
    bytes,
  }
}

/** What there is of one pod: a part that cannot be had is a warning, and a gap that the trace names. */
async function filesOfPod(
  cluster: Cluster,
  facts: PodFacts,
  flags: ClusterFlags,
  rules: RulesReader,
  warnings: string[],
): Promise<Map<string, Uint8Array>> {
  const orWarn = async <T>(what: string, having: Promise<T>): Promise<T | null> => {
    try {
      return await having
    } catch (error) {
      if (!isSidetraceError(error)) throw error
      warnings.push(`${what} of ${podId(facts)} is missing: ${error.failure.where}: ${error.failure.what}`)
      return null
    }
  }
  const pod = await orWarn('the object', findClusterPod(cluster, `pod/${facts.name}.${facts.namespace}`))
  if (pod === null) return new Map()
  const point = await pointOf(cluster, pod, flags)
  const [proxy, found] = await Promise.all([
    facts.sidecar === true ? orWarn('the proxy', askResources(point, proxyFiles)) : null,
    facts.sidecar !== true || facts.interceptionMode === 'NONE' ? null : orWarn('the rule set', rules.ofPod(pod)),
  ])
  if (found !== null) facts.rulesFrom = found.way
  if (found !== null) note(`rules of ${podId(facts)}: ${found.way}`)
  return new Map([
    ...(proxy ?? []),
    ...Object.entries(found?.files ?? {}).map(([file, text]) => [file, Buffer.from(text)] as const),
  ])
}
