import type {Cluster} from './cluster.js'
import type {ContextOptions} from './kubeconfig.js'

export interface ClusterOptions extends ContextOptions {
  /** Milliseconds without an answer after which nothing more is expected. */
  timeoutMs?: number | undefined
}

/** istioctl's time limit for a question to the cluster. */
export const defaultTimeoutMs = 15_000

/**
 * Opens the cluster that a kubeconfig names; nothing is asked of it yet. The Kubernetes client is loaded here and nowhere else: it
 * takes longer to load than most commands to answer.
 * @throws SourceError when there is no kubeconfig, or it does not hold what is asked for
 */
export async function connectCluster({timeoutMs = defaultTimeoutMs, ...options}: ClusterOptions): Promise<Cluster> {
  const [{loadKubeConfig}, {liveCluster}] = await Promise.all([import('./kubeconfig.js'), import('./live-cluster.js')])
  return liveCluster(loadKubeConfig(options), timeoutMs)
}
