import {formatSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import {check} from '../../decision/check.js'
import {type Interception, membershipFlag} from '../interception.js'
import {listenerOn} from './actor.js'
import type {Attempt, Connected} from './connect.js'
import {deliberation} from './deliberation.js'
import {belonging} from './membership.js'
import {type HookState, withEntry} from './state.js'

const dns = 53

/** connect() and sendto() of a UDP socket over IPv4 (mb_connect.c udp_connect4, mb_sendmsg.c): questions to a name server go to the sidecar. */
export function sendDatagram(hooks: Interception, given: HookState, attempt: Attempt, program: string): Connected {
  const {actor, destination, cookie} = attempt
  const {sidecarUid, dnsPort} = hooks.build
  const thinking = deliberation(program)
  const left = (state: HookState, ...because: Parameters<typeof thinking.decide>[1][]): Connected => ({
    state,
    destination,
    bound: null,
    redirected: false,
    noted: null,
    steps: [thinking.decide('leave', ...because)],
    assumptions: [],
  })
  if (destination.port !== dns) return left(given, check('dport', `!${dns}`, String(destination.port), true))
  const {state: known, membership, how, assumptions} = belonging(hooks, given, actor)
  if (!membership.inMesh) return {...left(known, check('cgroup_info_map in_mesh', '0', how, true)), assumptions}
  thinking.pass('leave', 'cgroup_info_map in_mesh', '0', `1, ${how}`)
  const captures =
    (membership.detected & membershipFlag.dns) === 0
      ? dnsPort !== 0 && listenerOn(actor.listens ?? [], 'udp', '127.0.0.1', dnsPort) !== null
      : (membership.flags & membershipFlag.dns) !== 0
  const detected = membership.detected | membershipFlag.dns
  const flags = captures ? membership.flags | membershipFlag.dns : membership.flags
  const state: HookState =
    actor.cgroup === null
      ? known
      : {...known, memberships: withEntry(known.memberships, actor.cgroup, {...membership, detected, flags})}
  if (!captures) return {...left(state, check('UDP listener', `!127.0.0.1:${dnsPort}`, '(none)', true)), assumptions}
  if (actor.uid === sidecarUid)
    return {...left(state, check('uid', String(sidecarUid), String(actor.uid), true)), assumptions}
  const to = {ip: '127.0.0.1', port: dnsPort}
  const noted = {destination, pid: 0, flags: 0}
  const step = thinking.decide(
    `redirect to ${formatSocketAddress(to)}`,
    check('dport', String(dns), String(destination.port), true),
    check('uid', `!${sidecarUid}`, String(actor.uid), true),
  )
  return {
    state: {...state, originals: withEntry(state.originals, cookie, noted)},
    destination: to,
    bound: null,
    redirected: true,
    noted,
    steps: [step],
    assumptions,
  }
}

/** recvfrom() of a UDP socket: who answers, as the app sees it (mb_recvmsg.c). */
export function receiveDatagram(
  hooks: Interception,
  state: HookState,
  cookie: string,
  from: SocketAddress,
): SocketAddress {
  const noted = state.originals.get(cookie)
  return noted !== undefined && from.port === hooks.build.dnsPort ? noted.destination : from
}
