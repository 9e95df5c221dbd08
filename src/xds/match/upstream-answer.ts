import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Cluster} from '../parse/cluster.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {connectionClosed, forwarded, localReply} from './local-reply.js'
import type {EndpointShare} from './result.js'
import type {UpstreamChoice} from './upstream-choice.js'
import {protocolAssumptions, sourceAddressFor, upstreamProtocol} from './upstream-protocol.js'

/** A choice of nothing yet, in this cluster. */
export const emptyChoice = (cluster: Cluster | null): UpstreamChoice => ({
  probability: 1,
  cluster: cluster?.name ?? null,
  endpoints: [],
  outcome: forwarded,
  sourceAddress: null,
  protocol: null,
  assumptions: [],
  notes: [],
  steps: [],
})

/** The request goes to one of these endpoints. */
export const forwardedTo = (known: KnownCluster, endpoints: EndpointShare[], ask: Ask): UpstreamChoice => ({
  ...emptyChoice(known.cluster),
  endpoints,
  sourceAddress: sourceAddressFor(known.cluster, endpoints),
  protocol: upstreamProtocol(known.cluster, endpoints, ask),
  assumptions: protocolAssumptions(known.cluster, endpoints, ask),
})

/** No host can be chosen: 503 with UH for HTTP; a TCP proxy closes the connection, with UH and no details. */
export const noHealthyHost = (known: KnownCluster, ask: Ask): UpstreamChoice => ({
  ...emptyChoice(known.cluster),
  outcome: ask.need.request
    ? localReply(ask.need.request, {status: 503, responseFlags: 'UH', details: 'no_healthy_upstream'})
    : connectionClosed('UH'),
})

export const clusterStep = ({cluster}: KnownCluster): Step => ({
  at: cluster.at,
  level: 'cluster',
  decided: cluster.name,
  because: [check('name', cluster.name, cluster.name, true)],
  passedOver: [],
})

export const missingClusterStep = (name: string): Step => ({
  at: '$',
  level: 'cluster',
  decided: null,
  because: [check('name', name, '(no such cluster)', false)],
  passedOver: [],
})
