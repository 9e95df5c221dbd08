import {exitCode, SourceError} from '../../errors.js'
import {podFolder} from '../../snapshot/pod-name.js'
import type {SnapshotDocument} from '../../snapshot/snapshot.js'
import type {AdminPoint} from '../admin-point.js'
import type {Cluster} from '../kubernetes/cluster.js'
import {readClusterDocument} from '../kubernetes/cluster-document.js'
import type {FoundPod} from '../kubernetes/find-pods.js'
import {meshObjects} from '../kubernetes/mesh-objects.js'
import {podFacts} from '../kubernetes/pod-facts.js'
import type {Capture, CapturePlace, PlaceFiles} from './place.js'

/** How the parts of a pod are had. */
export interface PodWays {
  admin: (pod: FoundPod) => AdminPoint
  /** @throws SourceError */
  rules: (pod: FoundPod) => Promise<PlaceFiles>
  /** The rules of a node; null where nothing may be started there. */
  nodeRules: ((node: string) => Promise<PlaceFiles>) | null
}

/**
 * A capture of these pods of a cluster. The document is of the whole mesh, as far as this user may see it: a trace meets services and pods
 * that were not asked for. `warn` is told what could not be seen.
 * @throws SourceError
 */
export async function clusterCapture(
  cluster: Cluster,
  pods: readonly FoundPod[],
  ways: PodWays,
  warn: (text: string) => void,
): Promise<Capture> {
  const {document, namespace} = await widestDocument(cluster, pods, warn)
  const facts = new Map(document.pods.map((pod) => [podFolder(pod), pod]))
  for (const pod of pods) {
    const own = pod.object === null ? {namespace: pod.namespace, name: pod.name} : podFacts(pod.object)
    facts.set(podFolder(own), own)
  }
  const nodes = new Set(pods.flatMap((pod) => facts.get(podFolder(pod))?.node ?? []))
  return {
    document: {...document, pods: [...facts.values()].sort((a, b) => (podFolder(a) < podFolder(b) ? -1 : 1))},
    places: [
      ...pods.map((pod) => podPlace(pod, facts.get(podFolder(pod))?.sidecar !== false, ways)),
      ...[...nodes].sort().flatMap((node) => nodePlace(node, ways)),
    ],
    others: () => meshObjects(cluster, namespace, warn),
  }
}

/** A pod whose object says that it has no proxy is not asked for one. */
const podPlace = (pod: FoundPod, hasProxy: boolean, ways: PodWays): CapturePlace => ({
  folder: podFolder(pod),
  admin: hasProxy ? ways.admin(pod) : null,
  rules: () => ways.rules(pod),
})

const nodePlace = (node: string, {nodeRules}: PodWays): CapturePlace[] =>
  nodeRules === null ? [] : [{folder: `nodes/${node}`, admin: null, rules: () => nodeRules(node)}]

/** Of the whole cluster where this user may list its pods; else of the namespaces that the pods are in. */
async function widestDocument(
  cluster: Cluster,
  pods: readonly FoundPod[],
  warn: (text: string) => void,
): Promise<{document: SnapshotDocument; namespace: string | null}> {
  const read = async (namespace: string | null) => {
    const {document, warnings} = await readClusterDocument(cluster, namespace)
    for (const text of warnings) warn(text)
    return {document, namespace}
  }
  try {
    return await read(null)
  } catch (error) {
    if (!(error instanceof SourceError) || error.exit !== exitCode.forbidden) throw error
    const [first = cluster.namespace] = pods.map(({namespace}) => namespace)
    warn(`${error.failure.what}: the snapshot tells of namespace ${first} alone`)
    return await read(first).catch((refusal: unknown) => {
      if (!(refusal instanceof SourceError) || refusal.exit !== exitCode.forbidden) throw refusal
      warn(`${refusal.failure.what}: the snapshot tells of no services and no other pods`)
      const empty: SnapshotDocument = {apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods: [], services: [], nodes: []}
      return {document: {...empty, name: cluster.context}, namespace: first}
    })
  }
}
