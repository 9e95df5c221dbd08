import type {Proxy as Envoy} from '../proxy.js'
import {chooseFromAggregate} from './aggregate.js'
import type {Ask} from './ask.js'
import {type KnownCluster, knownCluster} from './cluster.js'
import type {DownstreamConnection} from './connection.js'
import {chooseForwardProxyHost} from './dynamic-forward-proxy.js'
import {chooseHosts} from './host-choice.js'
import type {HostNeed} from './http-verdict.js'
import {connectionClosed, localReply, unknownOutcome} from './local-reply.js'
import {chooseOriginalDestination} from './original-destination.js'
import {withDropOverload} from './overload.js'
import {clusterStep, emptyChoice, missingClusterStep} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/**
 * The hosts of a cluster that a request can be sent to, with their exact shares, or what Envoy answers without one.
 * The probabilities of the choices sum to 1, and so do those of the endpoints of a forwarded choice. The answer may be
 * shared between calls: copy before changing it.
 * @param cluster the name that the route or the TCP proxy came to.
 * @param explain whether steps are wanted; a batch goes faster without.
 */
export function chooseUpstream(
  envoy: Envoy,
  cluster: string,
  need: HostNeed,
  connection: DownstreamConnection,
  explain = false,
): UpstreamChoice[] {
  const ask: Ask = {envoy, need, connection, explain}
  const known = knownCluster(envoy, cluster)
  return known ? chooseIn(known, ask) : [missingCluster(cluster, ask)]
}

function chooseIn(known: KnownCluster, ask: Ask): UpstreamChoice[] {
  const {discovery} = known.cluster
  switch (discovery.kind) {
    case 'ORIGINAL_DST':
      return chooseOriginalDestination(known, discovery, ask)
    case 'dynamic_forward_proxy':
      return chooseForwardProxyHost(known, ask)
    case 'aggregate':
      return chooseFromAggregate(known, discovery.clusters, ask)
    case 'unmodelled':
      return [unmodelledCluster(known, discovery.type, ask)]
    default:
      return withDropOverload(known, chooseHosts(known, ask), ask)
  }
}

/** Router: 503 (or the route's own status) and NC; TCP proxy: the connection is closed with NC. */
function missingCluster(name: string, ask: Ask): UpstreamChoice {
  const {request, clusterNotFoundStatus} = ask.need
  return {
    ...emptyChoice(null),
    outcome: request
      ? localReply(request, {status: clusterNotFoundStatus, responseFlags: 'NC', details: 'cluster_not_found'})
      : connectionClosed('NC'),
    steps: ask.explain ? [missingClusterStep(name)] : [],
  }
}

const unmodelledCluster = (known: KnownCluster, type: string, ask: Ask): UpstreamChoice => ({
  ...emptyChoice(known.cluster),
  outcome: unknownOutcome,
  notes: [{kind: 'unmodelled', text: `cluster type ${type}`, at: known.cluster.at}],
  steps: ask.explain ? [clusterStep(known)] : [],
})
