import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {type Interception, type Origin, originFlag} from '../interception.js'
import {pairKey} from '../parse/content.js'
import {leftByAnnotations} from './annotations.js'
import {deliberation} from './deliberation.js'
import {type HookState, withEntry} from './state.js'

/** A TCP packet on a pod's interface. */
export interface Segment {
  src: SocketAddress
  dst: SocketAddress
  /** The first packet of a connection. */
  syn: boolean
  /** FIN and ACK. */
  fin?: boolean
}

export interface Rewritten {
  state: HookState
  /** Ports after the program. */
  segment: Segment
  redirected: boolean
  steps: Step[]
}

const noted = (state: HookState, src: SocketAddress, dst: SocketAddress): Origin | undefined =>
  state.pairs.get(pairKey({local: src, remote: dst}))

/** tc ingress of the pod's interface (mb_tc.c): who comes from outside is sent to the sidecar's inbound port. */
export function tcIngress(hooks: Interception, state: HookState, segment: Segment, program: string): Rewritten {
  const thinking = deliberation(program)
  const {inPort} = hooks.build
  const {src, dst, syn} = segment
  const inward = {ip: dst.ip, port: inPort}
  const pass = (...because: Step['because']): Rewritten => ({
    state,
    segment,
    redirected: false,
    steps: [thinking.decide('leave', ...because)],
  })
  const redirect = (next: HookState, ...because: Step['because']): Rewritten => ({
    state: next,
    segment: {...segment, dst: inward},
    redirected: true,
    steps: [thinking.decide(`redirect to ${formatSocketAddress(inward)}`, ...because)],
  })
  if (dst.port === inPort) return pass(check('dport', String(inPort), String(dst.port), true))
  if (!syn) {
    const known = noted(state, src, inward)
    return known === undefined
      ? pass(check('pair_original_dst', '(absent)', '(absent)', true))
      : redirect(state, check('pair_original_dst', 'noted', 'noted', true))
  }
  const pod = hooks.content.pods?.get(dst.ip)
  if (pod === undefined) return pass(check('local_pod_ips', `!${dst.ip}`, '(absent)', true))
  thinking.pass('leave', 'local_pod_ips', `!${dst.ip}`, dst.ip)
  if (dst.port === pod.statusPort) return pass(check('status_port', String(pod.statusPort), String(dst.port), true))
  thinking.pass('leave', 'status_port', String(pod.statusPort), String(dst.port))
  const excluded = leftByAnnotations(pod, 'inbound', dst, thinking)
  if (excluded !== null) return pass(excluded)
  const origin: Origin = {destination: dst, pid: 0, flags: originFlag.tc}
  const pairs = withEntry(state.pairs, pairKey({local: src, remote: inward}), origin)
  return redirect({...state, pairs}, check('dport', `!${inPort}`, String(dst.port), true))
}

/** tc egress: answers of the inbound port get the port that was asked for back; the note goes with the last packet. */
export function tcEgress(hooks: Interception, state: HookState, segment: Segment, program: string): Rewritten {
  const thinking = deliberation(program)
  const {inPort} = hooks.build
  const {src, dst} = segment
  const origin = src.port === inPort ? noted(state, dst, src) : undefined
  if (origin === undefined)
    return {
      state,
      segment,
      redirected: false,
      steps: [thinking.decide('leave', check('pair_original_dst', '(absent)', '(absent)', true))],
    }
  const restored = {...segment, src: {ip: src.ip, port: origin.destination.port}}
  const step = thinking.decide(
    `from ${formatSocketAddress(restored.src)}`,
    check('pair_original_dst', 'noted', 'noted', true),
  )
  if (segment.fin !== true) return {state, segment: restored, redirected: true, steps: [step]}
  const pairs = new Map(state.pairs)
  pairs.delete(pairKey({local: dst, remote: src}))
  return {state: {...state, pairs}, segment: restored, redirected: true, steps: [step]}
}
