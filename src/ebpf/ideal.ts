import type {HookMaps, Interception, Membership, PodConfig} from './interception.js'
import {istioBuild} from './mesh-build.js'
import type {Attachment, AttachPoint, Cgroup, ProgramRole, RecognisedMap, RecognisedProgram} from './program.js'

/** A pod of a node whose connections the programs are to see. */
export interface IdealPod {
  /** `namespace/name`. */
  name: string
  ip: string
  config: PodConfig
}

/** Containers of a pod, as the ideal node numbers them. */
export interface IdealContainers {
  app: Cgroup
  proxy: Cgroup
}

const root = '/sys/fs/cgroup'

const parts: readonly [ProgramRole, string, string, readonly AttachPoint[]][] = [
  ['connect4', 'mb_sock_connect4', 'cgroup_sock_addr', ['connect4']],
  ['sockops', 'mb_sockops', 'sock_ops', ['sock_ops']],
  ['getsockopt', 'mb_get_sockopt', 'cgroup_sockopt', ['getsockopt']],
  ['bind', 'mb_bind', 'cgroup_sock_addr', ['bind4']],
  ['sendmsg', 'mb_sendmsg4', 'cgroup_sock_addr', ['sendmsg4']],
  ['recvmsg', 'mb_recvmsg4', 'cgroup_sock_addr', ['recvmsg4']],
  ['tc-ingress', 'mb_tc_ingress', 'sched_cls', ['tc-ingress']],
  ['tc-egress', 'mb_tc_egress', 'sched_cls', ['tc-egress']],
]

/** The containers of the pod that stands at `index`. */
export const idealContainers = ({name}: IdealPod, index: number): IdealContainers => {
  const cgroup = (id: number, container: string): Cgroup => ({
    id,
    path: `${root}/kubepods/${name}/${container}`,
    container,
    pod: name,
  })
  return {app: cgroup(1000 + 2 * index, 'app'), proxy: cgroup(1001 + 2 * index, 'istio-proxy')}
}

/**
 * A node on which Merbridge's programs are loaded in CNI mode and every pod is known from the start: nothing was cached too
 * early, every container's pod address is there, and its configuration is what its annotations ask for.
 */
export function idealInterception(pods: readonly IdealPod[], handsOver: boolean): Interception {
  const containers = pods.map((pod, index) => ({pod, ...idealContainers(pod, index)}))
  const programs = programsOf(handsOver)
  const memberships = new Map(
    containers.flatMap(({pod, app, proxy}) => [app, proxy].map(({id}): [number, Membership] => [id, member(pod.ip)])),
  )
  const content: HookMaps = {
    originals: new Map(),
    pairs: new Map(),
    sockets: new Set(),
    memberships,
    pods: new Map(pods.map(({ip, config}) => [ip, config])),
    processes: new Map(),
    marks: new Map(),
    ztunnel: null,
  }
  return {
    programs,
    maps: handsOver ? [socketMap] : [],
    attachments: programs.flatMap(({attachments}) => attachments),
    cgroups: containers.flatMap(({app, proxy}) => [app, proxy]),
    content,
    build: istioBuild,
    cni: true,
    reconnects: false,
    warnings: [],
  }
}

const member = (ip: string): Membership => ({inMesh: true, ip, flags: 0, detected: 0})

const socketMap: RecognisedMap = {
  id: 1,
  type: 'sockhash',
  name: 'sock_pair_map',
  keyBytes: 36,
  valueBytes: 4,
  maxEntries: 65_535,
  pinned: [],
  role: 'sockets',
}

function programsOf(handsOver: boolean): RecognisedProgram[] {
  const attached = parts.map(([role, name, type, points], index): RecognisedProgram => {
    const id = index + 1
    const attachments = points.map(
      (point): Attachment => ({program: id, point, spelling: point, where: type === 'sched_cls' ? 'eth0' : root}),
    )
    return {id, type, name, tag: '', mapIds: [], pinned: [], role, attachments}
  })
  if (!handsOver) return attached
  // Attached to the socket map: said here, as the kernel does not show it.
  const verdict: Attachment = {program: 99, point: null, spelling: 'sk_msg_verdict', where: socketMap.name}
  const redirect: RecognisedProgram = {
    id: 99,
    type: 'sk_msg',
    name: 'mb_msg_redir',
    tag: '',
    mapIds: [socketMap.id],
    pinned: [],
    role: 'redirect',
    attachments: [verdict],
  }
  return [...attached, redirect]
}
