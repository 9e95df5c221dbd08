import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {type Check, check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Discovery} from '../parse/cluster.js'
import {isObject} from '../parse/field.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {endpointShare} from './endpoint.js'
import {statedHealth} from './health.js'
import type {Host} from './host.js'
import {transportSteps} from './host-step.js'
import {withBreaker} from './overload.js'
import {emptyState, type StreamState} from './stream-state.js'
import {clusterStep, forwardedTo, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

type OriginalDestination = Extract<Discovery, {kind: 'ORIGINAL_DST'}>
type MetadataKey = NonNullable<OriginalDestination['metadataKey']>

/**
 * OriginalDstCluster::LoadBalancer: the host is the address that filter state names, else metadata, else the override
 * header, else the one that the client meant, where a listener filter restored it; else there is none.
 */
export function chooseOriginalDestination(
  known: KnownCluster,
  discovery: OriginalDestination,
  ask: Ask,
): UpstreamChoice[] {
  const {address, because} = destination(discovery, ask)
  const steps = ask.explain ? [clusterStep(known), destinationStep(known, address, because)] : []
  if (address === null) return [{...noHealthyHost(known, ask), steps}]
  const target = discovery.portOverride === null ? address : {...address, port: discovery.portOverride}
  const host = hostAt(target, known.cluster.at)
  if (ask.explain) steps.push(...transportSteps(known.cluster, [host]))
  const choice = forwardedTo(known, [endpointShare(known.cluster, host, {probability: 1}, ask)], ask)
  const assumptions = [...choice.assumptions, ...metadataAssumption(known, discovery, because)]
  return [withBreaker(known, {...choice, assumptions, steps}, ask)]
}

function destination(
  discovery: OriginalDestination,
  {need, connection}: Ask,
): {address: SocketAddress | null; because: Check} {
  const state = need.state ?? connection.state ?? emptyState
  const overriding = state.filterState[overrideKey]?.value
  const ofState = overriding ? parseSocketAddress(overriding) : null
  if (ofState)
    return {address: ofState, because: check(`filter state ${overrideKey}`, 'address', overriding ?? '', true)}
  const inMetadata = discovery.metadataKey && metadataText(discovery.metadataKey, state, connection.state ?? emptyState)
  const ofMetadata = inMetadata ? parseSocketAddress(inMetadata) : null
  if (ofMetadata)
    return {
      address: ofMetadata,
      because: check(`metadata ${discovery.metadataKey?.namespace}`, 'address', inMetadata ?? '', true),
    }
  const header = need.request?.headers.find(([name]) => name.toLowerCase() === discovery.header)
  const named = header && parseSocketAddress(header[1].trim())
  if (named) return {address: named, because: check(`header ${discovery.header}`, 'address', header[1], true)}
  const restored = connection.originalDestination
  const got = restored ? formatSocketAddress(restored) : '(not restored)'
  return {address: restored, because: check('original destination', 'restored', got, restored !== null)}
}

/** Filter state that names the host before all else. */
const overrideKey = 'envoy.network.transport_socket.original_dst_address'

/** The text at the key, of the request's metadata, else of the connection's; of a list its first element. */
function metadataText({namespace, path}: MetadataKey, ...states: StreamState[]): string | null {
  for (const {metadata} of states) {
    const found = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), metadata[namespace])
    const value: unknown = Array.isArray(found) ? found[0] : found
    if (typeof value === 'string') return value
  }
  return null
}

/** A host made for one address; it has no metadata. */
export const hostAt = (address: SocketAddress, at: string, hostname = ''): Host => ({
  endpoint: {
    address: formatSocketAddress(address),
    socket: {host: address.ip, port: address.port},
    hostname,
    healthStatus: 'UNKNOWN',
    weight: 1,
    metadata: {},
    at,
  },
  health: statedHealth('HEALTHY'),
  priority: 0,
  locality: null,
  localityMetadata: {},
})

const destinationStep = (known: KnownCluster, address: SocketAddress | null, because: Check): Step => ({
  at: known.cluster.at,
  level: 'endpoint',
  decided: address ? formatSocketAddress(address) : null,
  because: [because],
  passedOver: [],
})

/** Where nothing was found in it, a filter that is not modelled may still have written it. */
const metadataAssumption = ({cluster}: KnownCluster, {metadataKey}: OriginalDestination, {field}: Check) =>
  metadataKey && !field.startsWith('metadata') && !field.startsWith('filter state')
    ? [
        {
          about: `destination in dynamic metadata for ${cluster.name}`,
          assumed: 'is not set',
          at: cluster.at,
          turn: null,
        },
      ]
    : []
