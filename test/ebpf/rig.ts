import {formatSocketAddress, type SocketAddress} from '../../src/address/socket-address.js'
import type {Actor, Listening} from '../../src/ebpf/evaluate/actor.js'
import {connectTcp} from '../../src/ebpf/evaluate/connect.js'
import {receiveDatagram, sendDatagram} from '../../src/ebpf/evaluate/datagram.js'
import {established, originalDestination} from '../../src/ebpf/evaluate/socket.js'
import type {HookState} from '../../src/ebpf/evaluate/state.js'
import {tcEgress, tcIngress} from '../../src/ebpf/evaluate/tc.js'
import type {Interception} from '../../src/ebpf/interception.js'
import type {Call, Seen} from './lab.js'

/** A network namespace of the rig. */
export interface RigPod {
  name: string
  ip: string
  app: string
  proxy: string | null
  listens: Listening[]
  tc: boolean
}

/** What is expected of a call: what its client, the proxies and the apps would see. */
export interface Prediction {
  state: HookState
  events: string[]
}

const text = (address: [string, number] | undefined | null): string =>
  address === undefined || address === null ? '-' : formatSocketAddress({ip: address[0], port: address[1]})

/** Source ports are the kernel's to choose. */
const host = (address: [string, number] | undefined): string => address?.[0] ?? '-'

/** The events of a recorded call in the words of a prediction. */
export function recordedEvents({client, seen}: Call): string[] {
  const events = seen.map((each) => {
    switch (each.ev) {
      case 'accept':
        return `${each.who} accepts on ${text(each.local)} from ${host(each.peer)} for ${text(each.orig_dst)}`
      case 'upstream':
        return `${each.who} connects from ${host(each.local)} to ${text(each.getpeername)}`
      case 'upstream-fail':
        return `${each.who} is refused`
      case 'app-accept':
        return `${each.who} accepts on ${text(each.local)} from ${host(each.peer)}`
      case 'no-orig-dst':
        return `${each.who} closes`
      default:
        return `${each.who} answers ${host(each.peer)}`
    }
  })
  const end =
    client === null
      ? []
      : [
          `client ${host(client.getsockname)} to ${text(client.getpeername)}, from ${text(client.from)}, reply ${client.reply ?? 'none'}`,
        ]
  // Both ends of a connection write their line as they come to it.
  return [...events.sort(), ...end]
}

/** Predicts calls one after the other; the ports that the kernel chose are taken from the recording. */
export class Rig {
  private next = 1
  constructor(
    private readonly hooks: Interception,
    private readonly pods: readonly RigPod[],
    private readonly pids: Map<string, number>,
  ) {}

  predict(state: HookState, call: Call, from: RigPod, cgroup: number, uid: number): Prediction {
    const target = call.client?.to ?? call.seen[0]?.orig_dst
    if (!target) throw new Error(`${call.name} names no destination`)
    const destination = {ip: target[0], port: target[1]}
    const pid = uid === this.hooks.build.sidecarUid ? 100_000 + this.next : 0
    const actor = this.actor(from, cgroup, pid, uid)
    if (call.client?.proto !== undefined && call.client.proto !== 'tcp')
      return this.datagram(state, call, actor, destination)
    return this.stream(state, call, from, actor, destination)
  }

  private actor(pod: RigPod, cgroup: number, pid: number, uid: number): Actor {
    return {cgroup, cgroupPath: null, pid, uid, podIp: pod.ip, listens: pod.listens}
  }

  private datagram(given: HookState, call: Call, actor: Actor, destination: SocketAddress): Prediction {
    const cookie = `datagram ${this.next++}`
    const {state, destination: sent} = sendDatagram(this.hooks, given, {actor, cookie, destination}, 'sendmsg')
    const {proto, reply} = call.client ?? {}
    const answered = sent?.port === this.hooks.build.dnsPort
    const question = reply?.split(':')[1] ?? ''
    const from = answered && proto === 'udps' ? receiveDatagram(this.hooks, state, cookie, sent) : null
    const peer = answered && proto === 'udpc' ? formatSocketAddress(sent) : '-'
    const events = answered ? ['proxyA answers 127.0.0.1'] : []
    const end = `client - to ${peer}, from ${from === null ? '-' : formatSocketAddress(from)}, reply ${answered ? `dns-answer-from-15053:${question}` : 'none'}`
    return {state, events: [...events, end]}
  }

