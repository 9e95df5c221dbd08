import {formatSocketAddress, type SocketAddress} from '../address/socket-address.js'
import type {Assumption} from '../decision/assumption.js'
import {check} from '../decision/check.js'
import type {Step} from '../decision/step.js'
import type {Actor} from '../ebpf/evaluate/actor.js'
import {connectTcp} from '../ebpf/evaluate/connect.js'
import {effectiveProgram, programName} from '../ebpf/evaluate/programs.js'
import {established, handedOver, originalDestination} from '../ebpf/evaluate/socket.js'
import {capturedState, type HookState} from '../ebpf/evaluate/state.js'
import {tcIngress} from '../ebpf/evaluate/tc.js'
import type {Pair} from '../ebpf/interception.js'
import type {ProgramRole} from '../ebpf/program.js'
import type {Packet} from '../netfilter/packet.js'
import type {Departure} from './journey.js'
import type {Place} from './place.js'
import type {PlaceHooks} from './place-hooks.js'

/** What each kernel's programs have noted on the way so far. */
export type Notes = ReadonlyMap<string, HookState>

/** What programs did in one passage through a namespace. */
export interface Hooked {
  /** Names of the programs that decided, in order. */
  programs: string[]
  /** Where a program sent the connection; null where none did. */
  redirectedTo: string | null
  /** The destination that a program answers for SO_ORIGINAL_DST; null where none answers. */
  original: string | null
  /** Whether bytes go from socket to socket past the network stack; null before the connection has both its ends. */
  handedOver: boolean | null
  steps: Step[]
}

export const notHooked: Hooked = {programs: [], redirectedTo: null, original: null, handedOver: null, steps: []}

const stateOf = (notes: Notes, hooks: PlaceHooks): HookState => notes.get(hooks.kernel) ?? capturedState(hooks.hooks)

const withState = (notes: Notes, {kernel}: PlaceHooks, state: HookState): Notes => new Map(notes).set(kernel, state)

/** A connection attempt after the connect hook. */
export interface Called {
  /** Null: the call fails. */
  departure: Departure | null
  hooked: Hooked
  assumptions: Assumption[]
}

/** Where a process's connect() really leads. Without programs that run for it: where it said. */
export function throughConnectHook(departure: Departure): Called {
  const {place, destination} = departure
  const untouched: Called = {departure, hooked: notHooked, assumptions: []}
  if (place.hooks === null) return untouched
  const {hooks} = place
  const actor = actorOf(departure, hooks)
  const role: ProgramRole = destination.ip.includes(':') ? 'connect6' : 'connect4'
  const found = effectiveProgram(hooks.hooks, role, actor.cgroupPath)
  const strangers = strangersAt(hooks, role)
  if (found === null) return {...untouched, assumptions: strangers}
  const name = programName(found.program)
  if (role === 'connect6') return {...untouched, assumptions: [...strangers, unevaluated(name)]}
  const attempt = {actor, cookie: cookieOf(departure), destination}
  const made = connectTcp(hooks.hooks, stateOf(departure.notes, hooks), attempt, name)
  const redirectedTo = made.redirected && made.destination !== null ? formatSocketAddress(made.destination) : null
  const notes = withState(departure.notes, hooks, made.state)
  return {
    departure:
      made.destination === null
        ? null
        : {...departure, destination: made.destination, source: made.bound ?? departure.source, notes},
    hooked: {...notHooked, programs: [name], redirectedTo, steps: made.steps},
    assumptions: [...strangers, ...made.assumptions, ...whichProcess(departure, hooks)],
  }
}

const unevaluated = (program: string): Assumption => ({
  about: `what ${program} does with IPv6 connections`,
  assumed: 'it leaves them alone: it is not evaluated',
  at: null,
  turn: null,
})

