import type {PodFacts, ServiceFacts} from '../../../snapshot/snapshot.js'
import type {Column} from '../../table/column.js'
import type {World} from '../world.js'
import {type Follow, type Listing, listingOf, nowhere, type Scope} from './resource.js'

const nameOf = ({namespace, name}: {namespace: string; name: string}): string => `${namespace}/${name}`

const roleOf = (world: World, pod: PodFacts): string => {
  if (world.hasMosn(nameOf(pod))) return 'mosn'
  if (!world.hasProxy(nameOf(pod))) return pod.sidecar === true ? 'not captured' : 'none'
  return pod.role ?? 'sidecar'
}

const labels = (given: Record<string, string> | undefined): string =>
  Object.entries(given ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '-'

const podColumns = (world: World): Column<PodFacts>[] => [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'NAMESPACE', cell: ({namespace}) => namespace},
  {title: 'IP', cell: ({ip}) => ip ?? '-'},
  {title: 'PROXY', cell: (pod) => roleOf(world, pod)},
  {title: 'INTERCEPTION', cell: ({interceptionMode}) => interceptionMode ?? '-'},
  {title: 'NODE', cell: ({node}) => node ?? '-'},
  {title: 'SERVICE ACCOUNT', cell: ({serviceAccount}) => serviceAccount ?? '-'},
  {title: 'LABELS', cell: (pod) => labels(pod.labels)},
  {title: 'NOTES', cell: ({notes}) => notes ?? '-'},
]

const followPod = (world: World, pod: PodFacts): Follow => ({
  kind: 'table',
  where: {
    resource: world.hasProxy(nameOf(pod)) || world.hasMosn(nameOf(pod)) ? 'listeners' : 'iptables',
    place: nameOf(pod),
    scope: null,
  },
})

export const podsOf = (world: World, scope: Scope | null): Listing =>
  listingOf({
    columns: podColumns(world),
    rows: world.document.pods.filter((pod) => scope?.kind !== 'pods' || scope.names.includes(nameOf(pod))),
    name: nameOf,
    source: (pod) => ({
      file: 'snapshot.json',
      at: `$.pods[${world.document.pods.indexOf(pod)}]`,
      document: pod,
    }),
    follow: (pod) => followPod(world, pod),
    command: (pod) =>
      world.hasProxy(nameOf(pod)) || world.hasMosn(nameOf(pod))
        ? ['pc', 'all', ...world.proxyWords(nameOf(pod))]
        : ['iptables', 'show', ...world.source, '--pod', nameOf(pod)],
    target: (pod) => ({kind: 'pod', pod: nameOf(pod)}),
  })

const serviceColumns: readonly Column<ServiceFacts>[] = [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'NAMESPACE', cell: ({namespace}) => namespace},
  {title: 'CLUSTER IP', cell: ({clusterIP}) => clusterIP ?? '-'},
  {
    title: 'PORTS',
    cell: ({ports}) => (ports ?? []).map(({port, name}) => [port, name].filter(Boolean).join('/')).join(',') || '-',
  },
  {title: 'ENDPOINTS', cell: ({endpoints}) => (endpoints === undefined ? '-' : String(endpoints.length))},
  {title: 'SELECTOR', cell: ({selector}) => labels(selector)},
]

/** The pods behind a service, as its endpoints say, else as its selector does. */
function followService(world: World, service: ServiceFacts): Follow {
  const listed = (service.endpoints ?? []).flatMap(({pod}) => pod ?? [])
  const known = world.facts.services.find(({name}) => name === nameOf(service))
  const names = listed.length > 0 ? listed : (known?.selected ?? [])
  if (names.length === 0) return nowhere(`no pod of this snapshot is behind ${nameOf(service)}`)
  return {
    kind: 'table',
    where: {resource: 'pods', place: null, scope: {kind: 'pods', names, label: service.name}},
  }
}

export const servicesOf = (world: World): Listing =>
  listingOf({
    columns: serviceColumns,
    rows: world.document.services,
    name: nameOf,
    source: (service) => ({
      file: 'snapshot.json',
      at: `$.services[${world.document.services.indexOf(service)}]`,
      document: service,
    }),
    follow: (service) => followService(world, service),
    command: () => ['snapshot', 'show', ...world.source],
    target: (service) => ({kind: 'service', service: nameOf(service)}),
  })
