import {podName, readClusterName, socketText} from '../story/names.js'
import {type Family, facts} from './remedy.js'

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
    lines: facts(
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
export const closedPort: Family = ({outcome, last, proxy, branch}) => {
  const connects = outcome.kind === 'refused' || outcome.kind === 'unreachable'
  const failed = outcome.responseFlags.split(',').includes('UF')
  if (!connects && !failed) return null
  const entered = last?.place === 'app' ? last.entered : null
  const address =
    outcome.by?.address ??
    (last?.place === 'app' ? last.address : null) ??
    proxy?.endpoint ??
    (entered === null ? null : socketText(entered.dst, entered.dport))
  const pod = outcome.by?.pod ?? (last !== null && 'pod' in last ? last.pod : null)
  const where = `${address ?? 'that address'}${pod === null ? '' : ` in ${podName(pod)}`}`
  const notFound = outcome.kind === 'unreachable'
  const envoy = branch.hops.findLast((hop) => hop.place === 'proxy')
  return {
    says: notFound ? `nobody answers at ${where}` : `nothing listens on ${where}`,
    lines: facts(
      [
        'who connects',
        envoy?.place === 'proxy' ? `the Envoy of ${podName(envoy.pod)}, cluster ${envoy.cluster ?? '?'}` : null,
      ],
      [
        'to change',
        notFound || address === null ? null : `call a port on which the app listens, or let it listen on ${address}`,
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
    lines: facts([
      'to change',
      `correct the name, or give ${name} an address: a Service or a ServiceEntry of that name, or an entry in DNS`,
    ]),
  }
}