  private stream(given: HookState, call: Call, from: RigPod, actor: Actor, destination: SocketAddress): Prediction {
    const events: string[] = []
    const made = this.connect(
      given,
      call.seen,
      from,
      actor,
      null,
      destination,
      (call.client?.getsockname ?? call.seen[0]?.peer)?.[1],
      events,
    )
    const client =
      call.client === null
        ? []
        : [`client ${made.local.ip} to ${formatSocketAddress(made.remote)}, from -, reply ${made.reply}`]
    return {state: made.state, events: [...events.sort(), ...client]}
  }

  /** A connection, and all that its acceptor does for it. */
  private connect(
    given: HookState,
    seen: readonly Seen[],
    from: RigPod,
    actor: Actor,
    bound: string | null,
    destination: SocketAddress,
    sport: number | undefined,
    events: string[],
  ): {state: HookState; local: SocketAddress; remote: SocketAddress; reply: string} {
    const cookie = `stream ${this.next++}`
    const called = connectTcp(this.hooks, given, {actor, cookie, destination}, 'connect4')
    const remote = called.destination ?? destination
    const source = called.bound ?? bound ?? (remote.ip.startsWith('127.') ? '127.0.0.1' : from.ip)
    const local = {ip: source, port: sport ?? 0}
    const pod = remote.ip.startsWith('127.') ? from : this.pods.find(({ip}) => ip === remote.ip)
    const arrived =
      pod === undefined || pod === from || !pod.tc
        ? {state: called.state, segment: {dst: remote}}
        : tcIngress(this.hooks, called.state, {src: local, dst: remote, syn: true}, 'tc')
    const accepting = arrived.segment.dst
    const socket = pod?.listens.find(({proto, port}) => proto === 'tcp' && port === accepting.port)
    if (pod === undefined || socket === undefined) return {state: arrived.state, local, remote, reply: 'refused'}
    const active = established(this.hooks, arrived.state, {cookie, local, remote}, 'sockops')
    const passive = established(
      this.hooks,
      active.state,
      {cookie: `${cookie} accepted`, local: accepting, remote: local},
      'sockops',
    )
    const isProxy = [this.hooks.build.outPort, this.hooks.build.inPort].includes(accepting.port)
    if (!isProxy || pod.proxy === null) {
      events.push(`${appName(pod, accepting.port)} accepts on ${formatSocketAddress(accepting)} from ${local.ip}`)
      return {state: passive.state, local, remote, reply: `${appName(pod, accepting.port)}:hello`}
    }
    const answer = originalDestination(
      passive.state,
      {local: accepting, remote: local, family: 4, room: 16},
      'getsockopt',
    )
    const named = answer.original === null ? '-' : formatSocketAddress(answer.original)
    events.push(`${pod.proxy} accepts on ${formatSocketAddress(accepting)} from ${local.ip} for ${named}`)
    if (answer.original === null) {
      events.push(`${pod.proxy} closes`)
      return {state: passive.state, local, remote, reply: ''}
    }
    const {state, reply} = this.onward(passive.state, seen, pod, accepting.port, answer.original, events)
    // The call is over: the acceptor's last packet leaves by the interface that the connection came in by.
    const closed =
      accepting === remote
        ? state
        : tcEgress(this.hooks, state, {src: accepting, dst: local, syn: false, fin: true}, 'tc').state
    return {state: closed, reply, local, remote}
  }

  private onward(
    state: HookState,
    seen: readonly Seen[],
    pod: RigPod,
    listener: number,
    original: SocketAddress,
    events: string[],
  ): {state: HookState; reply: string} {
    const {proxy} = pod
    if (proxy === null) return {state, reply: ''}
    const pid = this.pids.get(proxy)
    if (pid === undefined) throw new Error(`${proxy} has no process`)
    const inbound = listener === this.hooks.build.inPort
    const recorded = seen.find((each) => each.ev === 'upstream' && each.who === proxy && each.listener === listener)
    const actor = this.actor(pod, this.cgroups.get(proxy) ?? 0, pid, this.hooks.build.sidecarUid)
    const made = this.connect(
      state,
      seen,
      pod,
      actor,
      inbound ? '127.0.0.6' : null,
      original,
      recorded?.local?.[1],
      events,
    )
    if (made.reply === 'refused') {
      events.push(`${proxy} is refused`)
      return {state: made.state, reply: ''}
    }
    events.push(`${proxy} connects from ${made.local.ip} to ${formatSocketAddress(made.remote)}`)
    return {state: made.state, reply: made.reply}
  }

  /** The containers of the proxies. */
  readonly cgroups = new Map<string, number>()
}

/** The rig's apps are called after their port where they have more than one. */
const appName = ({app}: RigPod, port: number): string => `${app}${[8080, 9000].includes(port) ? '' : port}`
