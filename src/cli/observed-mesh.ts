import {isSidetraceError} from '../errors.js'
import {podFolder, podId} from '../snapshot/pod-name.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {askBytes} from '../sources/admin-point.js'
import type {Cluster} from '../sources/kubernetes/cluster.js'
import {findClusterPod} from '../sources/kubernetes/find-pods.js'
import type {RulesReader} from '../sources/kubernetes/pod-rules.js'
import {buildMesh, type Mesh} from '../trace/mesh.js'
import {type ClusterFlags, pointOf} from './cluster-flags.js'

/** What counts where a request goes: of an Envoy its endpoints and its answers, of the kernel its rules. */
const counted = {
  'clusters.json': '/clusters?format=json',
  'stats.json': `/stats?format=json&filter=${encodeURIComponent('downstream_rq_\\dxx$')}`,
} as const

/** Who is asked for counters, by which means, and who hears what could not be read. */
export interface Observer {
  cluster: Cluster
  flags: ClusterFlags
  rules: RulesReader
  warn: (text: string) => void
}

/** The mesh with the counters of these pods (`namespace/name`) as they are now, and nothing that was read before but configurations. */
export async function observeMesh(mesh: Mesh, pods: readonly string[], observer: Observer): Promise<Mesh> {
  const facts = mesh.snapshot.document.pods.filter((pod) => pods.includes(podId(pod)))
  const files = new Map((await Promise.all(facts.map((pod) => filesOf(pod, observer)))).flat())
  const {snapshot} = mesh
  const text = (path: string) => files.get(path) ?? (path.endsWith('/config_dump.json') ? snapshot.text(path) : null)
  const observed: Snapshot = {
    ...snapshot,
    text,
    bytes: (path) => {
      const found = text(path)
      return found === null ? null : Buffer.from(found)
    },
    files: () => [...files.keys()].sort(),
  }
  return buildMesh(observed)
}

async function filesOf(facts: PodFacts, {cluster, flags, rules, warn}: Observer): Promise<[string, string][]> {
  const pod = await findClusterPod(cluster, `pod/${facts.name}.${facts.namespace}`)
  const point = await pointOf(cluster, pod, flags)
  const orWarn = async (what: string, having: () => Promise<[string, string][]>): Promise<[string, string][]> => {
    try {
      return await having()
    } catch (error) {
      if (!isSidetraceError(error)) throw error
      warn(`${what} of ${podId(facts)} cannot be read: ${error.failure.what}`)
      return []
    }
  }
  const answers =
    facts.sidecar === true
      ? Object.entries(counted).map(([file, path]) =>
          orWarn(file === 'stats.json' ? 'statistics' : 'the counters of the Envoy', async () => [
            [file, Buffer.from(await askBytes(point, path)).toString('utf8')],
          ]),
        )
      : []
  const kernel = orWarn('the counters of the rules', async () => Object.entries((await rules.ofPod(pod)).files))
  const all = (await Promise.all([...answers, kernel])).flat()
  return all.map(([file, text]): [string, string] => [`${podFolder(facts)}/${file}`, text])
}
