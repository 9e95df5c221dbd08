import {SourceError} from '../../errors.js'
import {pods} from './api-resource.js'
import type {Cluster} from './cluster.js'
import type {FoundPod} from './find-pods.js'
import {type JsonObject, objectsAt, textAt, textsAt} from './json.js'

/** Netfilter rules of a pod, in the files that a snapshot's pod folder has. */
export interface PodRules {
  files: Readonly<Record<string, string>>
  /** By which way they came, for people. */
  way: string
  warnings: string[]
}

/**
 * The rules of a pod's network namespace, by the way that asks least of the cluster: the log of the container that made them.
 * @throws SourceError where no way leads to them
 */
export async function readPodRules(cluster: Cluster, pod: FoundPod): Promise<PodRules> {
  const object = pod.object ?? (await cluster.get(pods, {namespace: pod.namespace, name: pod.name}))
  const init = rulesContainer(object)
  const where = `${pod.namespace}/${pod.name}`
  if (init === null)
    throw new SourceError(
      'unreachable',
      'has no init container that made netfilter rules',
      where,
      'On its node sidetrace iptables show --pid N reads them',
    )
  const name = textAt(init, 'name') ?? ''
  const log = await cluster.logs(pod, name)
  if (!/^\s*\*\s?\w+/m.test(log))
    throw new SourceError('unreachable', `the log of ${name} holds no rules`, where, 'It may have been rotated away')
  return {
    files: {'iptables-save.txt': log, 'istio-iptables.log': log, 'istio-iptables.cmd': commandOf(init)},
    way: `from the log of its init container ${name}, as they were when it ended`,
    warnings: [],
  }
}

/** Istio's init container, by its name or by the program that it runs. */
const rulesContainer = (pod: JsonObject): JsonObject | null =>
  objectsAt(pod, 'spec', 'initContainers').find(
    (container) => textAt(container, 'name') === 'istio-init' || wordsOf(container).includes('istio-iptables'),
  ) ?? null

const wordsOf = (container: JsonObject): string[] => [...textsAt(container, 'command'), ...textsAt(container, 'args')]

/** As a shell would be told it, from the program's name on, each argument quoted. */
function commandOf(container: JsonObject): string {
  const words = wordsOf(container)
  const asked = words.slice(Math.max(0, words.indexOf('istio-iptables')))
  const quoted = asked.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
  return ['pilot-agent', ...quoted].join(' ')
}
