import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {type Interception, membershipFlag, type Origin, originFlag} from '../interception.js'
import type {Actor} from './actor.js'
import {leftByAnnotations} from './annotations.js'
import {type Deliberation, deliberation} from './deliberation.js'
import {belonging} from './membership.js'
import {type HookState, withEntry} from './state.js'

/** A socket about to connect. */
export interface Attempt {
  actor: Actor
  /** Names the socket; the programs note it under its cookie. */
  cookie: string
  destination: SocketAddress
}

/** What a connect hook made of it. */
export interface Connected {
  state: HookState
  /** Where the socket really connects to; null where the call fails (EPERM). */
  destination: SocketAddress | null
  /** The address that the socket was bound to before; null where the kernel chooses. */
  bound: string | null
  /** Whether the hook gave the socket another destination. */
  redirected: boolean
  /** What was noted under the socket's cookie; null where nothing was. */
  noted: Origin | null
  steps: Step[]
  assumptions: Assumption[]
}

/** What a decision needs besides its subject. */
interface Asked extends Attempt {
  hooks: Interception
  state: HookState
  thinking: Deliberation
}

type Decision = Omit<Connected, 'assumptions'>

/** connect() of a TCP socket over IPv4 (mb_connect.c, tcp_connect4). `program` is what the steps call it. */
export function connectTcp(hooks: Interception, given: HookState, attempt: Attempt, program: string): Connected {
  const thinking = deliberation(program)
  const {state, membership, how, assumptions} = belonging(hooks, given, attempt.actor)
  const asked: Asked = {...attempt, hooks, state, thinking}
  const decide = (): Decision => {
    if (!membership.inMesh)
      return left(asked, thinking.decide('leave', check('cgroup_info_map in_mesh', '0', how, true)))
    thinking.pass('leave', 'cgroup_info_map in_mesh', '0', `1, ${how}`)
    if ((membership.flags & membershipFlag.ambient) !== 0)
      return ambient(asked, membership.ip, (membership.flags & membershipFlag.ztunnel) !== 0)
    return attempt.actor.uid === hooks.build.sidecarUid ? ofSidecar(asked, membership.ip) : ofApp(asked, membership.ip)
  }
  return {...decide(), assumptions}
}

const left = ({state, destination}: Asked, step: Step): Decision => ({
  state,
  destination,
  bound: null,
  redirected: false,
  noted: null,
  steps: [step],
})

const note = (state: HookState, cookie: string, origin: Origin): HookState => ({
  ...state,
  originals: withEntry(state.originals, cookie, origin),
})

/** An app: everything but loopback goes to the sidecar. The destination is noted before any exclusion is looked at. */
function ofApp(asked: Asked, podIp: string | null): Decision {
  const {hooks, destination, cookie, thinking, actor} = asked
  const {outPort, sidecarUid} = hooks.build
  thinking.pass('as the sidecar', 'uid', String(sidecarUid), String(actor.uid))
  if (destination.ip.startsWith('127.'))
    return left(asked, thinking.decide('leave', check('dst', '127.0.0.0/8', destination.ip, true)))
  thinking.pass('leave', 'dst', '127.0.0.0/8', destination.ip)
  const noted: Origin = {destination, pid: 0, flags: originFlag.known}
  const state = note(asked.state, cookie, noted)
  const pod = podIp === null ? undefined : hooks.content.pods?.get(podIp)
  const excluded = pod === undefined ? null : leftByAnnotations(pod, 'outbound', destination, thinking)
  if (excluded !== null) return {...left(asked, thinking.decide('leave', excluded)), state, noted}
  if (podIp === null) return toStandIn(asked, state, noted)
  const to = {ip: '127.0.0.1', port: outPort}
  const step = thinking.decide(
    `redirect to ${formatSocketAddress(to)}`,
    check('uid', `!${sidecarUid}`, String(actor.uid), true),
    check('pod ip', 'known', podIp, true),
  )
  return {state, destination: to, bound: podIp, redirected: true, noted, steps: [step]}
}

/** Without the pod's address every connection has a stand-in of its own, so that the sidecar can tell them apart; no annotation is asked. */
function toStandIn({hooks, actor, thinking}: Asked, state: HookState, noted: Origin): Decision {
  const {outPort, sidecarUid} = hooks.build
  const count = state.standIn
  const ip = count === null ? '127.128.0.1' : `127.128.${(count >> 8) & 255}.${count & 255}`
  const step = thinking.decide(
    `redirect to ${count === null ? `127.128.x.y:${outPort}` : `${ip}:${outPort}`}`,
    check('uid', `!${sidecarUid}`, String(actor.uid), true),
    check('pod ip', '(not known)', '(not known)', true),
  )
  return {
    state: {...state, standIn: count === null ? null : count + 1},
    destination: {ip, port: outPort},
    bound: null,
    redirected: true,
    noted,
    steps: [step],
  }
}

