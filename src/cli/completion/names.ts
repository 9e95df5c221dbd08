import {type ClusterFlags, openCluster} from '../cluster-flags.js'
import {dumpSource} from '../proxy-config/input.js'
import type {NameKind} from './candidates.js'
import {keptNames} from './kept-names.js'
import type {Given} from './position.js'

/** Longer nobody waits for a proposal. */
const patience = '3s'

/** What was typed says where to look: a snapshot, a file, or the cluster. */
interface Place extends ClusterFlags {
  from?: string | undefined
  file?: string | undefined
  admin?: string | undefined
}

/** Names of a kind where the flags given so far say to look; those of a cluster are kept for a while. @throws UsageError, SourceError, DataError */
export async function namesOf(kind: NameKind, given: Given): Promise<string[]> {
  const place = placeOf(given)
  if (place.from !== undefined || place.file !== undefined) return readNames(kind, given, place)
  const {context, kubeconfig, namespace} = place
  const key = [kind, kubeconfig ?? process.env['KUBECONFIG'] ?? '', context ?? '', namespace ?? '', podOf(given) ?? '']
  return keptNames(key, () => readNames(kind, given, place))
}

function placeOf({flags}: Given): Place {
  const last = (name: string) => flags.get(name)?.at(-1)
  const [context, kubeconfig, namespace] = [last('context'), last('kubeconfig'), last('namespace')]
  return {
    context,
    kubeconfig,
    namespace,
    from: last('from'),
    file: last('file'),
    admin: last('admin'),
    timeout: patience,
  }
}

const podOf = ({args, flags}: Given): string | undefined => args.get('pod') ?? flags.get('pod')?.at(-1)

async function readNames(kind: NameKind, given: Given, place: Place): Promise<string[]> {
  switch (kind) {
    case 'pods':
      return place.from === undefined ? clusterPods(place) : snapshotPods(place.from)
    case 'namespaces':
      return place.from === undefined
        ? clusterNamespaces(place)
        : (await snapshotPods(place.from)).map((pod) => pod.slice(pod.lastIndexOf('.') + 1))
    case 'contexts': {
      const {loadKubeConfig} = await import('../../sources/kubernetes/kubeconfig.js')
      return loadKubeConfig({kubeconfig: place.kubeconfig}).contexts.map(({name}) => name)
    }
    case 'clusters':
    case 'routes':
      return resourceNames(kind, podOf(given), place)
    default:
      return kind satisfies never
  }
}

async function snapshotPods(from: string): Promise<string[]> {
  const {openSnapshot} = await import('../../sources/open-snapshot.js')
  const snapshot = await openSnapshot(from)
  return snapshot.document.pods.map(({namespace, name}) => `${name}.${namespace}`)
}

async function clusterPods(place: Place): Promise<string[]> {
  const [cluster, {pods}, {textAt}] = await Promise.all([
    openCluster(place),
    import('../../sources/kubernetes/api-resource.js'),
    import('../../sources/kubernetes/json.js'),
  ])
  const found = await cluster.list(pods, {namespace: place.namespace ?? null})
  return found.flatMap((pod) => {
    const [name, namespace] = [textAt(pod, 'metadata', 'name'), textAt(pod, 'metadata', 'namespace')]
    return name === undefined || namespace === undefined ? [] : [`${name}.${namespace}`]
  })
}

async function clusterNamespaces(place: Place): Promise<string[]> {
  const [cluster, {namespaces}, {textAt}] = await Promise.all([
    openCluster(place),
    import('../../sources/kubernetes/api-resource.js'),
    import('../../sources/kubernetes/json.js'),
  ])
  const found = await cluster.list(namespaces, {namespace: null})
  return found.flatMap((namespace) => textAt(namespace, 'metadata', 'name') ?? [])
}

/** The names of clusters or route configurations of the proxy that was named. */
async function resourceNames(kind: 'clusters' | 'routes', pod: string | undefined, place: Place): Promise<string[]> {
  const masks = {
    clusters: 'dynamic_active_clusters.cluster.name,static_clusters.cluster.name',
    routes: 'dynamic_route_configs.route_config.name,static_route_configs.route_config.name',
  }
  const {readItems} = await import('../proxy-config/read-items.js')
  const source = await dumpSource('completion', pod, place, {
    file: 'config_dump.json',
    adminPath: `/config_dump?mask=${masks[kind]}`,
  })
  const read = (resource: {readonly name?: unknown}) => (typeof resource.name === 'string' ? resource.name : '')
  return readItems(source, kind, {shape: {name: true}, read})
}
