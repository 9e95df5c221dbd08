import type {Assumption} from '../../decision/assumption.js'
import {continueBranches} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import {isObject, string} from '../parse/field.js'
import type {Listener} from '../parse/listener.js'
import type {Proxy as Envoy} from '../proxy.js'
import {isInternal} from './addresses.js'
import {type Arrival, arrive, arriveInside, type Refusal} from './arrival.js'
import {type ChainVerdict, ended} from './chain-verdict.js'
import type {DownstreamConnection} from './connection.js'
import {byHostname} from './endpoint-host.js'
import {type ChainChoice, chooseFilterChain, type FilterChain} from './filter-chain.js'
import type {InspectedSocket} from './inspect.js'
import {hasInternal, internalConnection} from './internal-listener.js'
import {internalListener} from './listener.js'
import {connectionClosed, unknownOutcome} from './local-reply.js'
import type {MappedReply} from './local-reply-config.js'
import {runNetworkFilters} from './network-filters.js'
import {forwarded, payloadOfRequest} from './payload.js'
import type {MatchRequest, Suppositions} from './request.js'
import type {EndpointShare, MatchBranch, Note, Upstream} from './result.js'
import {emptyState, type StreamState} from './stream-state.js'
import {handshake} from './tls.js'
import {chooseUpstream} from './upstream.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** One question to one proxy. */
interface Question {
  envoy: Envoy
  request: MatchRequest
  suppositions: Suppositions
  explain: boolean
  /** Internal addresses that led here, outermost first. */
  passed: readonly string[]
}

/**
 * What one Envoy does with a connection or request: entry listener, listener filters, hand-off, filter chain, TLS,
 * network filters, HTTP, and the hosts of the cluster. The probabilities of the branches sum to 1.
 * @param explain false leaves out steps, for speed.
 */
export function matchRequest(
  envoy: Envoy,
  request: MatchRequest,
  suppositions: Suppositions = {},
  explain = true,
): MatchBranch[] {
  const branches = follow({envoy, request, suppositions, explain, passed: none})
  const notes = stateNotes(envoy)
  return notes.length === 0 ? branches : branches.map((way) => ({...way, notes: [...notes, ...way.notes]}))
}

const none: readonly string[] = []

function follow(question: Question): MatchBranch[] {
  const {envoy, request, explain} = question
  return followFrom(question, arrive(envoy.dump, request, explain))
}

function followFrom(question: Question, arrival: Arrival | Refusal): MatchBranch[] {
  const {suppositions, explain} = question
  if ('verdict' in arrival) return [branchOf(arrival.listener, null, arrival.verdict, arrival)]
  const connection = connectionOf(arrival.socket)
  return continueBranches(chooseFilterChain(arrival.listener, connection, suppositions, explain), (choice) =>
    matchChain(question, arrival, connection, choice),
  )
}

/** A server that is not LIVE: one that starts accepts nothing yet, one that drains may have closed its sockets; its configuration shows neither. */
function stateNotes({state: {serverInfo}}: Envoy): Note[] {
  const state = isObject(serverInfo) ? string(serverInfo, 'state') : undefined
  return state === undefined || state === 'LIVE' ? [] : [{kind: 'server state', text: state, at: '$'}]
}

function connectionOf(socket: InspectedSocket): DownstreamConnection {
  const {peer, remote, local, originalDestination, tls, protocol, inspected, state} = socket
  const transportProtocol = inspected.transportProtocol || 'raw_buffer'
  return {
    peer,
    remote,
    local,
    originalDestination,
    tls,
    terminatesTls: false,
    inspected: {...inspected, transportProtocol},
    protocol,
    ...(state ? {state} : {}),
  }
}

/** What was decided before a verdict. */
interface Decided {
  steps: readonly Step[]
  assumptions: readonly Assumption[]
}