/** Programs of another maker at the same point: a service load balancer, for one. */
const strangersAt = ({hooks}: PlaceHooks, point: 'connect4' | 'connect6'): Assumption[] =>
  hooks.programs
    .filter(({role, attachments}) => role === null && attachments.some((each) => each.point === point))
    .map((program) => ({
      about: `what ${programName(program)} on ${point} does`,
      assumed: 'it leaves the connection alone: no program of this shape is known',
      at: null,
      turn: null,
    }))

const cookieOf = ({from, place, passed}: Departure): string => `${from} of ${place.name} ${passed.length}`

function actorOf({from, place, uid}: Departure, hooks: PlaceHooks): Actor {
  const cgroup = from === 'proxy' ? hooks.proxy : hooks.app
  const {listeners} = place.environment
  return {
    cgroup: cgroup?.id ?? null,
    cgroupPath: cgroup?.path ?? null,
    pid: from === 'proxy' ? hooks.proxyPid : null,
    uid: uid ?? 0,
    podIp: place.facts?.ip ?? null,
    listens: listeners ?? null,
  }
}

/** Processes are known by their numbers, which a capture of the pod does not have. */
function whichProcess({from, place}: Departure, {proxyPid, hooks, proxy}: PlaceHooks): Assumption[] {
  const known = proxy === null ? undefined : hooks.content.memberships?.get(proxy.id)
  const asked = from === 'proxy' && (known === undefined || (known.inMesh && known.ip === null))
  if (!asked || proxyPid < 0) return []
  const about = `which process is the proxy of ${place.name}`
  return [{about, assumed: `${proxyPid}, which process_ip has with its address`, at: null, turn: null}]
}

/** A packet that came over the wire, after tc on the pod's interface. */
export interface Entered {
  packet: Packet
  notes: Notes
  hooked: Hooked
  assumptions: Assumption[]
}

export function throughTc(place: Place, packet: Packet, notes: Notes): Entered {
  const untouched: Entered = {packet, notes, hooked: notHooked, assumptions: []}
  if (place.hooks === null || packet.proto !== 'tcp' || packet.dst.includes(':')) return untouched
  const {hooks, sawInterfaces} = place.hooks
  const program = hooks.programs.find(({role, attachments}) => role === 'tc-ingress' && attachments.length > 0)
  if (program === undefined) {
    const loaded = hooks.programs.find(({role}) => role === 'tc-ingress')
    if (loaded === undefined || sawInterfaces) return untouched
    const about = `whether ${programName(loaded)} is attached to the interface of ${place.name}`
    return {
      ...untouched,
      assumptions: [{about, assumed: 'it is not: its interfaces were not captured', at: null, turn: null}],
    }
  }
  const name = programName(program)
  const segment = {
    src: {ip: packet.src, port: packet.sport ?? 0},
    dst: {ip: packet.dst, port: packet.dport ?? 0},
    syn: true,
  }
  const made = tcIngress(hooks, stateOf(notes, place.hooks), segment, name)
  const redirectedTo = made.redirected ? formatSocketAddress(made.segment.dst) : null
  return {
    packet: {...packet, dport: made.segment.dst.port},
    notes: withState(notes, place.hooks, made.state),
    hooked: {...notHooked, programs: [name], redirectedTo, steps: made.steps},
    assumptions: [],
  }
}

/** A connection that both its ends have, and how the accepting end is told where it was meant to go. */
export interface Accepted {
  notes: Notes
  hooked: Hooked
  /** What a program answers for SO_ORIGINAL_DST; null where none does. */
  original: SocketAddress | null
  assumptions: Assumption[]
}

/** Where the connecting and the accepting socket are. */
export interface Meeting {
  departure: Departure
  place: Place
  /** As the connecting socket sees it. */
  asked: Pair
  /** As the accepting socket sees it. */
  taken: Pair
  /** Whether a proxy accepts: it asks for the original destination. */
  asks: boolean
}

/** Envoy asks with room for any address (sockaddr_storage); MOSN with IPv6Mreq, as Go programs do. */
const room = {envoy: 128, mosn: 20}