/** The sidecar: to pods of this node it connects to their sidecar directly. */
function ofSidecar(asked: Asked, podIp: string | null): Decision {
  const {hooks, destination, thinking, actor} = asked
  const target = hooks.content.pods?.get(destination.ip)
  if (target === undefined)
    return left(asked, thinking.decide('leave', check('local_pod_ips', `!${destination.ip}`, '(absent)', true)))
  thinking.pass('leave', 'local_pod_ips', `!${destination.ip}`, destination.ip)
  if (podIp === null) return ofUnknownSidecar(asked)
  const noted: Origin = {destination, pid: 0, flags: originFlag.known}
  if (podIp === destination.ip)
    return notedAs(
      asked,
      noted,
      destination,
      thinking.decide('leave', check('dst', `own pod ${podIp}`, destination.ip, true)),
    )
  thinking.pass('leave', 'dst', `own pod ${podIp}`, destination.ip)
  const excluded = leftByAnnotations(target, 'inbound', destination, thinking)
  if (excluded !== null) return left(asked, thinking.decide('leave', excluded))
  return towardsInbound(asked, noted, check('uid', String(hooks.build.sidecarUid), String(actor.uid), true))
}

/** The sidecar's pod is told by its process, once a connection has shown it; exclusions are not asked. */
function ofUnknownSidecar(asked: Asked): Decision {
  const {hooks, state, destination, thinking, actor} = asked
  const own = actor.pid === null ? undefined : state.processes.get(actor.pid)
  if (own !== undefined) {
    const noted: Origin = {destination, pid: 0, flags: originFlag.known}
    if (own === destination.ip)
      return notedAs(
        asked,
        noted,
        destination,
        thinking.decide('leave', check('process_ip', destination.ip, own, true)),
      )
    return towardsInbound(asked, noted, check('process_ip', `!${destination.ip}`, own, true))
  }
  const noted: Origin = {destination, pid: actor.pid ?? 0, flags: 0}
  const unlearnt = check('process_ip', '(not learnt)', '(not learnt)', true)
  if (hooks.reconnects)
    return towardsInbound(asked, noted, unlearnt, check('USE_RECONNECT', 'built in', 'built in', true))
  return notedAs(asked, noted, destination, thinking.decide('leave', unlearnt))
}

/** Noted with BPF_NOEXIST: a cookie that is known already makes the call fail. */
function notedAs({state, cookie}: Asked, noted: Origin, destination: SocketAddress, step: Step): Decision {
  if (state.originals.has(cookie))
    return {
      state,
      destination: null,
      bound: null,
      redirected: false,
      noted: null,
      steps: [{...step, decided: 'refuse'}],
    }
  return {
    state: note(state, cookie, noted),
    destination,
    bound: null,
    redirected: destination !== noted.destination,
    noted,
    steps: [step],
  }
}

function towardsInbound(asked: Asked, noted: Origin, ...because: Step['because']): Decision {
  const to = {ip: asked.destination.ip, port: asked.hooks.build.inPort}
  return notedAs(asked, noted, to, asked.thinking.decide(`redirect to ${formatSocketAddress(to)}`, ...because))
}

/** Ambient: everything goes to the node's ztunnel, which is told what was asked for; the ztunnel itself is noted alone. */
function ambient(asked: Asked, podIp: string | null, isZtunnel: boolean): Decision {
  const {hooks, state, destination, cookie, thinking} = asked
  const noted: Origin = {destination, pid: 0, flags: originFlag.known}
  const {ztunnel} = hooks.content
  if (ztunnel === null)
    return {
      ...left(asked, thinking.decide('refuse', check('settings ztunnel', '(absent)', '(absent)', true))),
      destination: null,
    }
  if (isZtunnel)
    return {
      ...left(asked, thinking.decide('leave', check('flags', 'ztunnel', 'ztunnel', true))),
      state: note(state, cookie, noted),
      noted,
    }
  const to = {ip: ztunnel, port: hooks.build.outPort}
  const step = thinking.decide(`redirect to ${formatSocketAddress(to)}`, check('flags', 'ambient', 'ambient', true))
  return {state: note(state, cookie, noted), destination: to, bound: podIp, redirected: true, noted, steps: [step]}
}
