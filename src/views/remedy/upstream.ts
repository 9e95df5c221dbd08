import {isAutoAllocated} from '../../address/auto-allocated.js'
import type {PassedOver} from '../../decision/step.js'
import {sayFails} from '../story/check.js'
import {type ClusterName, hostOf, podName, proxyName, readClusterName, socketText} from '../story/names.js'
import type {ServiceInCapture} from '../story/story.js'
import type {Failure} from './failure.js'
import {objectOf, stepsOf} from './failure.js'
import {type Family, facts as listed} from './remedy.js'

/** The hosts that load balancing passed over, with what ruled each out. */
const passedHosts = ({proxy}: Failure): PassedOver[] =>
  stepsOf(proxy, 'endpoint').flatMap(({passedOver}) => passedOver.filter(({name}) => name !== undefined))

/** Why a host takes no requests, and what to do about it; Envoy's own names for it stand in the check. */
const conditions: Record<string, {is: string; change: (host: string, rule: string | null) => string}> = {
  failed_outlier_check: {
    is: 'ejected by outlier detection, after too many errors',
    change: (host, rule) =>
      `see in the log of ${host} why it answered with errors (it is tried again after the ejection time), or ask for more of them in outlierDetection of ${rule ?? 'its DestinationRule'}`,
  },
  failed_active_health_check: {
    is: 'fails the active health check',
    change: (host) => `see why ${host} fails the health check`,
  },
}

const condition = ({check}: PassedOver): string => conditions[check.field]?.is ?? sayFails(check)

/** The service of `ratings.default.svc.cluster.local`. */
const serviceOf = ({facts}: Failure, host: string): ServiceInCapture | undefined => {
  const [name = '', namespace = ''] = host.split('.')
  return facts.services.find((service) => service.name === `${namespace}/${name}`)
}

function changeForNone(failure: Failure, {host, port, subset}: ClusterName): string {
  const service = host === null ? undefined : serviceOf(failure, host)
  const fits = subset === null ? '' : `, and that their labels fit subset ${subset} of its DestinationRule`
  if (service?.selector == null) return `see that service ${host ?? '?'} selects ready pods on port ${port}${fits}`
  return (service.selected ?? []).length === 0
    ? `start pods with the labels ${service.selector}, or correct the selector of service ${service.name}: no pod of the capture has these labels`
    : `see that the pods with the labels ${service.selector} (service ${service.name}) are ready on port ${port}${fits}`
}

/** 503 UH: the cluster has no endpoint that may be chosen. */
export const noEndpoint: Family = (failure) => {
  const {details, outcome, proxy} = failure
  const has = details === 'no_healthy_upstream' || outcome.responseFlags.split(',').includes('UH')
  if (!has) return null
  const name = proxy?.cluster ?? null
  const cluster = name === null ? null : readClusterName(name)
  const hosts = passedHosts(failure)
  const known = conditions[hosts[0]?.check.field ?? '']
  return {
    says: `cluster ${name ?? '?'} has no endpoint that takes requests`,
    lines: listed(
      ...(hosts.length === 0 ? [['endpoints', 'none'] as [string, string]] : []),
      ...hosts.slice(0, 4).map((host): [string, string] => ['endpoints', `${host.name}: ${condition(host)}`]),
      ['endpoints', hosts.length > 4 ? `and ${hosts.length - 4} more` : null],
      [
        'to change',
        known?.change(hosts[0]?.name ?? '?', objectOf(failure, 'cluster')) ??
          (cluster === null ? null : changeForNone(failure, cluster)),
      ],
    ),
  }
}

/** Loopback sockets of the same port: the app is there, and takes nobody from outside. */
const otherSockets = (listens: readonly string[], address: string): string[] => {
  const port = address.slice(address.lastIndexOf(':'))
  return listens.filter((each) => each.endsWith(port) && /^(127\.|\[::1\])/.test(each))
}

/** Where a connection came to that nobody took. */
interface DeadEnd {
  address: string | null
  port: string
  /** The pod that it came into, or null. */
  pod: string | null
  /** `10.0.0.1:80 in name-of-the-pod`. */
  where: string
  /** The kernel or a node said that there is no way, rather than that nothing listens. */
  unanswered: boolean
}

