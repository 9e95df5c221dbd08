import {formatSocketAddress, type SocketAddress} from '../address/socket-address.js'
import {boundListener, entranceAt} from '../mosn/match/listener.js'
import {matchMosn} from '../mosn/match/match.js'
import type {MosnRequest, Suppositions} from '../mosn/match/request.js'
import type {MosnBranch} from '../mosn/match/result.js'
import type {MosnDump} from '../mosn/parse/dump.js'
import type {Direction} from '../xds/match/request.js'
import type {MatchBranch} from '../xds/match/result.js'
import {visible} from './payload.js'
import type {Arrival} from './proxy.js'
import {registryFindings} from './registry.js'
import type {ProxyHop} from './trace.js'
import type {Way} from './way.js'

/** By which way a connection to `socket` enters a MOSN; null where none of its listeners holds that socket. */
export const entranceOfMosn = (dump: MosnDump, socket: SocketAddress): Direction | null => entranceAt(dump, socket)

/** Whether the socket of a MOSN takes connections to any address, as TPROXY needs. */
export const isTransparent = (dump: MosnDump, socket: SocketAddress): boolean =>
  boundListener(dump, socket)?.originalDestination === 'tproxy'

/** What a MOSN does with what arrives, in the form that an Envoy's answers have; what an RPC protocol says stays in the payload. */
export function branchesOfMosn(dump: MosnDump, arrival: Arrival, suppositions: Suppositions): MatchBranch[] {
  return matchMosn(dump, askedOf(dump, arrival), suppositions).map((branch) => {
    const {steps, assumptions} = registryFindings(dump, arrival, branch)
    return ofEnvoysForm({
      ...branch,
      steps: [...steps, ...branch.steps],
      assumptions: [...branch.assumptions.filter((each) => !isTracked(arrival, each.about)), ...assumptions],
    })
  })
}

/** A namespace with nat rules tracks its connections: SO_ORIGINAL_DST is then known to answer. */
const isTracked = ({place}: Arrival, about: string): boolean =>
  about.startsWith('SO_ORIGINAL_DST') && place.rulesets.some(({tables}) => tables.some(({name}) => name === 'nat'))

function askedOf(dump: MosnDump, arrival: Arrival): MosnRequest {
  const {socket, original, peer, payload} = arrival
  const {tls, protocol, http} = visible(payload)
  const redirected = arrival.redirected || formatSocketAddress(socket) !== formatSocketAddress(original)
  const rpc = tls === null ? (payload.rpc ?? null) : null
  return {
    direction: redirected ? (entranceAt(dump, socket) ?? 'direct') : 'direct',
    dst: redirected ? original : socket,
    acceptedAt: socket,
    src: peer,
    protocol: rpc?.protocol ?? protocol,
    tls,
    http,
    rpc: rpc && {service: rpc.service, method: rpc.method, headers: rpc.headers},
  }
}

/** RPC protocols are bytes to whom reads none of them. */
function ofEnvoysForm({upstream, ...branch}: MosnBranch): MatchBranch {
  const protocol = upstream?.protocol === 'dubbo' || upstream?.protocol === 'bolt' ? 'tcp' : upstream?.protocol
  return {
    ...branch,
    upstream:
      upstream === null || protocol === undefined
        ? null
        : {protocol, sourceAddress: null, mark: null, tls: null, http: upstream.http},
  }
}

/** Outcomes beyond a MOSN that fail its upstream request. */
const failing = new Set<Way['outcome']['kind']>(['refused', 'rejected', 'unreachable', 'dropped', 'reset'])

/**
 * The way beyond a MOSN as its client meets it: 502 where the connection to the host fails or breaks, Dubbo's own answer of it to a
 * Dubbo call; a MOSN that passes bytes closes the connection.
 */
export function throughMosn(hop: ProxyHop, answers: boolean, way: Way): Way {
  if (!failing.has(way.outcome.kind)) return {...way, hops: [hop, ...way.hops]}
  const cause = way.cause ?? way.outcome
  const by = {place: 'proxy' as const, pod: hop.pod, address: null, proxy: 'mosn' as const}
  const outcome = answers
    ? {kind: 'responded' as const, status: 502, responseFlags: 'UF', details: 'no health upstream'}
    : {kind: 'reset' as const, status: null, responseFlags: '-', details: null}
  return {...way, hops: [{...hop, outcome}, ...way.hops], outcome: {...outcome, by}, cause}
}
