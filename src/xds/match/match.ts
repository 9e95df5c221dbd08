import type {SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import {continueBranches} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {Listener} from '../parse/listener.js'
import type {Proxy as Envoy} from '../proxy.js'
import {type ChainVerdict, ended} from './chain-verdict.js'
import type {DownstreamConnection} from './connection.js'
import {type ChainChoice, chooseFilterChain, type FilterChain} from './filter-chain.js'
import {type InspectedSocket, type Inspection, inspect} from './inspect.js'
import {boundListener, entryListener, handOffTarget, listenerStep} from './listener.js'
import {connectionClosed, unknownOutcome} from './local-reply.js'
import {runNetworkFilters} from './network-filters.js'
import type {MatchRequest, Suppositions} from './request.js'
import type {MatchBranch, Outcome, Upstream} from './result.js'
import {handshake} from './tls.js'
import {chooseUpstream} from './upstream.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** One question to one proxy. */
interface Question {
  envoy: Envoy
  request: MatchRequest
  suppositions: Suppositions
  explain: boolean
}

/** Where a connection stands on its way in: at a listener, with what was decided so far. */
interface Way {
  listener: Listener
  socket: InspectedSocket
  steps: Step[]
  assumptions: Assumption[]
}

/**
 * What one Envoy does with a connection or request: entry listener, listener filters, hand-off, filter chain, TLS,
 * network filters, HTTP, and the hosts of the cluster. The probabilities of the branches sum to 1.
 * @param explain false leaves out the record of candidates that were passed over, for speed.
 */
export function matchRequest(
  envoy: Envoy,
  request: MatchRequest,
  suppositions: Suppositions,
  explain = true,
): MatchBranch[] {
  const question: Question = {envoy, request, suppositions, explain}
  const entered = enter(question)
  if (!('listener' in entered)) return [branch(null, null, ended(noListener), [entered], [])]
  const inspected = passListenerFilters(entered)
  if ('branches' in inspected) return inspected.branches
  const handed = handOff(question, inspected)
  return 'branches' in handed ? handed.branches : matchChains(question, handed)
}

const noListener: Outcome = {kind: 'no-listener', status: null, responseFlags: '-', details: null}

/** The listener that accepts the connection, or the step that says why none does. */
function enter({envoy: {dump}, request}: Question): Way | Step {
  const {direction, dst} = request
  if (direction === 'direct') {
    const found = boundListener(dump, dst)
    const step = listenerStep(dump, 'listener', dst, found, false)
    return found ? {listener: found.listener, socket: accept(request, dst, null), steps: [step], assumptions: []} : step
  }
  const listener = entryListener(dump, direction)
  const because = [check('direction', direction, direction, true)]
  if (!listener) return {at: '$', level: 'listener', decided: null, because, passedOver: []}
  const socket = accept(request, redirectedTo(listener, request), dst)
  const step = {at: listener.at, level: 'listener', decided: listener.name, because, passedOver: []}
  return {listener, socket, steps: [step], assumptions: []}
}

/** The address of a redirected connection's socket: under TPROXY its destination; REDIRECT in OUTPUT makes it loopback's. */
function redirectedTo({transparent, addresses}: Listener, {direction, dst}: MatchRequest): SocketAddress {
  const port = addresses[0]?.address.port
  if (transparent || port === undefined) return dst
  const loopback = dst.ip.includes(':') ? '::1' : '127.0.0.1'
  return {ip: direction === 'outbound' ? loopback : dst.ip, port}
}

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
  inspected: {serverName: '', transportProtocol: '', applicationProtocols: []},
  originalSource: null,
})

function passListenerFilters(way: Way): Way | {branches: MatchBranch[]} {
  const inspection = inspect(way.listener, way.socket)
  const steps = [...way.steps, ...inspection.steps]
  const assumptions = [...way.assumptions, ...inspection.assumptions]
  if (inspection.kind === 'accepted') return {...way, socket: inspection.socket, steps, assumptions}
  return {branches: [branch(way.listener, null, unaccepted(way.listener, inspection), steps, assumptions)]}
}

function unaccepted({at}: Listener, {kind}: Inspection): ChainVerdict {
  if (kind === 'closed') return ended(connectionClosed('-', null))
  return {
    ...ended(unknownOutcome),
    notes: [{kind: 'waits', text: 'listener filters wait for the first byte, without a time-out', at}],
  }
}

/**
 * use_original_dst: a connection whose destination was restored goes to the listener of that address, once, and never comes
 * back. That listener's own filters run then; without such a listener the first one keeps the connection.
 */
function handOff({envoy: {dump}}: Question, way: Way): Way | {branches: MatchBranch[]} {
  const destination = way.socket.originalDestination
  if (!way.listener.useOriginalDst || !destination) return way
  const target = handOffTarget(dump, destination)
  const step = listenerStep(dump, 'hand-off', destination, target, true)
  const steps = [...way.steps, step]
  return target ? passListenerFilters({...way, listener: target.listener, steps}) : {...way, steps}
}

