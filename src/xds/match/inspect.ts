import type {SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {type Check, check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {type JsonObject, number, object, objects} from '../parse/field.js'
import type {Listener, ListenerFilter} from '../parse/listener.js'
import {listenerFilters} from './listener-filters.js'
import type {ClientTls, Protocol} from './request.js'
import type {StreamState} from './stream-state.js'

/** An accepted socket while listener filters look at it. */
export interface InspectedSocket {
  peer: SocketAddress | null
  remote: SocketAddress | null
  local: SocketAddress
  /** What SO_ORIGINAL_DST answers: where the connection was to go before it was redirected; null where it was not. */
  redirectedFrom: SocketAddress | null
  /** Set where a listener filter restored a destination that differs from the socket's own. */
  originalDestination: SocketAddress | null
  /** PROXY protocol bytes that stand before the client's own. */
  pendingProxyHeader: {src: SocketAddress; dst: SocketAddress} | null
  tls: ClientTls | null
  protocol: Protocol
  inspected: {serverName: string; transportProtocol: string; applicationProtocols: string[]}
  /** Set by original_src: the upstream socket takes the downstream's address, and this packet mark. */
  originalSource: {mark: number | null} | null
  /** What came with a connection inside this Envoy. */
  state?: StreamState
}

/** What one listener filter does with a socket. */
export type FilterEffect =
  | {kind: 'goes on'; socket: InspectedSocket; because: Check[]; assumption?: Assumption}
  /** No byte has come that it could look at. */
  | {kind: 'waits'; because: Check[]}
  | {kind: 'closes'; because: Check[]}

/** How the listener filters of one listener end. */
export type Inspection = {steps: Step[]; assumptions: Assumption[]} & (
  | {kind: 'accepted'; socket: InspectedSocket}
  /** Closed by a filter, or when the time-out ran out. */
  | {kind: 'closed'}
  /** Without a time-out, Envoy waits for the client's first byte for ever. */
  | {kind: 'waits'}
)

/** Runs a listener's filters in their order on an accepted socket. */
export function inspect(listener: Listener, accepted: InspectedSocket, explain: boolean): Inspection {
  const steps: Step[] = []
  const assumptions: Assumption[] = []
  let socket = accepted
  for (const filter of listener.filters) {
    const effect = effectOf(filter, socket)
    if (explain) steps.push(stepOf(filter, effect))
    if (effect.kind === 'closes') return {kind: 'closed', steps, assumptions}
    if (effect.kind === 'waits') return timedOut(listener, socket, steps, assumptions)
    socket = effect.socket
    if (effect.assumption) assumptions.push(effect.assumption)
  }
  return {kind: 'accepted', socket, steps, assumptions}
}

function effectOf(filter: ListenerFilter, socket: InspectedSocket): FilterEffect {
  if (filter.disabled && isDisabled(filter.disabled, socket.local.port)) {
    const because = [check('filter_disabled', 'this port', String(socket.local.port), true)]
    return {kind: 'goes on', socket, because}
  }
  const run = listenerFilters[filter.type]
  return run ? run(socket, filter) : unmodelled(socket, filter)
}

const unmodelled = (socket: InspectedSocket, {name, type, at}: ListenerFilter): FilterEffect => ({
  kind: 'goes on',
  socket,
  because: [],
  assumption: {
    about: `listener filter ${name} (${type || 'not known'})`,
    assumed: 'lets connections pass',
    at,
    turn: null,
  },
})

/** `ListenerFilterChainMatchPredicate`, by the port that the socket has when its turn comes. */
function isDisabled(predicate: JsonObject, port: number): boolean {
  const any = object(predicate, 'or_match')
  if (any) return objects(any, 'rules').some((rule) => isDisabled(rule, port))
  const all = object(predicate, 'and_match')
  if (all) return objects(all, 'rules').every((rule) => isDisabled(rule, port))
  const inner = object(predicate, 'not_match')
  if (inner) return !isDisabled(inner, port)
  const range = object(predicate, 'destination_port_range')
  if (range) return port >= (number(range, 'start') ?? 0) && port < (number(range, 'end') ?? 0)
  return predicate['any_match'] === true || predicate['anyMatch'] === true
}

const stepOf = ({name, at}: ListenerFilter, {because, kind}: FilterEffect): Step => ({
  at,
  level: 'listener filter',
  decided: kind === 'goes on' ? name : `${name} ${kind}`,
  because,
  passedOver: [],
})

function timedOut(
  {filtersTimeout, continueOnTimeout, at}: Listener,
  socket: InspectedSocket,
  steps: Step[],
  assumptions: Assumption[],
): Inspection {
  if (filtersTimeout === 0) return {kind: 'waits', steps, assumptions}
  steps.push({
    at,
    level: 'listener filters timeout',
    decided: continueOnTimeout ? 'goes on' : 'closes',
    because: [
      check('listener_filters_timeout', `${filtersTimeout / 1000}s`, 'no byte', true),
      check('continue_on_listener_filters_timeout', String(continueOnTimeout), String(continueOnTimeout), true),
    ],
    passedOver: [],
  })
  return continueOnTimeout ? {kind: 'accepted', socket, steps, assumptions} : {kind: 'closed', steps, assumptions}
}