const joined = (first: Decided, second: Decided): Decided => ({
  steps: concat(first.steps, second.steps),
  assumptions: concat(first.assumptions, second.assumptions),
})

/** Both lists; the other one itself where one is empty, as most are in a batch. */
const concat = <T>(first: readonly T[], second: readonly T[]): readonly T[] =>
  first.length === 0 ? second : second.length === 0 ? first : [...first, ...second]

function matchChain(
  question: Question,
  arrival: Arrival,
  connection: DownstreamConnection,
  {chain, steps, assumptions}: ChainChoice,
): MatchBranch[] {
  const {listener, socket} = arrival
  const chosen = joined(arrival, {steps, assumptions})
  if (!chain) return [branchOf(listener, null, ended(connectionClosed('NR', 'filter_chain_not_found')), chosen)]
  const strayBytes = socket.pendingProxyHeader !== null
  const shaken = handshake(question.envoy.dump, chain, connection, strayBytes)
  const soFar = joined(chosen, {steps: question.explain ? shaken.steps : [], assumptions: shaken.assumptions})
  const secured = shaken.connection
  if (!secured) {
    const outcome = shaken.failure === 'waits' ? unknownOutcome : connectionClosed('-', null)
    return [branchOf(listener, chain, ended(outcome), soFar)]
  }
  const {envoy, request, suppositions, explain} = question
  // Named one by one: members that are added after a spread cost microseconds each.
  const asked = {envoy, request, suppositions, explain, connection: secured, strayBytes}
  const verdicts = runNetworkFilters(chain, asked)
  return continueBranches(verdicts, (verdict) => placed(question, arrival, chain, secured, verdict, soFar))
}

/** A verdict with the hosts that it can go to. */
function placed(
  question: Question,
  {listener, socket}: Arrival,
  chain: FilterChain,
  connection: DownstreamConnection,
  verdict: ChainVerdict,
  soFar: Decided,
): MatchBranch[] {
  const {envoy, request, explain} = question
  const {cluster, need} = verdict
  if (verdict.outcome.kind !== 'forwarded' || cluster === null || need === null)
    return [{...branchOf(listener, chain, verdict, soFar), probability: 1}]
  const record = joined(soFar, verdict)
  const state = need.state ?? connection.state ?? emptyState
  return chooseUpstream(envoy, cluster, need, connection, explain)
    .flatMap((choice) => byHostname(verdict, choice))
    .map(([sent, choice]) => {
      const isForwarded = choice.outcome.kind === 'forwarded'
      const upstream = isForwarded ? upstreamOf(request, socket, connection, sent, choice) : null
      const assumptions = untoldTunnel(request, upstream, choice)
      const branch: MatchBranch = {
        ...branchOf(listener, chain, {...sent, steps: choice.steps, assumptions}, record),
        probability: choice.probability,
        outcome: choice.outcome,
        rewritten: isForwarded ? sent.rewritten : null,
        endpoints: upstream ? followedInside(question, choice.endpoints, upstream, state) : choice.endpoints,
        upstream,
        notes: [...verdict.notes, ...choice.notes, ...internalNotes(question, choice.endpoints)],
      }
      return verdict.mapReply ? withMappedReply(branch, verdict.mapReply(choice.outcome)) : branch
    })
}

/** An answer without a host, after `local_reply_config`. */
const withMappedReply = (branch: MatchBranch, {outcome, steps, assumptions}: MappedReply): MatchBranch => ({
  ...branch,
  outcome,
  steps: [...branch.steps, ...steps],
  assumptions: [...branch.assumptions, ...assumptions],
})

/** What goes on inside this Envoy hangs on what a CONNECT carries, where that was not told. */
function untoldTunnel(
  {tunnelled}: MatchRequest,
  upstream: Upstream | null,
  {assumptions, endpoints}: UpstreamChoice,
): Assumption[] {
  if (upstream?.tunnel !== 'ends' || tunnelled || !hasInternal(endpoints)) return assumptions
  const at = endpoints[0]?.at ?? null
  return [...assumptions, {about: 'what the CONNECT carries', assumed: 'HTTP/1.1, in plaintext', at, turn: null}]
}