function matchChains(question: Question, way: Way): MatchBranch[] {
  const {suppositions, explain} = question
  const connection = connectionOf(way.socket)
  return continueBranches(chooseFilterChain(way.listener, connection, suppositions, explain), (choice) =>
    matchChain(question, way, connection, choice),
  )
}

function connectionOf({
  peer,
  remote,
  local,
  originalDestination,
  tls,
  protocol,
  inspected,
}: InspectedSocket): DownstreamConnection {
  return {
    peer,
    remote,
    local,
    originalDestination,
    tls,
    terminatesTls: false,
    inspected: {...inspected, transportProtocol: inspected.transportProtocol || 'raw_buffer'},
    protocol,
  }
}

function matchChain(
  question: Question,
  {listener, socket, steps, assumptions}: Way,
  connection: DownstreamConnection,
  {chain, step, assumptions: ofChoice}: ChainChoice,
): MatchBranch[] {
  const soFar = {steps: [...steps, step], assumptions: [...assumptions, ...ofChoice]}
  const close = (outcome: Outcome, taken: FilterChain | null, more: readonly Step[]) =>
    branch(listener, taken, ended(outcome), [...soFar.steps, ...more], soFar.assumptions)
  if (!chain) return [close(connectionClosed('NR', 'filter_chain_not_found'), null, [])]
  const strayBytes = socket.pendingProxyHeader !== null
  const shaken = handshake(question.envoy.dump, chain, connection, strayBytes)
  const tlsSteps = shaken.step ? [shaken.step] : []
  if (!shaken.connection) {
    const outcome = shaken.failure === 'waits' ? unknownOutcome : connectionClosed('-', null)
    return [close(outcome, chain, tlsSteps)]
  }
  const secured = shaken.connection
  const verdicts = runNetworkFilters(chain, {
    ...question,
    connection: secured,
    strayBytes,
  })
  return continueBranches(verdicts, (verdict) =>
    chooseHosts(question, socket, secured, verdict).map((way) =>
      branch(
        listener,
        chain,
        way,
        [...soFar.steps, ...tlsSteps, ...way.steps],
        [...soFar.assumptions, ...shaken.assumptions, ...way.assumptions],
      ),
    ),
  )
}

/** A verdict with the hosts it can go to. */
type Placed = ChainVerdict & Partial<Pick<MatchBranch, 'endpoints' | 'upstream'>>

function chooseHosts(
  {envoy, request, explain}: Question,
  socket: InspectedSocket,
  connection: DownstreamConnection,
  verdict: ChainVerdict,
): Placed[] {
  const {cluster, need} = verdict
  if (verdict.outcome.kind !== 'forwarded' || cluster === null || need === null) return [{...verdict, probability: 1}]
  return chooseUpstream(envoy, cluster, need, connection, explain).map((choice) => {
    const isForwarded = choice.outcome.kind === 'forwarded'
    return {
      ...verdict,
      probability: choice.probability,
      outcome: choice.outcome,
      rewritten: isForwarded ? verdict.rewritten : null,
      endpoints: choice.endpoints,
      upstream: isForwarded ? upstreamOf(request, socket, connection, verdict, choice) : null,
      assumptions: [...verdict.assumptions, ...choice.assumptions],
      notes: [...verdict.notes, ...choice.notes],
      steps: [...verdict.steps, ...choice.steps],
    }
  })
}

function upstreamOf(
  {protocol}: MatchRequest,
  {originalSource, remote}: InspectedSocket,
  {tls, terminatesTls}: DownstreamConnection,
  {upstreamRequest}: ChainVerdict,
  choice: UpstreamChoice,
): Upstream {
  return {
    protocol: upstreamRequest ? httpVersion(protocol, choice) : protocol,
    sourceAddress: originalSource && remote ? remote.ip : choice.sourceAddress,
    mark: originalSource?.mark ?? null,
    tls: terminatesTls ? null : tls,
    http: upstreamRequest,
  }
}

/** HTTP/1.0 goes upstream as HTTP/1.1; HTTP/3 upstream has HTTP/2's semantics. */
function httpVersion(downstream: Upstream['protocol'], {protocol}: UpstreamChoice): Upstream['protocol'] {
  if (protocol !== null) return protocol === 'http1' ? 'http1' : 'http2'
  return downstream === 'http1.0' ? 'http1' : downstream
}

function branch(
  listener: Listener | null,
  chain: FilterChain | null,
  {need: _, upstreamRequest: __, ...verdict}: Placed,
  steps: Step[],
  assumptions: Assumption[],
): MatchBranch {
  return {
    ...verdict,
    listener: listener?.name ?? null,
    filterChain: chain && {name: chain.name, index: chain.index},
    endpoints: verdict.endpoints ?? [],
    upstream: verdict.upstream ?? null,
    assumptions,
    steps,
  }
}
