import {type Check, check} from '../../decision/check.js'
import type {Choice, PassedOver} from '../../decision/step.js'
import type {Cluster} from '../parse/cluster.js'
import {isObject} from '../parse/field.js'
import type {TransportSocket, TransportSocketMatch} from '../parse/upstream-transport.js'
import {type Host, hasLabels} from './host.js'

const metadataKey = 'envoy.transport_socket_match'

/** The transport socket that a connection to this host uses: the first match, else the cluster's own. */
export function chooseTransportSocket(
  cluster: Cluster,
  host: Host,
): Choice<TransportSocket> & {name: string; at: string} {
  const tried = cluster.transportSocketMatches.map((match) => ({match, reason: matchReason(match, host)}))
  const winner = tried.find(({reason}) => reason.holds === 'yes')
  const passedOver = tried
    .filter((candidate) => candidate !== winner)
    .map(({match, reason}): PassedOver => ({at: match.at, name: match.name, check: reason}))
  if (winner)
    return {
      decided: winner.match.transportSocket,
      name: winner.match.name,
      because: [winner.reason],
      passedOver,
      at: winner.match.at,
    }
  const own = cluster.transportSocket
  return {decided: own, name: own.kind, because: [], passedOver, at: own.at}
}

/** Labels are looked for in the endpoint's metadata, then in its locality's. */
function matchReason(match: TransportSocketMatch, host: Host): Check {
  const own = host.endpoint.metadata[metadataKey]
  const holds = hasLabels(own, match.match, true) || hasLabels(host.localityMetadata[metadataKey], match.match, true)
  return check(metadataKey, labels(match.match), own === undefined ? '(absent)' : labels(own), holds)
}

/** `key=value` pairs, for showing. */
export function labels(raw: unknown): string {
  if (!isObject(raw)) return JSON.stringify(raw)
  const pairs = Object.entries(raw).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return pairs.join(',') || '(any)'
}
