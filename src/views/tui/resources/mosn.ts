import {parseSocketAddress} from '../../../address/socket-address.js'
import type {MosnRoute} from '../../../mosn/parse/router.js'
import {mosnClusterRows, wideMosnClusterTable} from '../../table/mosn/cluster.js'
import {mosnEndpointRows, wideMosnEndpointTable} from '../../table/mosn/endpoint.js'
import {type MosnListenerRow, mosnListenerRows, wideMosnListenerTable} from '../../table/mosn/listener.js'
import {mosnRouteConfigs, wideMosnRouteTable} from '../../table/mosn/route.js'
import type {World} from '../world.js'
import {type Follow, type Listing, listingOf, nowhere, type ResourceName, type Scope, type Source} from './resource.js'

/** What a MOSN has a table of: one chain for each listener, and secrets nowhere. */
const tables = ['listeners', 'routes', 'clusters', 'endpoints'] as const
type MosnTable = (typeof tables)[number]

export const isMosnTable = (resource: ResourceName): resource is MosnTable => tables.some((table) => table === resource)

const sourceOf = ({at, raw}: {at: string; raw?: unknown}): Source => ({
  file: 'mosn/config_dump.json',
  at,
  document: raw ?? null,
})

/** The table of a pod's MOSN, with the columns that `-o wide` has. */
export function mosnTable(world: World, resource: MosnTable, pod: string, scope: Scope | null): Listing {
  switch (resource) {
    case 'listeners':
      return listenersOf(world, pod)
    case 'routes':
      return routesOf(world, pod, scope)
    case 'clusters':
      return clustersOf(world, pod, scope)
    case 'endpoints':
      return endpointsOf(world, pod, scope)
  }
}

const anyListener = {address: '', port: 0, type: '', forPort: 0}

const listenersOf = (world: World, pod: string): Listing =>
  listingOf({
    ...wideMosnListenerTable(mosnListenerRows(world.mosn(pod)?.dump.listeners ?? []), anyListener),
    name: ({name}) => name,
    source: ({listener}) => sourceOf(listener),
    follow: ({listener}) => followListener(pod, listener),
    command: ({port}) => ['pc', 'listener', ...world.proxyWords(pod), '--port', String(port), '-o', 'wide'],
    target: () => null,
  })

function followListener(pod: string, {chain}: MosnListenerRow['listener']): Follow {
  if (chain?.proxy) {
    const name = chain.proxy.routerConfigName
    return {kind: 'table', where: {resource: 'routes', place: pod, scope: {kind: 'route-config', name, label: name}}}
  }
  const cluster = chain?.tcpProxy?.cluster ?? null
  return cluster === null ? nowhere('this listener names neither a router nor a cluster') : toClusters(pod, [cluster])
}

const toClusters = (pod: string, names: readonly string[]): Follow => ({
  kind: 'table',
  where: {resource: 'clusters', place: pod, scope: {kind: 'clusters', names, label: names.join(', ')}},
})

const namesOf = (scope: Scope | null): ReadonlySet<string> | null =>
  scope?.kind === 'clusters' ? new Set(scope.names) : null

function routesOf(world: World, pod: string, scope: Scope | null): Listing {
  const wanted = scope?.kind === 'route-config' ? scope.name : null
  const all = mosnRouteConfigs(world.mosn(pod)?.dump.routers ?? [])
  return listingOf({
    ...wideMosnRouteTable(
      all.filter(({name}) => wanted === null || name === wanted),
      '',
    ),
    name: ({name, route}) => `${name}${route === null ? '' : ` #${route.index}`}`,
    source: ({host, route}) => sourceOf(route ?? host),
    follow: ({route}) => followRoute(pod, route),
    command: ({name}) => ['pc', 'route', ...world.proxyWords(pod), '--name', name, '-o', 'wide'],
    target: () => null,
  })
}

function followRoute(pod: string, route: MosnRoute | null): Follow {
  if (route === null) return nowhere('this virtual host has no routes: it answers 404')
  if (route.directResponse !== null || route.redirect !== null) return nowhere('this route answers by itself')
  const names = route.weighted.length > 0 ? route.weighted.map(({name}) => name) : [route.clusterName]
  return names.join('') === '' ? nowhere('this route names no cluster') : toClusters(pod, [...new Set(names)])
}

const anyCluster = {fqdn: '', direction: '', subset: '', port: 0}

function clustersOf(world: World, pod: string, scope: Scope | null): Listing {
  const names = namesOf(scope)
  const all = mosnClusterRows(world.mosn(pod)?.dump.clusters ?? [])
  return listingOf({
    ...wideMosnClusterTable(
      all.filter(({name}) => names === null || names.has(name)),
      anyCluster,
    ),
    name: ({name}) => name,
    source: ({cluster}) => sourceOf(cluster),
    follow: ({cluster: {name, type}}) =>
      type === 'ORIGINAL_DST'
        ? nowhere(`${name} has no hosts of its own: it goes where the client meant to go`)
        : {
            kind: 'table',
            where: {resource: 'endpoints', place: pod, scope: {kind: 'clusters', names: [name], label: name}},
          },
    command: ({name}) => ['pc', 'cluster', ...world.proxyWords(pod), '--fqdn', name, '-o', 'wide'],
    target: () => null,
  })
}

const anyEndpoint = {address: '', port: 0, cluster: '', status: ''}

function endpointsOf(world: World, pod: string, scope: Scope | null): Listing {
  const names = namesOf(scope)
  const mosn = world.mosn(pod)
  const clusters = (mosn?.dump.clusters ?? []).filter(({name}) => names === null || names.has(name))
  return listingOf({
    ...wideMosnEndpointTable(mosnEndpointRows(clusters, mosn?.statistics ?? null), anyEndpoint),
    name: ({host}) => host.address,
    source: ({host, cluster}) => ({
      ...sourceOf(host),
      document: clusters.find(({name}) => name === cluster)?.raw ?? null,
    }),
    follow: ({host}) => followHost(world, pod, host.address),
    command: ({cluster}) => ['pc', 'endpoint', ...world.proxyWords(pod), '--cluster', cluster, '-o', 'wide'],
    target: () => null,
  })
}

/** The listeners of the MOSN that this address belongs to; a loopback address is the app of the same pod. */
function followHost(world: World, pod: string, address: string): Follow {
  const socket = parseSocketAddress(address)
  if (socket?.ip.startsWith('127.') === true) return nowhere(`${address} is the app of ${pod}`)
  const found = world.document.pods.find(({ip}) => ip !== undefined && ip === socket?.ip)
  if (found === undefined) return nowhere(`${address} is no pod of this snapshot`)
  const place = `${found.namespace}/${found.name}`
  const resource = world.hasProxy(place) || world.hasMosn(place) ? 'listeners' : 'iptables'
  return {kind: 'table', where: {resource, place, scope: null}}
}
