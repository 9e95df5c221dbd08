import {UsageError} from '../errors.js'
import type {AdminPoint} from '../sources/admin-point.js'
import type {Cluster} from '../sources/kubernetes/cluster.js'
import type {FoundPod} from '../sources/kubernetes/find-pods.js'
import {note} from './note.js'
import {Flags} from './oclif.js'

const helpGroup = 'CLUSTER'

/** The flags of every command that can ask a running cluster: which one, and how. */
export const clusterFlags = {
  namespace: Flags.string({
    char: 'n',
    summary: 'Namespace of POD where its name does not say.',
    helpValue: 'NAMESPACE',
  }),
  context: Flags.string({summary: 'Context of the kubeconfig; its current one by default.', helpGroup}),
  kubeconfig: Flags.string({
    summary: 'Kubeconfig to read in place of those of KUBECONFIG or ~/.kube/config.',
    helpValue: 'FILE',
    helpGroup,
  }),
  'proxy-admin-port': Flags.integer({
    summary:
      'Port of Envoy’s admin interface inside the pod; by default what its proxy configuration says, else 15000.',
    min: 1,
    max: 65_535,
    helpGroup,
  }),
  timeout: Flags.string({
    summary: 'How long to wait for an answer of the cluster, or for a further piece of it: 30s, 2m.',
    aliases: ['kubeclient-timeout'],
    default: '15s',
    helpValue: 'DURATION',
    helpGroup,
  }),
}

export interface ClusterFlags {
  namespace?: string | undefined
  context?: string | undefined
  kubeconfig?: string | undefined
  'proxy-admin-port'?: number | undefined
  timeout?: string | undefined
}

/** Milliseconds of `500ms`, `30s`, `2m`, or of seconds without a unit. @throws UsageError */
export function durationMs(text: string, flag = '--timeout'): number {
  const [, amount = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? []
  const milliseconds = Number(amount) * {ms: 1, s: 1000, m: 60_000}[unit === 'ms' || unit === 'm' ? unit : 's']
  if (amount === '' || milliseconds < 1 || milliseconds > 86_400_000)
    throw new UsageError('is no duration', `${flag} ${text}`, 'For example 30s or 2m')
  return milliseconds
}

/** Opens the cluster that the flags name; nothing is asked of it yet. @throws UsageError, SourceError */
export async function openCluster({kubeconfig, context, timeout}: ClusterFlags): Promise<Cluster> {
  const {connectCluster} = await import('../sources/kubernetes/connect.js')
  return connectCluster({kubeconfig, context, timeoutMs: timeout === undefined ? undefined : durationMs(timeout)})
}

/** A pod of a running cluster, and its Envoy. */
export interface LivePod {
  cluster: Cluster
  pod: FoundPod
  point: AdminPoint
}

/** Finds the pod that `name` means in the cluster of the flags. @throws UsageError, SourceError */
export async function openLivePod(name: string, flags: ClusterFlags): Promise<LivePod> {
  const [cluster, {findClusterPod}] = await Promise.all([
    openCluster(flags),
    import('../sources/kubernetes/find-pods.js'),
  ])
  const pod = await findClusterPod(cluster, name, flags.namespace)
  return {cluster, pod, point: await pointOf(cluster, pod, flags)}
}

/** The Envoy of a pod; says on stderr where it has to be asked by exec. */
export async function pointOf(cluster: Cluster, pod: FoundPod, flags: ClusterFlags): Promise<AdminPoint> {
  const {podAdmin} = await import('../sources/kubernetes/pod-admin.js')
  const timeoutMs = flags.timeout === undefined ? undefined : durationMs(flags.timeout)
  return podAdmin(cluster, pod, {pod: pod.object, port: flags['proxy-admin-port'], timeoutMs, onWay: note})
}

/** A pod's name as the snapshot's look-up takes it: the flag counts where the name itself says nothing of a namespace. */
export const inNamespace = (pod: string, namespace: string | undefined): string =>
  namespace === undefined || pod.includes('.') ? pod : `${pod}.${namespace}`
