import {SourceError} from '../../../errors.js'
import type {PlaceFiles} from '../../capture/place.js'
import {onInterrupt} from '../../interrupt.js'
import {NoSuchObject} from '../api-failure.js'
import {pods} from '../api-resource.js'
import type {Cluster, PodRef} from '../cluster.js'
import {type JsonObject, objectsAt} from '../json.js'
import {awaitState} from './await-state.js'
import {stateOf} from './debug-container.js'
import {insideContainer, placeFiles} from './inside-container.js'
import {groupNames} from './on-this-node.js'
import {longestLife, type RulesOptions, uniqueName, usualDebugImage, usualTiming} from './way.js'

/** A pod of ours on a node that sees the node's processes. Whoever opens it closes it, which removes the pod. */
export interface NodeAgent {
  /** What the namespace of a pod's process shows. @throws SourceError */
  readPod(uid: string, where: string): Promise<PlaceFiles>
  /** What the node's own namespace shows. @throws SourceError */
  readNode(): Promise<PlaceFiles>
  close(): Promise<void>
}

const container = 'agent'

/**
 * Starts a privileged pod with the node's process IDs on `node`, in `namespace`. It is removed when it is closed, when starting it fails, and when
 * the process is interrupted; left alone by all that it ends by itself.
 * @throws SourceError
 */
export async function openNodeAgent(
  cluster: Cluster,
  node: string,
  namespace: string,
  {note, debugImage = usualDebugImage, timing = usualTiming}: RulesOptions,
): Promise<NodeAgent> {
  const pod: PodRef = {namespace, name: uniqueName()}
  const where = `node ${node}`
  const remove = async () => {
    try {
      await cluster.remove(pods, pod, {gracePeriodSeconds: 0})
    } catch (error) {
      if (!(error instanceof NoSuchObject)) throw error
    }
  }
  const release = onInterrupt(remove)
  const close = async () => {
    try {
      await remove()
    } finally {
      release()
    }
  }
  try {
    await cluster.create(pods, {namespace}, agentPod(pod.name, node, debugImage))
    note?.(`pod ${namespace}/${pod.name} (${debugImage}) was started on node ${node}; it is removed in the end`)
    await awaitState(timing, where, `pod ${pod.name}`, async () =>
      stateOf(objectsAt(await cluster.get(pods, pod), 'status', 'containerStatuses')[0]),
    )
    const probe = await insideContainer(cluster, pod, container)(['nsenter', '--version'])
    if (probe.kind === 'absent')
      throw new SourceError('unreachable', `image ${debugImage} has no nsenter`, where, 'Name another by --debug-image')
  } catch (error) {
    await close()
    throw error
  }
  const inside = (pid: number) => insideContainer(cluster, pod, container, ['nsenter', '-t', String(pid), '-n', '--'])
  return {
    readPod: async (uid, ofPod) => {
      const pid = await processOf(cluster, pod, uid, ofPod)
      return placeFiles(inside(pid), `read by a pod on its node ${node}, which was removed again`, ofPod)
    },
    readNode: () => placeFiles(inside(1), 'read by a pod on the node, which was removed again', where),
    close,
  }
}

/** No shell expands a pattern here: find looks through the processes itself. */
async function processOf(cluster: Cluster, agent: PodRef, uid: string, where: string): Promise<number> {
  const look = [
    'find',
    '/proc',
    '-maxdepth',
    '2',
    '-name',
    'cgroup',
    '-exec',
    'grep',
    '-lsE',
    groupNames(uid).join('|'),
  ]
  const result = await cluster.exec(agent, container, [...look, '{}', '+'])
  if (result.kind === 'absent') throw new SourceError('unreachable', 'the image has no find', where)
  // Processes that end meanwhile make find fail; what it found counts.
  const pid = /^\/proc\/(\d+)\/cgroup$/m.exec(Buffer.from(result.stdout).toString('utf8'))?.[1]
  if (pid === undefined)
    throw new SourceError('unreachable', 'its processes are not found on the node: no control group names it', where)
  return Number(pid)
}

const agentPod = (name: string, node: string, image: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    labels: {'app.kubernetes.io/managed-by': 'sidetrace', 'sidecar.istio.io/inject': 'false'},
    annotations: {'sidecar.istio.io/inject': 'false'},
  },
  spec: {
    nodeName: node,
    hostPID: true,
    restartPolicy: 'Never',
    activeDeadlineSeconds: longestLife,
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    tolerations: [{operator: 'Exists'}],
    containers: [
      {
        name: container,
        image,
        command: ['sleep', String(longestLife)],
        securityContext: {privileged: true, runAsUser: 0},
      },
    ],
  },
})
