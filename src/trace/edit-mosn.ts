import type {MosnCluster} from '../mosn/parse/cluster.js'
import type {MosnDump} from '../mosn/parse/dump.js'
import type {MosnRoute} from '../mosn/parse/router.js'

/** The subset in an Istio cluster name, as MOSN keeps them. */
const subsetOf = (cluster: string): string => cluster.split('|')[2] ?? ''

/** Weighted clusters with other weights, in every route that has them. */
export function setMosnWeights(dump: MosnDump, weights: ReadonlyMap<string, number>): MosnDump {
  const weightOf = (name: string): number | undefined => weights.get(name) ?? weights.get(subsetOf(name))
  const changed = (route: MosnRoute): MosnRoute => ({
    ...route,
    weighted: route.weighted.map((each) => ({...each, weight: weightOf(each.name) ?? each.weight})),
  })
  const routers = dump.routers.map((router) => ({
    ...router,
    virtualHosts: router.virtualHosts.map((host) => ({...host, routes: host.routes.map(changed)})),
  }))
  return {...dump, routers}
}

/** A host that fails its health check, in every cluster that has it. */
export function downMosnHost(dump: MosnDump, address: string): MosnDump {
  const changed = (cluster: MosnCluster): MosnCluster => ({
    ...cluster,
    hosts: cluster.hosts.map((host) => (host.address === address ? {...host, isDown: true} : host)),
  })
  return {...dump, clusters: dump.clusters.map(changed)}
}
