import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {type Check, check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Discovery} from '../parse/cluster.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {endpointShare} from './endpoint.js'
import {statedHealth} from './health.js'
import type {Host} from './host.js'
import {transportSteps} from './host-step.js'
import {withBreaker} from './overload.js'
import {clusterStep, forwardedTo, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

type OriginalDestination = Extract<Discovery, {kind: 'ORIGINAL_DST'}>

/**
 * OriginalDstCluster::LoadBalancer: the host is the address in the override header, else the address that the client
 * meant, where a listener filter restored it; else there is none.
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
  const assumptions = [...choice.assumptions, ...metadataAssumption(known, discovery)]
  return [withBreaker(known, {...choice, assumptions, steps}, ask)]
}

function destination(
  discovery: OriginalDestination,
  {need, connection}: Ask,
): {address: SocketAddress | null; because: Check} {
  const header = need.request?.headers.find(([name]) => name.toLowerCase() === discovery.header)
  const named = header && parseSocketAddress(header[1].trim())
  if (named) return {address: named, because: check(`header ${discovery.header}`, 'address', header[1], true)}
  const restored = connection.originalDestination
  const got = restored ? formatSocketAddress(restored) : '(not restored)'
  return {address: restored, because: check('original destination', 'restored', got, restored !== null)}
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

const metadataAssumption = ({cluster}: KnownCluster, {byMetadata}: OriginalDestination) =>
  byMetadata
    ? [
        {
          about: `destination in dynamic metadata for ${cluster.name}`,
          assumed: 'is not set',
          at: cluster.at,
          turn: null,
        },
      ]
    : []
