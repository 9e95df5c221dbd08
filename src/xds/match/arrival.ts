import type {SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {ConfigDump} from '../parse/config-dump.js'
import type {Listener} from '../parse/listener.js'
import {type ChainVerdict, ended} from './chain-verdict.js'
import {type InspectedSocket, type Inspection, inspect} from './inspect.js'
import type {InternalConnection} from './internal-listener.js'
import {boundListener, entryListener, handOffTarget, internalListener, listenerStep} from './listener.js'
import {connectionClosed, unknownOutcome} from './local-reply.js'
import type {MatchRequest} from './request.js'
import type {Outcome} from './result.js'

/** A connection at the listener that chooses its filter chain, with what was decided on the way. */
export interface Arrival {
  listener: Listener
  socket: InspectedSocket
  steps: readonly Step[]
  assumptions: readonly Assumption[]
}

/** The end of a connection that meets no filter chain. */
export interface Refusal extends Omit<Arrival, 'listener' | 'socket'> {
  /** Null: no listener took the connection. */
  listener: Listener | null
  verdict: ChainVerdict
}

const noListener: Outcome = {kind: 'no-listener', status: null, responseFlags: '-', details: null}

const isRefusal = (way: Arrival | Refusal): way is Refusal => 'verdict' in way

/** Takes a connection in: the listener that accepts it, its listener filters, and the hand-off to another listener. */
export function arrive(dump: ConfigDump, request: MatchRequest, explain: boolean): Arrival | Refusal {
  const entered =
    request.direction === 'direct' ? enterDirectly(dump, request, explain) : enterByRedirect(dump, request, explain)
  if (isRefusal(entered)) return entered
  const inspected = passListenerFilters(entered, explain)
  return isRefusal(inspected) ? inspected : handOff(dump, inspected, explain)
}

/** Takes in a connection from inside this Envoy. Envoy: an internal listener hands nothing off, whatever it restored. */
export function arriveInside(dump: ConfigDump, connection: InternalConnection, explain: boolean): Arrival | Refusal {
  const listener = internalListener(dump, connection.address)
  const step: Step = {
    at: listener?.at ?? '$',
    level: 'listener',
    decided: listener?.name ?? null,
    because: listener ? [check('internal address', connection.address, connection.address, true)] : [],
    passedOver: [],
  }
  const steps = explain ? [step] : []
  if (!listener) return {listener, verdict: ended(noListener), steps, assumptions: []}
  return passListenerFilters({listener, socket: connection.socket, steps, assumptions: []}, explain)
}

function enterDirectly(dump: ConfigDump, request: MatchRequest, explain: boolean): Arrival | Refusal {
  const {dst} = request
  const found = boundListener(dump, dst)
  const steps = explain ? [listenerStep(dump, 'listener', dst, found, false)] : []
  if (!found) return {listener: null, verdict: ended(noListener), steps, assumptions: []}
  return {listener: found.listener, socket: accept(request, dst, null), steps, assumptions: []}
}

function enterByRedirect(dump: ConfigDump, request: MatchRequest, explain: boolean): Arrival | Refusal {
  const {direction, dst} = request
  const listener = direction === 'direct' ? null : entryListener(dump, direction)
  const step: Step = {
    at: listener?.at ?? '$',
    level: 'listener',
    decided: listener?.name ?? null,
    because: [check('direction', direction, direction, true)],
    passedOver: [],
  }
  const steps = explain ? [step] : []
  if (!listener) return {listener, verdict: ended(noListener), steps, assumptions: []}
  return {listener, socket: accept(request, redirectedTo(listener, request), dst), steps, assumptions: []}
}

/** The address of a redirected connection's socket: under TPROXY its destination; REDIRECT in OUTPUT makes it loopback's. */
function redirectedTo({transparent, addresses}: Listener, {direction, dst}: MatchRequest): SocketAddress {
  const port = addresses[0]?.address.port
  if (transparent || port === undefined) return dst
  const loopback = dst.ip.includes(':') ? '::1' : '127.0.0.1'
  return {ip: direction === 'outbound' ? loopback : dst.ip, port}
}

const nothingInspected: InspectedSocket['inspected'] = {serverName: '', transportProtocol: '', applicationProtocols: []}

const accept = (
  {src, tls, protocol, proxyProtocol}: MatchRequest,
  local: SocketAddress,
  redirectedFrom: SocketAddress | null,
): InspectedSocket => ({
  peer: src,
  remote: src,
  local,
  redirectedFrom,
  originalDestination: null,
  pendingProxyHeader: proxyProtocol,
  tls,
  protocol,
  inspected: nothingInspected,
  originalSource: null,
})

function passListenerFilters(way: Arrival, explain: boolean): Arrival | Refusal {
  const inspection = inspect(way.listener, way.socket, explain)
  const steps = [...way.steps, ...inspection.steps]
  const assumptions = [...way.assumptions, ...inspection.assumptions]
  if (inspection.kind === 'accepted') return {listener: way.listener, socket: inspection.socket, steps, assumptions}
  return {listener: way.listener, verdict: unaccepted(way.listener, inspection), steps, assumptions}
}

function unaccepted({at}: Listener, {kind}: Inspection): ChainVerdict {
  if (kind === 'closed') return ended(connectionClosed('-', null))
  const text = 'listener filters wait for the first byte, without a time-out'
  return {...ended(unknownOutcome), notes: [{kind: 'waits', text, at}]}
}

/**
 * use_original_dst: a connection whose destination was restored goes to the listener of that address, once, and never comes
 * back. That listener's own filters run then; without such a listener the first one keeps the connection.
 */
function handOff(dump: ConfigDump, way: Arrival, explain: boolean): Arrival | Refusal {
  const destination = way.socket.originalDestination
  if (!way.listener.useOriginalDst || !destination) return way
  const target = handOffTarget(dump, destination)
  const steps = explain ? [...way.steps, listenerStep(dump, 'hand-off', destination, target, true)] : way.steps
  return target ? passListenerFilters({...way, listener: target.listener, steps}, explain) : {...way, steps}
}
