import {exitCode, SourceError} from '../../errors.js'
import type {Cluster} from './cluster.js'
import {type FoundPod, findClusterPods, selectPods} from './find-pods.js'
import {proxyContainer} from './proxy-container.js'

interface Which {
  namespace?: string | undefined
  selector?: string | undefined
}

/**
 * The pods with a proxy: those that `name` means; else those of a namespace, or without one of all, or of one's own where that is not allowed.
 * @throws SourceError where there is none
 */
export async function findProxies(cluster: Cluster, name: string | undefined, which: Which): Promise<FoundPod[]> {
  if (name !== undefined) return findClusterPods(cluster, name, which.namespace)
  const pods = await selectPods(cluster, which.namespace ?? null, which.selector).catch((error: unknown) => {
    const isForbidden = error instanceof SourceError && error.exit === exitCode.forbidden
    if (!isForbidden || which.namespace !== undefined) throw error
    return selectPods(cluster, cluster.namespace, which.selector)
  })
  const proxies = pods.filter(({object}) => proxyContainer(object) !== null)
  if (proxies.length === 0)
    throw new SourceError('unreachable', 'none of its pods has a proxy', `cluster ${cluster.context}`)
  return proxies
}
