import {bindSocket} from '../../src/ebpf/evaluate/bind.js'
import {capturedState, type HookState} from '../../src/ebpf/evaluate/state.js'
import type {Interception, Membership} from '../../src/ebpf/interception.js'
import {type Call, recordedCalls, recordedInterception} from './lab.js'
import {Rig, type RigPod, recordedEvents} from './rig.js'

const tcp = (port: number): RigPod['listens'][number] => ({proto: 'tcp', address: '0.0.0.0', port})
const sidecar: RigPod['listens'] = [tcp(15001), tcp(15006), {proto: 'udp', address: '127.0.0.1', port: 15053}]

/** The CNI plugin's socket: its mark is the key of the mark map. */
const marked = (mark: number): RigPod['listens'][number] => ({...tcp(39807), mark})

const emptyState: HookState = {
  memberships: new Map(),
  processes: new Map(),
  originals: new Map(),
  pairs: new Map(),
  sockets: new Set(),
  standIn: 1,
}

interface Answer {
  name: string
  predicted: string[]
  recorded: string[]
}

export interface Replay {
  answers: Answer[]
  /** What the programs have noted at the end of each part. */
  states: Map<string, HookState>
}

/** The rig as it was set up: two pods with sidecars on one node, and a third without. */
class Lab {
  readonly pods: {a: RigPod; b: RigPod; c: RigPod}
  readonly rig: Rig
  private readonly groups: Map<string, number>

  constructor(
    readonly hooks: Interception,
    groups: readonly Interception['cgroups'][number][],
    readonly cni: boolean,
  ) {
    const pod = (name: string, ip: string, own: RigPod['listens']): RigPod => ({
      name,
      ip,
      app: `app${name}`,
      proxy: `proxy${name}`,
      tc: cni,
      listens: [...sidecar, tcp(8080), ...(cni ? own : [])],
    })
    this.pods = {
      a: pod('A', '10.244.1.10', [marked(0x1234)]),
      b: pod('B', '10.244.1.11', [marked(0x1235)]),
      c: {name: 'C', ip: '10.244.2.20', app: 'appC', proxy: null, tc: false, listens: [tcp(8080), tcp(9000), tcp(53)]},
    }
    this.groups = new Map(groups.map(({id, path}) => [path.slice(path.lastIndexOf('/') + 1), id]))
    this.rig = new Rig(
      hooks,
      Object.values(this.pods),
      new Map([
        ['proxyA', 1],
        ['proxyB', 2],
        ['proxyC', 3],
      ]),
    )
    for (const [proxy, name] of [
      ['proxyA', 'pod-a-proxy'],
      ['proxyB', 'pod-b-proxy'],
      ['proxyC', 'lt-proxy'],
    ] as const)
      if (this.groups.has(name)) this.rig.cgroups.set(proxy, this.group(name))
  }

  group(name: string): number {
    const id = this.groups.get(name)
    if (id === undefined) throw new Error(`no cgroup ${name}`)
    return id
  }

  /** A process of this container binds a port. */
  bind(state: HookState, pod: RigPod, container: string): HookState {
    const actor = {cgroup: this.group(container), cgroupPath: null, pid: 9, uid: 0, podIp: pod.ip, listens: pod.listens}
    return bindSocket(this.hooks, state, actor)
  }

  clientOf({name}: Call): {pod: RigPod; container: string} {
    const [part = '', rest = ''] = name.split('/')
    if (part === 'late') return {pod: this.pods.b, container: 'late-app'}
    if (part === 'late2') return {pod: this.pods.c, container: rest.startsWith('3') ? 'lt-app2' : 'lt-app'}
    if (rest.startsWith('nonmesh')) return {pod: this.pods.c, container: 'pod-c-app'}
    return {pod: this.pods.a, container: 'pod-a-app'}
  }
}

/** What the rig did itself before a call: it started servers, and changed entries of maps by hand. */
function prepare(
  lab: Lab,
  given: HookState,
  name: string,
  memberships: (folder: string) => HookState['memberships'],
): HookState {
  const {pods} = lab
  switch (name) {
    case 'cni/app-to-podB': {
      // Every process binds its port before it takes a connection; the CNI plugin's socket is there already.
      const binders = [
        [pods.a, 'pod-a-app'],
        [pods.a, 'pod-a-proxy'],
        [pods.b, 'pod-b-app'],
        [pods.b, 'pod-b-proxy'],
        [pods.c, 'pod-c-app'],
      ] as const
      return binders.reduce((state, [pod, container]) => lab.bind(state, pod, container), given)
    }
    case 'cni/nonmesh-to-podB-8081-excludeIn':
      pods.b.listens.push(tcp(8081), tcp(15021))
      return given
    case 'late/before-15001-listens':
      // Who bound a port first is a race that the snapshot decides.
      return {...given, memberships: memberships('02a')}
    case 'fresh/own-pod-first-1':
    case 'legacy/app-to-podB':
      return {...given, memberships: new Map(), processes: new Map()}
    case 'podip/app-to-podB':
      // As ambient's process manager writes it: pod addresses and flags.
      return {...given, memberships: memberships('02b')}
    case 'late2/2-same-cgroup-after-sidecar': {
      const state = lab.bind(given, pods.c, 'lt-proxy')
      pods.c.proxy = 'proxyC'
      pods.c.listens.push(tcp(15001))
      return state
    }
    case 'late2/4-same-cgroup-entry-deleted':
      return {...given, memberships: without(given.memberships, lab.group('lt-app'))}
    default:
      return given
  }
}

const without = (map: ReadonlyMap<number, Membership>, key: number): ReadonlyMap<number, Membership> =>
  new Map([...map].filter(([id]) => id !== key))

/** Predicts every call of a recording, each from what the calls before it left in the maps. */
export function replay(run: string): Replay {
  const last = run === 'cni-tc' ? 'cni-tc/06' : `${run}/03`
  const hooks = recordedInterception(last)
  const groups = run === 'plain' ? recordedInterception(last, 'plain/05').cgroups : hooks.cgroups
  const lab = new Lab(hooks, groups, run === 'cni-tc')
  const memberships = (folder: string) => capturedState(recordedInterception(last, `${run}/${folder}`)).memberships
  const answers: Answer[] = []
  const states = new Map<string, HookState>()
  let state = emptyState
  for (const call of recordedCalls(run)) {
    state = prepare(lab, state, call.name, memberships)
    const {pod, container} = lab.clientOf(call)
    const made = lab.rig.predict(state, call, pod, lab.group(container), call.client?.uid ?? 1000)
    state = made.state
    states.set(call.name.split('/')[0] ?? '', state)
    answers.push({name: call.name || 'a connection left open', predicted: made.events, recorded: recordedEvents(call)})
  }
  return {answers, states}
}
