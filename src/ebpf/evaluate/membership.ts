import type {Assumption} from '../../decision/assumption.js'
import type {Interception, Membership} from '../interception.js'
import {type Actor, listenerOn} from './actor.js'
import {type HookState, withEntry} from './state.js'

/** What a program learns of the container that calls it. */
export interface Belonging {
  state: HookState
  membership: Membership
  /** How it is known: `kept` in the map, or `computed now`. */
  how: string
  assumptions: Assumption[]
}

/** The CNI plugin's socket in the pod, whose mark names the network namespace (cni-server). */
const cniPort = 39_807

/**
 * Whether the caller's container is in the mesh, and its pod's address: as the map has it, else computed now and kept for
 * good (cgroup.h: the entry is never computed again). `marks` is the map that this program looks marks up in.
 */
export function belonging(
  hooks: Interception,
  state: HookState,
  actor: Actor,
  marks: ReadonlyMap<number, string> | null = hooks.content.marks,
): Belonging {
  const cached = actor.cgroup === null ? undefined : state.memberships.get(actor.cgroup)
  if (cached !== undefined) return {state, membership: cached, how: 'kept', assumptions: []}
  if (actor.cgroup === null) {
    const guessed = byAddress(state, actor)
    if (guessed !== null) return guessed
  }
  const {membership, assumptions} = computed(hooks, actor, marks)
  return {
    state:
      actor.cgroup === null ? state : {...state, memberships: withEntry(state.memberships, actor.cgroup, membership)},
    membership,
    how: 'computed now',
    assumptions,
  }
}

/** Without the container's cgroup an entry with its pod's address is taken to be its own. */
function byAddress(state: HookState, {podIp}: Actor): Belonging | null {
  const found = podIp === null ? undefined : [...state.memberships.values()].find(({ip}) => ip === podIp)
  if (found === undefined) return null
  const about = `which cgroup a container of ${podIp} is`
  return {
    state,
    membership: found,
    how: 'kept for its pod',
    assumptions: [
      {
        about,
        assumed: 'the entries of cgroup_info_map with this address hold for all its containers',
        at: null,
        turn: null,
      },
    ],
  }
}

function computed(
  hooks: Interception,
  actor: Actor,
  marks: ReadonlyMap<number, string> | null,
): Pick<Belonging, 'membership' | 'assumptions'> {
  const port = hooks.cni ? cniPort : hooks.build.outPort
  const unknown = {flags: 0, detected: 0}
  if (actor.listens === null) {
    const about = `whether something listens on port ${port} in the network namespace of ${actor.podIp ?? 'the caller'}`
    return {
      membership: {inMesh: true, ip: null, ...unknown},
      assumptions: [{about, assumed: 'yes: its sockets were not captured', at: null, turn: null}],
    }
  }
  const socket = listenerOn(actor.listens, 'tcp', '0.0.0.0', port)
  if (!hooks.cni || socket === null)
    return {membership: {inMesh: socket !== null, ip: null, ...unknown}, assumptions: []}
  const marked = socket.mark === undefined ? byMarkedAddress(actor, marks) : (marks?.get(socket.mark) ?? null)
  const about = `the mark of the socket on port ${cniPort} of ${actor.podIp ?? 'the pod'}`
  const assumed =
    marked === null ? 'no entry of the mark map fits it' : `it is the one that the mark map has for ${marked}`
  return {
    membership: {inMesh: true, ip: marked, ...unknown},
    assumptions: socket.mark === undefined ? [{about, assumed, at: null, turn: null}] : [],
  }
}

const byMarkedAddress = ({podIp}: Actor, marks: ReadonlyMap<number, string> | null): string | null =>
  [...(marks?.values() ?? [])].find((ip) => ip === podIp) ?? null