function deadEndOf({outcome, last, proxy}: Failure): DeadEnd | null {
  const connects = outcome.kind === 'refused' || outcome.kind === 'unreachable'
  if (!connects && !outcome.responseFlags.split(',').includes('UF')) return null
  const app = last?.place === 'app' ? last : null
  const asked = last?.place === 'node' ? last.left : (app?.entered ?? null)
  const entered = asked === null ? null : socketText(asked.dst, asked.dport ?? null)
  const address = outcome.by?.address ?? app?.address ?? proxy?.endpoint ?? entered
  // The last place that the packet came to, if it came into a pod at all.
  const arrived = last?.place === 'netns' && !last.crossing.endsWith('-to-wire') ? last.pod : (app?.pod ?? null)
  const pod = (outcome.by?.place === 'app' ? outcome.by.pod : null) ?? arrived
  return {
    address,
    port: address?.slice(address.lastIndexOf(':') + 1) ?? '',
    pod,
    where: `${address ?? 'that address'}${pod === null ? '' : ` in ${podName(pod)}`}`,
    unanswered: outcome.kind === 'unreachable' || (outcome.details ?? '').includes('unreachable'),
  }
}

/** Who tried, for every kind of dead end. */
function whoConnects({branch}: Failure): [string, string | null] {
  const envoy = branch.hops.findLast((hop) => hop.place === 'proxy')
  return [
    'who connects',
    envoy?.place === 'proxy'
      ? `the ${proxyName(envoy.proxy)} of ${podName(envoy.pod)}, cluster ${envoy.cluster ?? '?'}`
      : null,
  ]
}

const nodeWithoutRoute = ({last}: Failure, {unanswered}: DeadEnd): [string, string | null] => [
  'where',
  unanswered && last?.place === 'node' ? `${last.node} has no route for it` : null,
]

/** A service's own address, on a port that the service does not have: no rule leads on from there. */
export const servicePort: Family = (failure) => {
  const end = deadEndOf(failure)
  if (end === null || end.address === null) return null
  const host = hostOf(end.address)
  const service = failure.facts.services.find(({addresses}) => addresses.includes(host))
  if (service === undefined) return null
  const ports = service.ports === undefined || service.ports.length === 0 ? '' : ` (${service.ports.join(', ')})`
  return {
    says: `${end.address} is an address of service ${service.name}, which leads nowhere for port ${end.port}`,
    lines: listed(whoConnects(failure), nodeWithoutRoute(failure, end), [
      'to change',
      `call a port that service ${service.name} has${ports}, or add port ${end.port} to it`,
    ]),
  }
}

/** The app listens, but on another address of its pod: often on 127.0.0.1 alone. */
export const otherAddress: Family = (failure) => {
  const end = deadEndOf(failure)
  if (end === null || end.pod === null || end.address === null || end.unanswered) return null
  const only = otherSockets(failure.facts.pod?.(end.pod)?.listens ?? [], end.address)
  if (only.length === 0) return null
  return {
    says: `nothing listens on ${end.where}: the app there listens on ${only.join(', ')} alone`,
    lines: listed(whoConnects(failure), [
      'to change',
      `let the app listen on 0.0.0.0:${end.port} instead of ${only.join(', ')}, or lead to it there (Sidecar, ingress.defaultEndpoint: 127.0.0.1:${end.port})`,
    ]),
  }
}

/** Nothing listens where the connection ends, or nobody answers there. */
export const closedPort: Family = (failure) => {
  const end = deadEndOf(failure)
  if (end === null) return null
  if (end.unanswered && end.address !== null && isAutoAllocated(hostOf(end.address)))
    return {
      says: `there is no way to ${end.where}: it is in the range of the addresses that Istio makes up, which lead on in an Envoy that knows them alone`,
      lines: listed(whoConnects(failure), nodeWithoutRoute(failure, end), [
        'to change',
        'call the host by its name through an Envoy, or give its ServiceEntry an address (spec.addresses) that leads there without one',
      ]),
    }
  if (end.unanswered)
    return {
      says: `there is no way to ${end.where}`,
      lines: listed(whoConnects(failure), nodeWithoutRoute(failure, end), [
        'to change',
        end.address === null ? null : `call an address that somebody has, or add a route to ${hostOf(end.address)}`,
      ]),
    }
  return {
    says: `nothing listens on ${end.where}`,
    lines: listed(whoConnects(failure), [
      'to change',
      end.address === null ? null : `call a port on which the app listens, or let it listen on ${end.address}`,
    ]),
  }
}
