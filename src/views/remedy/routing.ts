import type {PassedOver} from '../../decision/step.js'
import type {ProxyHop} from '../../trace/trace.js'
import {candidateName, sayFails} from '../story/check.js'
import {istioObject} from '../story/istio-object.js'
import {podName, readClusterName} from '../story/names.js'
import type {Failure} from './failure.js'
import {objectOf, stepsOf} from './failure.js'
import {type Family, facts, type Remedy} from './remedy.js'

const shown = 4

const candidates = (failure: Failure, level: string): PassedOver[] =>
  stepsOf(failure.proxy, level).flatMap((step) => step.passedOver)

const list = (label: string, passed: readonly PassedOver[]): [string, string][] => [
  ...passed.slice(0, shown).map((each): [string, string] => [label, `${candidateName(each)}: ${sayFails(each.check)}`]),
  ...(passed.length > shown ? [[label, `and ${passed.length - shown} more`] as [string, string]] : []),
]

/** The names that other virtual hosts have. */
const served = (hosts: readonly PassedOver[]): [string, string | null][] => [
  ...hosts.slice(0, shown).map(({check}): [string, string] => ['it serves', check.want]),
  ['', hosts.length > shown ? `and the names of ${hosts.length - shown} more virtual hosts` : null],
]

/** The object that the configuration at `at` was made from. */
const madeFrom = ({proxy, facts: {source}}: Failure, at: string | undefined): string | null =>
  proxy === null || at === undefined ? null : istioObject(source?.(at, proxy))

/** The object that the first of these virtual hosts has its routes from. */
const routeOwner = (failure: Failure, [first]: readonly PassedOver[]): string | null =>
  madeFrom(failure, first && `${first.at}.routes[0]`)

/** 404: no virtual host for the name, or no route in it for the path. */
export const noRoute: Family = (failure) => {
  if (failure.details !== 'route_not_found') return null
  const {proxy} = failure
  const host = proxy?.virtualHost ?? null
  const table = proxy?.routeConfig == null ? 'its routes' : `route configuration ${proxy.routeConfig}`
  if (host === null) {
    const hosts = candidates(failure, 'virtual host')
    const asked = hosts[0]?.check.got ?? null
    return {
      says: `no virtual host of ${table} has the name ${asked ?? 'that is asked for'}`,
      lines: facts(...served(hosts), [
        'to change',
        asked === null
          ? null
          : `ask for a name that is served, or add ${asked} to the hosts of ${proxy?.direction === null ? 'the Gateway and of ' : ''}${routeOwner(failure, hosts) ?? 'the VirtualService'}`,
      ]),
    }
  }
  return {
    says: `virtual host ${host} has no route for this request`,
    lines: facts(...list('passed over', candidates(failure, 'route')), [
      'to change',
      `ask for what one of these routes wants, or add a route to ${madeFrom(failure, candidates(failure, 'route')[0]?.at) ?? `the VirtualService for ${host}`}`,
    ]),
  }
}

/** 503: the route names a cluster that this Envoy does not have. */
export const noCluster: Family = (failure) => {
  const isMissing = failure.details === 'cluster_not_found' || failure.outcome.responseFlags.split(',').includes('NC')
  if (!isMissing) return null
  const {proxy} = failure
  const name = proxy?.cluster ?? stepsOf(proxy, 'cluster').at(-1)?.decided ?? null
  const route = proxy?.route?.name ?? null
  const cluster = name === null ? null : readClusterName(name)
  const says =
    name === null
      ? 'the route leads to a cluster that does not exist'
      : `the route leads to cluster ${name}, which this Envoy does not have`
  if (cluster?.subset == null)
    return {
      says,
      lines: facts(
        ['the route', route],
        [
          'to change',
          cluster?.host == null
            ? null
            : `lead the route to a port that service ${cluster.host} has (it asks for ${cluster.port}), or make that host known to this proxy (Sidecar, ServiceEntry)`,
        ],
      ),
    }
  return {
    says,
    lines: facts(
      ['the route', route],
      ['it wants', `subset ${cluster.subset} of ${cluster.host}, port ${cluster.port}`],
      [
        'to change',
        `add subset ${cluster.subset} to the DestinationRule for ${cluster.host}, or name a subset that exists in ${objectOf(failure, 'route') ?? 'the VirtualService'}${route === null ? '' : ` (route ${route})`}`,
      ],
    ),
  }
}

/** `host:port` as the client named it. */
const askedHost = ({tcp, url}: Failure['request']): string =>
  tcp?.dst ?? /^[a-z]+:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(url ?? '')?.[1] ?? ''

/** Istio's own chain against loops: nobody connects to the port of the redirection itself. */
const ownPort = ({pod, entered, filterChain}: ProxyHop): Remedy => ({
  says: `port ${entered.dport} is where the Envoy of ${podName(pod)} takes redirected traffic; it closes what is sent to that port itself`,
  lines: facts(['where', `chain ${filterChain?.name ?? '?'}`], ['to change', "call the service's own port"]),
})

/** REGISTRY_ONLY, and other ways into Istio's cluster without endpoints. */
export const blackHole: Family = (failure) => {
  const {proxy, request} = failure
  if (proxy?.filterChain?.name?.endsWith('-blackhole') === true) return ownPort(proxy)
  const isBlackHole = [proxy?.cluster, proxy?.virtualHost, proxy?.route?.name].some((name) =>
    /^(BlackHoleCluster|block_all)$/.test(name ?? ''),
  )
  if (!isBlackHole || proxy === null) return null
  const asked = askedHost(request)
  return {
    says: `the Envoy of the client knows no service for ${asked}, and sends what it does not know nowhere (outbound policy REGISTRY_ONLY)`,
    lines: facts(
      [
        'where',
        proxy.virtualHost === null
          ? `listener ${proxy.listener ?? '?'}, cluster BlackHoleCluster`
          : `virtual host ${proxy.virtualHost}`,
      ],
      [
        'to change',
        `add a ServiceEntry for ${asked}, or its host to egress.hosts of the Sidecar that applies to this pod, or set outboundTrafficPolicy to ALLOW_ANY`,
      ],
    ),
  }
}