/** How the proxy's socket asks. ss shows an IPv6 socket of any address as `*`, and as `::` where it takes IPv6 alone. */
function askingSocket({environment, mosn}: Place, {local}: Pair): {family: 4 | 6; room: number} {
  const sockets = environment.listeners?.filter(({proto, port}) => proto === 'tcp' && port === local.port) ?? []
  const own = sockets.find(({address}) => address === local.ip) ?? sockets[0]
  const family = own !== undefined && (own.address === '*' || own.address.includes(':')) ? 6 : 4
  return {family, room: mosn === undefined ? room.envoy : room.mosn}
}

export function throughSockets(meeting: Meeting, notes: Notes, before: Hooked): Accepted {
  const {departure, place, asked, taken, asks} = meeting
  const steps: Step[] = []
  const programs: string[] = []
  let known = notes
  const meet = (at: Place, end: Pair & {cookie: string}, from: 'app' | 'proxy'): void => {
    if (at.hooks === null) return
    const cgroup = from === 'proxy' ? at.hooks.proxy : at.hooks.app
    const found = effectiveProgram(at.hooks.hooks, 'sockops', cgroup?.path ?? null)
    if (found === null) return
    const name = programName(found.program)
    const made = established(at.hooks.hooks, stateOf(known, at.hooks), end, name)
    known = withState(known, at.hooks, made.state)
    steps.push(...made.steps)
    programs.push(name)
  }
  meet(departure.place, {...asked, cookie: cookieOf(departure)}, departure.from)
  meet(place, {...taken, cookie: `accepted by ${place.name}`}, asks ? 'proxy' : 'app')
  const answer = asks ? askOriginal(place, known, taken) : null
  const over = overTheMap(meeting, known)
  const all = [...steps, ...(answer?.steps ?? []), ...over.steps]
  return {
    notes: known,
    original: answer?.original ?? null,
    assumptions: over.assumptions,
    hooked: {
      programs: [...new Set([...before.programs, ...programs, ...(answer?.programs ?? []), ...over.programs])],
      redirectedTo: before.redirectedTo,
      original: answer?.original ? formatSocketAddress(answer.original) : null,
      handedOver: over.handedOver,
      steps: [...before.steps, ...all],
    },
  }
}

function askOriginal(place: Place, notes: Notes, taken: Pair) {
  if (place.hooks === null) return null
  const found = effectiveProgram(place.hooks.hooks, 'getsockopt', place.hooks.proxy?.path ?? null)
  if (found === null) return null
  const name = programName(found.program)
  const made = originalDestination(stateOf(notes, place.hooks), {...taken, ...askingSocket(place, taken)}, name)
  return {...made, programs: [name]}
}

/** Both sockets in the map of one kernel, and a program that hands bytes over. That it is attached cannot be seen. */
function overTheMap(
  {departure, place, asked, taken}: Meeting,
  notes: Notes,
): {handedOver: boolean | null; steps: Step[]; programs: string[]; assumptions: Assumption[]} {
  const [near, far] = [departure.place.hooks, place.hooks]
  if (near === null && far === null) return {handedOver: null, steps: [], programs: [], assumptions: []}
  const none = {handedOver: false, steps: [], programs: [], assumptions: []}
  if (near === null || far === null || near.kernel !== far.kernel) return none
  const found = effectiveProgram(near.hooks, 'redirect', null)
  const same = asked.local.port === taken.remote.port && asked.local.ip === taken.remote.ip
  if (found === null || !same || !handedOver(stateOf(notes, near), asked)) return none
  const name = programName(found.program)
  const because = check('sock_pair_map', 'both sockets', 'both sockets', true)
  const step: Step = {at: name, level: 'eBPF program', decided: 'hand over', because: [because], passedOver: []}
  const about = `whether ${name} is attached to its socket map`
  const unseen: Assumption = {about, assumed: 'it is: the kernel does not show it', at: null, turn: null}
  return {handedOver: true, steps: [step], programs: [name], assumptions: found.attached === 'unknown' ? [unseen] : []}
}
