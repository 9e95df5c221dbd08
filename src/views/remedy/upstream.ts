import {hostOf, podName, readClusterName, socketText} from '../story/names.js'
import {type Family, facts as listed} from './remedy.js'

/** 503 UH: the cluster has no endpoint that may be chosen. */
export const noEndpoint: Family = ({details, outcome, proxy}) => {
  const has = details === 'no_healthy_upstream' || outcome.responseFlags.split(',').includes('UH')
  if (!has) return null
  const name = proxy?.cluster ?? null
  const cluster = name === null ? null : readClusterName(name)
  const ill = proxy?.endpoints.map(({address, health}) => `${address} ${health.toLowerCase()}`).join(', ') ?? ''
  const subset =
    cluster?.subset == null ? '' : `, and that their labels fit subset ${cluster.subset} of its DestinationRule`
  return {
    says: `cluster ${name ?? '?'} has no endpoint that takes requests`,
    lines: listed(
      ['endpoints', ill === '' ? 'none' : ill],
      [
        'to change',
        cluster?.host == null
          ? null
          : `see that service ${cluster.host} selects ready pods on port ${cluster.port}${subset}`,
      ],
    ),
  }
}

/** Nothing listens where the connection ends, or nobody answers there. */
export const closedPort: Family = ({outcome, last, proxy, branch, facts}) => {
  const connects = outcome.kind === 'refused' || outcome.kind === 'unreachable'
  const failed = outcome.responseFlags.split(',').includes('UF')
  if (!connects && !failed) return null
  const entered = last?.place === 'app' ? last.entered : null
  const address =
    outcome.by?.address ??
    (last?.place === 'app' ? last.address : null) ??
    proxy?.endpoint ??
    (entered === null ? null : socketText(entered.dst, entered.dport))
  // The last place that the packet came to, if it came into a pod at all.
  const arrived = last?.place === 'app' || (last?.place === 'netns' && !last.crossing.endsWith('-to-wire'))
  const pod =
    (outcome.by?.place === 'app' ? outcome.by.pod : null) ??
    (arrived && last !== null && 'pod' in last ? last.pod : null)
  const service =
    address === null ? null : (facts.services.find(({addresses}) => addresses.includes(hostOf(address)))?.name ?? null)
  const where = `${address ?? 'that address'}${pod === null ? '' : ` in ${podName(pod)}`}`
  const envoy = branch.hops.findLast((hop) => hop.place === 'proxy')
  const unanswered = outcome.kind === 'unreachable' || (outcome.details ?? '').includes('unreachable')
  const port = address?.slice(address.lastIndexOf(':') + 1) ?? ''
  return {
    says:
      service !== null
        ? `${address} is an address of service ${service}, which leads nowhere for port ${port}`
        : unanswered
          ? `there is no way to ${where}`
          : `nothing listens on ${where}`,
    lines: listed(
      [
        'who connects',
        envoy?.place === 'proxy' ? `the Envoy of ${podName(envoy.pod)}, cluster ${envoy.cluster ?? '?'}` : null,
      ],
      ['where', unanswered && last?.place === 'node' ? `${last.node} has no route for it` : null],
      [
        'to change',
        service !== null
          ? `call a port that service ${service} has, or add port ${port} to it`
          : unanswered || address === null
            ? null
            : `call a port on which the app listens, or let it listen on ${address}`,
      ],
    ),
  }
}

/** The name does not lead anywhere: no connection is even tried. */
export const unresolved: Family = ({details, request}) => {
  const name = /^name_not_resolved: (.*)$/s.exec(details)?.[1]
  if (name === undefined) return null
  return {
    says: `the name ${name} resolves to no address in ${podName(request.client.pod)}`,
    lines: listed([
      'to change',
      `correct the name, or give ${name} an address: a Service or a ServiceEntry of that name, or an entry in DNS`,
    ]),
  }
}