/** The endpoints, those inside this Envoy with what their internal listener does. */
function followedInside(
  question: Question,
  endpoints: EndpointShare[],
  upstream: Upstream,
  state: StreamState,
): EndpointShare[] {
  if (!hasInternal(endpoints)) return endpoints
  return endpoints.map((endpoint) => {
    if (!isInternal(endpoint.address) || question.passed.includes(endpoint.address)) return endpoint
    const payload = forwarded(payloadOfRequest(question.request), upstream, endpoint)
    const connection = internalConnection(endpoint, payload, state)
    const inside = {...question, request: connection.request, passed: [...question.passed, endpoint.address]}
    return {...endpoint, inner: followFrom(inside, arriveInside(question.envoy.dump, connection, question.explain))}
  })
}

const noNotes: readonly Note[] = []

/** Endpoints inside this Envoy: what of the way there is worth a word. */
function internalNotes({envoy, passed}: Question, endpoints: readonly EndpointShare[]): readonly Note[] {
  if (!hasInternal(endpoints)) return noNotes
  return endpoints.flatMap(({address, at}) => {
    if (!isInternal(address)) return []
    const listener = internalListener(envoy.dump, address)
    if (!listener)
      return {kind: 'internal listener', text: `there is none for ${address}: the connection fails (UF)`, at}
    const text = passed.includes(address)
      ? `${address} leads back to itself`
      : `goes on at internal listener ${listener.name}`
    return {kind: 'internal listener', text, at: listener.at}
  })
}

function upstreamOf(
  {protocol, tunnelled}: MatchRequest,
  {originalSource, remote}: InspectedSocket,
  {tls, terminatesTls}: DownstreamConnection,
  {upstreamRequest, tunnel}: ChainVerdict,
  choice: UpstreamChoice,
): Upstream {
  const endsTunnel = tunnel === 'ends'
  const spoken = tunnelled?.protocol ?? 'tcp'
  const upstream: Upstream = {
    protocol: endsTunnel ? spoken : upstreamRequest ? httpVersion(protocol, choice) : protocol,
    sourceAddress: originalSource && remote ? remote.ip : choice.sourceAddress,
    mark: originalSource?.mark ?? null,
    tls: terminatesTls ? null : tls,
    http: endsTunnel ? null : upstreamRequest,
  }
  return tunnel ? {...upstream, tunnel} : upstream
}

/** HTTP/1.0 goes upstream as HTTP/1.1; HTTP/3 upstream has HTTP/2's semantics. */
function httpVersion(downstream: Upstream['protocol'], {protocol}: UpstreamChoice): Upstream['protocol'] {
  if (protocol !== null) return protocol === 'http1' ? 'http1' : 'http2'
  return downstream === 'http2' ? 'http2' : 'http1'
}

/** The branch of a verdict that goes to no host. */
function branchOf(
  listener: Listener | null,
  chain: FilterChain | null,
  verdict: ChainVerdict,
  before: Decided,
): MatchBranch {
  // Named one by one: rest and spread would cost a batch a tenth of its time.
  return {
    probability: verdict.probability,
    listener: listener?.name ?? null,
    filterChain: chain && {name: chain.name, index: chain.index},
    routeConfig: verdict.routeConfig,
    virtualHost: verdict.virtualHost,
    route: verdict.route,
    virtualCluster: verdict.virtualCluster,
    cluster: verdict.cluster,
    endpoints: [],
    rewritten: verdict.rewritten,
    outcome: verdict.outcome,
    upstream: null,
    assumptions: [...before.assumptions, ...verdict.assumptions],
    notes: verdict.notes,
    steps: [...before.steps, ...verdict.steps],
  }
}
