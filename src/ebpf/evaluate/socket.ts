import type {SocketAddress} from '../../address/socket-address.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {type Interception, type Origin, originFlag, type Pair} from '../interception.js'
import {pairKey} from '../parse/content.js'
import {deliberation} from './deliberation.js'
import {type HookState, withEntry} from './state.js'

/** The address that Envoy connects to its own app from. */
const sidecarToApp = '127.0.0.6'

/** A socket whose connection is made: either end. */
export interface End extends Pair {
  /** Names the socket; only a connecting one can have been noted. */
  cookie: string
}

export interface Established {
  state: HookState
  /** Whether it is one of the sockets between which bytes are handed over. */
  joined: boolean
  /** USE_RECONNECT found its own pod behind the inbound port: the original destination is kept back, and the sidecar closes. */
  given: 'noted' | 'kept back' | 'nothing'
  steps: Step[]
}

/** Both ESTABLISHED callbacks of sock_ops (mb_sockops.c). */
export function established(hooks: Interception, state: HookState, end: End, program: string): Established {
  const thinking = deliberation(program)
  const origin = state.originals.get(end.cookie)
  const {outPort, inPort} = hooks.build
  if (origin === undefined) {
    const own = [outPort, inPort].includes(end.local.port)
    const joins = own || end.remote.ip === sidecarToApp
    if (!joins) {
      thinking.pass('join', 'cookie', 'noted', '(not noted)')
      thinking.pass('join', 'local port', `${outPort},${inPort}`, String(end.local.port))
      const step = thinking.decide('pass by', check('remote', `!${sidecarToApp}`, end.remote.ip, true))
      return {state, joined: false, given: 'nothing', steps: [step]}
    }
    const because = own
      ? check('local port', `${outPort},${inPort}`, String(end.local.port), true)
      : check('remote', sidecarToApp, end.remote.ip, true)
    return {state: joined(state, end), joined: true, given: 'nothing', steps: [thinking.decide('join', because)]}
  }
  const learnt = learn(state, end, origin)
  const because = check('cookie', 'noted', 'noted', true)
  if (learnt.ownPod && hooks.reconnects && end.remote.port === inPort) {
    const step = thinking.decide('keep back', check('remote', 'own pod', end.remote.ip, true))
    return {state: learnt.state, joined: false, given: 'kept back', steps: [step]}
  }
  const pairs = withEntry(learnt.state.pairs, pairKey(end), origin)
  return {
    state: joined({...learnt.state, pairs}, end),
    joined: true,
    given: 'noted',
    steps: [thinking.decide('join', because)],
  }
}

const joined = (state: HookState, end: End): HookState => ({
  ...state,
  sockets: new Set(state.sockets).add(pairKey(end)),
})

/** Which pod a sidecar's process is in: the remote one where it speaks to itself or from 127.0.0.6, else the local one. */
function learn(state: HookState, {local, remote}: End, {flags, pid}: Origin): {state: HookState; ownPod: boolean} {
  if ((flags & originFlag.known) !== 0) return {state, ownPod: false}
  const ownPod = local.ip === remote.ip || local.ip === sidecarToApp
  return {state: {...state, processes: withEntry(state.processes, pid, ownPod ? remote.ip : local.ip)}, ownPod}
}

/** Whether bytes between two sockets are handed from one to the other without the network stack (mb_redir.c). */
export const handedOver = (state: HookState, {local, remote}: Pair): boolean =>
  state.sockets.has(pairKey({local, remote})) && state.sockets.has(pairKey({local: remote, remote: local}))

/** How a socket asks for the original destination. */
export interface Question extends Pair {
  /** Of the asking socket: a Go program's listener on any address has an IPv6 socket. */
  family: 4 | 6
  /** Bytes that it has room for. */
  room: number
}

export interface Answered {
  /** Null: the programs do not answer, and what conntrack knows holds. */
  original: SocketAddress | null
  steps: Step[]
}

/** Bytes of sockaddr_in6, which an IPv6 socket must have room for. */
const bytesOfIpv6 = 28

/** getsockopt(SO_ORIGINAL_DST) (mb_get_sockopts.c). */
export function originalDestination(state: HookState, asked: Question, program: string): Answered {
  const thinking = deliberation(program)
  const key = pairKey({local: asked.remote, remote: asked.local})
  const origin = state.pairs.get(key)
  if (origin === undefined)
    return {
      original: null,
      steps: [thinking.decide('no answer', check('pair_original_dst', `!${key}`, '(absent)', true))],
    }
  thinking.pass('no answer', 'pair_original_dst', `!${key}`, key)
  if (asked.family === 6 && asked.room < bytesOfIpv6)
    return {
      original: null,
      steps: [thinking.decide('no answer', check('room', `<${bytesOfIpv6}`, String(asked.room), true))],
    }
  const {ip, port} = origin.destination
  return {
    original: origin.destination,
    steps: [thinking.decide(`answer ${ip}:${port}`, check('pair_original_dst', key, key, true))],
  }
}
