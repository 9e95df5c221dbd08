import {type Check, check} from '../../decision/check.js'
import type {Choice, PassedOver} from '../../decision/step.js'
import type {Cluster} from '../parse/cluster.js'
import type {LbEndpoint} from '../parse/endpoint.js'
import {isObject} from '../parse/field.js'
import type {TransportSocket, TransportSocketMatch} from '../parse/upstream-transport.js'
import {type Host, hasLabels} from './host.js'

const metadataKey = 'envoy.transport_socket_match'

/**
 * TransportSocketMatcherImpl::resolve: the socket of the first entry whose labels the endpoint has, else of the first
 * whose labels its locality has, else the cluster's own.
 */
export function chooseTransportSocket(
  cluster: Cluster,
  host: Host,
): Choice<TransportSocket> & {name: string; at: string} {
  const matches = cluster.transportSocketMatches
  const [own, ofLocality] = [host.endpoint.metadata[metadataKey], host.localityMetadata[metadataKey]]
  const byEndpoint = matches.find(({match}) => hasLabels(own, match))
  const winner = byEndpoint ?? matches.find(({match}) => hasLabels(ofLocality, match))
  const passedOver = matches
    .filter((match) => match !== winner)
    .map((match): PassedOver => ({at: match.at, name: match.name, check: compared(match, own)}))
  if (winner)
    return {
      decided: winner.transportSocket,
      name: winner.name,
      because: [compared(winner, byEndpoint ? own : ofLocality)],
      passedOver,
      at: winner.at,
    }
  const {transportSocket} = cluster
  return {decided: transportSocket, name: transportSocket.kind, because: [], passedOver, at: transportSocket.at}
}

/** Whether the labels of an endpoint are enough to choose its transport socket, whatever its locality has. */
export const decidesAlone = ({transportSocketMatches}: Cluster, {metadata}: LbEndpoint): boolean =>
  transportSocketMatches.length === 0 ||
  transportSocketMatches.some(({match}) => hasLabels(metadata[metadataKey], match))

const compared = ({match}: TransportSocketMatch, have: unknown): Check =>
  check(metadataKey, labels(match), have === undefined ? '(absent)' : labels(have), hasLabels(have, match))

/** `key=value` pairs, for showing. */
export function labels(raw: unknown): string {
  if (!isObject(raw)) return JSON.stringify(raw)
  const pairs = Object.entries(raw).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return pairs.join(',') || '(any)'
}
