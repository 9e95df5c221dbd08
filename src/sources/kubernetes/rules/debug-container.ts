import {SourceError} from '../../../errors.js'
import {pods} from '../api-resource.js'
import {type JsonObject, objectsAt, textAt} from '../json.js'
import {awaitState} from './await-state.js'
import {insideContainer, placeFiles} from './inside-container.js'
import {longestLife, type RulesWay, uniqueName, usualDebugImage, usualTiming} from './way.js'

/** A container that is added to the running pod. Kubernetes knows no way to take it out again: it ends, and stays in the pod's spec. */
export const byDebugContainer: RulesWay = async ({cluster, pod, where, options}) => {
  const {note, debugImage = usualDebugImage, timing = usualTiming} = options
  const name = uniqueName()
  const target = {...pod, subresource: 'ephemeralcontainers'}
  await cluster.patch(pods, target, {spec: {ephemeralContainers: [container(name, debugImage)]}})
  note?.(
    `ephemeral container ${name} (${debugImage}) was added to ${where}: it ends by itself, and stays in the pod's spec`,
  )
  await awaitState(timing, where, `ephemeral container ${name}`, async () => {
    const object = await cluster.get(pods, pod)
    const status = objectsAt(object, 'status', 'ephemeralContainerStatuses').find(
      (each) => textAt(each, 'name') === name,
    )
    return stateOf(status)
  })
  const inside = insideContainer(cluster, pod, name)
  const way = `read by ephemeral container ${name}, which stays in the pod's spec`
  try {
    return await placeFiles(inside, way, where)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const {what} = error.failure
    throw new SourceError(
      'unreachable',
      what,
      where,
      'Name an image with iptables, nft and iproute2 by --debug-image',
      {
        cause: error,
      },
    )
  }
}

/** `kubectl debug --profile=netadmin`'s rights: the state of the network may be seen by nobody less. */
const container = (name: string, image: string): JsonObject => ({
  name,
  image,
  command: ['sleep', String(longestLife)],
  securityContext: {runAsUser: 0, runAsNonRoot: false, capabilities: {add: ['NET_ADMIN', 'NET_RAW']}},
})

/** `running`, or why it is not. */
export function stateOf(status: unknown): {running: boolean; ended: string | null; waits: string} {
  const ended = textAt(status, 'state', 'terminated', 'message') ?? textAt(status, 'state', 'terminated', 'reason')
  const waits = textAt(status, 'state', 'waiting', 'reason') ?? 'not started yet'
  const failed = /ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer\w*Error|RunContainerError/.test(waits)
  const running = textAt(status, 'state', 'running', 'startedAt') !== undefined
  const said = textAt(status, 'state', 'waiting', 'message')
  return {running, ended: ended ?? (failed ? [waits, said].filter(Boolean).join(': ') : null), waits}
}
