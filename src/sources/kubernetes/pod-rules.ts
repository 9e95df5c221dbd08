import {isSidetraceError, SourceError} from '../../errors.js'
import type {PlaceFiles} from '../capture/place.js'
import {pods} from './api-resource.js'
import type {Cluster} from './cluster.js'
import type {FoundPod} from './find-pods.js'
import {textAt} from './json.js'
import {podFacts} from './pod-facts.js'
import {byExec} from './rules/by-exec.js'
import {byDebugContainer} from './rules/debug-container.js'
import {fromInitLog, rulesCommand} from './rules/init-log.js'
import {type NodeAgent, openNodeAgent} from './rules/node-agent.js'
import {onThisNode, podUid} from './rules/on-this-node.js'
import type {RulesOptions, RulesQuestion, RulesWay} from './rules/way.js'

export type {PlaceFiles as PodRules} from '../capture/place.js'

/** The way of files that were computed and not read begins so. */
export const derivedWay = 'derived'

/**
 * Rules of the pods of a cluster, by the way that asks least of it: the log of the container that made them, programs of a container that may read
 * them, a process on this machine; at last what Istio would write for the pod, said to be derived. A way that changes the cluster is gone only
 * where a flag asks for it, and then first: whoever asks wants what is there now.
 */
export interface RulesReader {
  /** @throws SourceError where no way leads to the rules; its hint names those that a flag would open */
  ofPod(pod: FoundPod): Promise<PlaceFiles>
  /** Null where nothing may be started on nodes. */
  ofNode: ((node: string) => Promise<PlaceFiles>) | null
  /** Removes what was started. */
  close(): Promise<void>
}

export function rulesReader(cluster: Cluster, options: RulesOptions = {}): RulesReader {
  const agents = new Map<string, Promise<NodeAgent>>()
  const agentOn = (node: string, namespace: string): Promise<NodeAgent> => {
    const agent = agents.get(node) ?? openNodeAgent(cluster, node, namespace, options)
    agents.set(node, agent)
    return agent
  }
  const byDebugNode: RulesWay = async ({pod, object, where}) => {
    const [node, uid] = [textAt(object, 'spec', 'nodeName'), podUid(object)]
    if (node === undefined || uid === null) throw new SourceError('unreachable', 'is on no node yet', where)
    return (await agentOn(node, pod.namespace)).readPod(uid, where)
  }
  const present = options.presentOnly === true
  const ways = [
    ...(options.debugContainer === true ? [byDebugContainer] : []),
    ...(options.debugNode === true ? [byDebugNode] : []),
    ...(present ? [] : [fromInitLog]),
    byExec,
    onThisNode,
    ...(present ? [] : [derived]),
  ]
  return {
    ofPod: async (pod) => {
      const object = pod.object ?? (await cluster.get(pods, {namespace: pod.namespace, name: pod.name}))
      return firstThatLeads(ways, {cluster, pod, object, where: `${pod.namespace}/${pod.name}`, options})
    },
    ofNode: options.debugNode === true ? async (node) => (await agentOn(node, cluster.namespace)).readNode() : null,
    close: async () => {
      const open = await Promise.allSettled(agents.values())
      agents.clear()
      for (const agent of open) if (agent.status === 'fulfilled') await agent.value.close()
    },
  }
}

/** The rules of one pod. @throws SourceError */
export async function readPodRules(cluster: Cluster, pod: FoundPod, options: RulesOptions = {}): Promise<PlaceFiles> {
  const reader = rulesReader(cluster, options)
  try {
    return await reader.ofPod(pod)
  } finally {
    await reader.close()
  }
}

async function firstThatLeads(ways: readonly RulesWay[], question: RulesQuestion): Promise<PlaceFiles> {
  const reasons: string[] = []
  for (const way of ways)
    try {
      const found = await way(question)
      // What a flag asked for and did not get is worth a word; the other ways are tried in silence.
      return {...found, warnings: [...reasons.slice(0, askedFor(question.options)), ...found.warnings]}
    } catch (error) {
      if (!isSidetraceError(error)) throw error
      reasons.push(error.failure.what)
    }
  throw new SourceError(
    'unreachable',
    `its rules cannot be had: ${reasons.join('; ')}`,
    question.where,
    'Ask with --debug-container or --debug-node, which change the cluster, or with --pid on its node',
  )
}

const askedFor = ({debugContainer, debugNode}: RulesOptions): number =>
  Number(debugContainer === true) + Number(debugNode === true)

/** What Istio would write: nobody looked. */
const derived: RulesWay = async ({object, where, options}) => {
  const command = rulesCommand(object)
  const files = options.derive?.(podFacts(object), command) ?? null
  if (files === null) throw new SourceError('unreachable', 'nothing says what its rules should be', where)
  return {
    files: command === null ? files : {...files, 'istio-iptables.cmd': command},
    way: `${derivedWay} from the pod's annotations: what Istio would write, nobody has read them`,
    warnings: [],
  }
}
