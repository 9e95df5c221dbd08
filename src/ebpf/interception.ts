import type {Network} from '../address/network.js'
import type {SocketAddress} from '../address/socket-address.js'
import type {Attachment, Cgroup, RecognisedMap, RecognisedProgram} from './program.js'

/** Where a connection wanted to go, as a program noted it (24 bytes). */
export interface Origin {
  destination: SocketAddress
  /** The process whose address is still to be learnt; 0 for none. */
  pid: number
  /** 1: the address of the sender's pod is known; 8: noted by tc. */
  flags: number
}

export const originFlag = {known: 1, tc: 8} as const

/** A container's entry of the membership map (32 bytes). */
export interface Membership {
  inMesh: boolean
  /** The pod's address; null where it is not known. */
  ip: string | null
  flags: number
  detected: number
}

export const membershipFlag = {ambient: 1, dns: 2, ztunnel: 4} as const

/** What a pod's annotations ask for, as the map holds it (484 bytes). */
export interface PodConfig {
  statusPort: number
  excludeOutRanges: Network[]
  includeOutRanges: Network[]
  includeInPorts: number[]
  includeOutPorts: number[]
  excludeInPorts: number[]
  excludeOutPorts: number[]
}

/** A connection as one of its sockets sees it: local end first. */
export interface Pair {
  local: SocketAddress
  remote: SocketAddress
}

/** The decoded maps; null for one that was not dumped. */
export interface HookMaps {
  originals: ReadonlyMap<string, Origin> | null
  pairs: ReadonlyMap<string, Origin> | null
  sockets: ReadonlySet<string> | null
  memberships: ReadonlyMap<number, Membership> | null
  pods: ReadonlyMap<string, PodConfig> | null
  processes: ReadonlyMap<number, string> | null
  marks: ReadonlyMap<number, string> | null
  /** Address of the node's ztunnel, from the settings. */
  ztunnel: string | null
}

/** What the programs of one mesh were built with: its ports and the user of its sidecar. */
export interface MeshBuild {
  mesh: 'istio' | 'linkerd' | 'kuma' | 'osm'
  outPort: number
  inPort: number
  sidecarUid: number
  dnsPort: number
}

/** bpftool's output, understood: programs and maps by what they are for, and what the maps hold. */
export interface Interception {
  programs: RecognisedProgram[]
  maps: RecognisedMap[]
  attachments: Attachment[]
  cgroups: Cgroup[]
  content: HookMaps
  build: MeshBuild
  /** Membership is told by the socket that the CNI plugin opens in the pod, and its mark. */
  cni: boolean
  /** USE_RECONNECT: a sidecar whose pod is not known is sent to the inbound port, to find out. */
  reconnects: boolean
  warnings: string[]
}
