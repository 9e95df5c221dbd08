import {internalAddress, internalClient, isInternal} from './addresses.js'
import type {InspectedSocket} from './inspect.js'
import {type Payload, visible} from './payload.js'
import type {MatchRequest} from './request.js'
import type {EndpointShare} from './result.js'
import {type StreamState, sharedWithUpstream} from './stream-state.js'

/** A connection from inside this Envoy to one of its internal listeners. */
export interface InternalConnection {
  /** `envoy://LISTENER/ENDPOINT` */
  address: string
  request: MatchRequest
  socket: InspectedSocket
}

/**
 * The connection that an internal listener accepts for an endpoint. `internal_upstream` hands on metadata of host and
 * cluster, and the filter state that is shared with upstreams; any other transport socket hands on nothing.
 * @param payload what is put into the connection.
 * @param state what filters attached to the stream that goes upstream.
 */
export function internalConnection(
  {address, passed}: EndpointShare,
  payload: Payload,
  state: StreamState,
): InternalConnection {
  const local = internalAddress(address)
  const asked = visible(payload)
  const socket: InspectedSocket = {
    peer: internalClient,
    remote: internalClient,
    local,
    redirectedFrom: null,
    originalDestination: null,
    pendingProxyHeader: null,
    tls: asked.tls,
    protocol: asked.protocol,
    inspected: {serverName: '', transportProtocol: '', applicationProtocols: []},
    originalSource: null,
    ...(passed ? {state: {metadata: passed, filterState: sharedWithUpstream(state.filterState)}} : {}),
  }
  return {
    address,
    request: {direction: 'direct', dst: local, src: internalClient, proxyProtocol: null, ...asked},
    socket,
  }
}

export const hasInternal = (endpoints: readonly EndpointShare[]): boolean =>
  endpoints.some(({address}) => isInternal(address))
