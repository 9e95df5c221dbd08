import {UsageError} from '../errors.js'
import {clusterCapture} from '../sources/capture/cluster-capture.js'
import {localCapture} from '../sources/capture/local-capture.js'
import type {Capture} from '../sources/capture/place.js'
import type {Cluster} from '../sources/kubernetes/cluster.js'
import {type FoundPod, findClusterPods, selectPods} from '../sources/kubernetes/find-pods.js'
import {podAdmin} from '../sources/kubernetes/pod-admin.js'
import {rulesReader} from '../sources/kubernetes/pod-rules.js'
import {capturedPrograms} from './captured-programs.js'
import {type ClusterFlags, clusterFlags, durationMs, openCluster} from './cluster-flags.js'
import {type DebugFlags, debugFlags, rulesOptions} from './debug-flags.js'
import {note} from './note.js'
import {Flags} from './oclif.js'

/** The flags that say what is captured: pods of a cluster, or what this machine reaches by itself. */
export const captureFlags = {
  ...clusterFlags,
  ...debugFlags,
  selector: Flags.string({char: 'l', summary: 'All pods with these labels.', helpValue: 'LABELS'}),
  'all-namespaces': Flags.boolean({char: 'A', summary: 'Pods of all namespaces.', exclusive: ['namespace']}),
  admin: Flags.string({
    summary: 'No cluster: an Envoy by its admin port, and the pod that it belongs to.',
    helpValue: 'HOST:PORT[=NS/POD]',
    multiple: true,
  }),
  pid: Flags.string({
    summary: 'No cluster: the network namespace of a process on this node, and the pod that it belongs to.',
    helpValue: 'N[=NS/POD]',
    multiple: true,
  }),
}

export interface CaptureFlags extends ClusterFlags, DebugFlags {
  selector?: string | undefined
  'all-namespaces'?: boolean | undefined
  admin?: string[] | undefined
  pid?: string[] | undefined
}

/** What is to be captured; `close` ends what is open for it. */
export interface OpenCapture {
  capture: Capture
  close: () => Promise<void>
}

/** @throws UsageError, SourceError */
export async function openCapture(
  names: readonly string[],
  flags: CaptureFlags,
  warn: (text: string) => void,
): Promise<OpenCapture> {
  const {admin = [], pid = [], selector} = flags
  const isLocal = admin.length > 0 || pid.length > 0
  if (isLocal && (names.length > 0 || selector !== undefined || flags['all-namespaces'] === true))
    throw new UsageError('--admin and --pid name what is captured', 'snapshot create', 'Leave pods and -l and -A out')
  if (isLocal) {
    const capture = await localCapture({admin, pids: pid, programs: capturedPrograms})
    return {capture, close: async () => undefined}
  }
  const cluster = await openCluster(flags)
  const pods = await podsOf(cluster, names, flags)
  const timeoutMs = flags.timeout === undefined ? undefined : durationMs(flags.timeout)
  const admins = {port: flags['proxy-admin-port'], timeoutMs, onWay: note}
  const reader = rulesReader(cluster, rulesOptions(flags))
  const capture = await clusterCapture(
    cluster,
    pods,
    {
      admin: (pod) => podAdmin(cluster, pod, {...admins, pod: pod.object}),
      rules: reader.ofPod,
      nodeRules: reader.ofNode,
    },
    warn,
  )
  const close = async () => {
    await reader.close()
    cluster.close()
  }
  return {capture, close}
}

/** Named pods, those with the labels, or all of the namespace: each once. */
async function podsOf(cluster: Cluster, names: readonly string[], flags: CaptureFlags): Promise<FoundPod[]> {
  const {namespace, selector} = flags
  const all = flags['all-namespaces'] === true
  if (names.length > 0 && (selector !== undefined || all))
    throw new UsageError('takes pods by name, or -l and -A', 'snapshot create')
  if (names.length === 0) return selectPods(cluster, all ? null : (namespace ?? cluster.namespace), selector)
  const found = await Promise.all(names.map((name) => findClusterPods(cluster, name, namespace)))
  return [...new Map(found.flat().map((pod) => [`${pod.namespace}/${pod.name}`, pod])).values()]
}
