/** A map in the kernel, as `bpftool map show` lists it. */
export interface BpfMap {
  id: number
  /** `lru_hash`, `sockhash`, ... */
  type: string
  /** The kernel keeps 15 characters of a name. */
  name: string
  keyBytes: number
  valueBytes: number
  maxEntries: number
  /** Where it is pinned; empty where the listing has no pins. */
  pinned: string[]
}

/** A loaded program, as `bpftool prog show` lists it. */
export interface BpfProgram {
  id: number
  type: string
  name: string
  /** Hash of its instructions; empty where it was not listed. */
  tag: string
  mapIds: number[]
  pinned: string[]
}

/** Where the kernel runs a program, in one spelling: bpftool 7 writes `cgroup_inet4_connect`, older ones `connect4`. */
export type AttachPoint =
  | 'connect4'
  | 'connect6'
  | 'bind4'
  | 'bind6'
  | 'sendmsg4'
  | 'sendmsg6'
  | 'recvmsg4'
  | 'recvmsg6'
  | 'sock_ops'
  | 'getsockopt'
  | 'tc-ingress'
  | 'tc-egress'

export interface Attachment {
  program: number
  /** Null for a point that takes no part in interception; `spelling` says which. */
  point: AttachPoint | null
  spelling: string
  /** A cgroup's path, or an interface's name. */
  where: string
}

/** What a map is for. */
export type MapRole =
  /** Socket cookie to the destination that the app asked for. */
  | 'originals'
  /** Connection to the destination that was asked for: what SO_ORIGINAL_DST answers. */
  | 'pairs'
  /** The sockets between which bytes are handed over. */
  | 'sockets'
  /** Container (cgroup) to whether it is in the mesh, and its pod's address. */
  | 'memberships'
  /** Pod address to what its annotations include and exclude. */
  | 'pods'
  /** Process to its pod's address, as learnt from its connections. */
  | 'processes'
  /** Mark of a pod's network namespace to its address. */
  | 'marks'
  | 'settings'

/** What a program does in intercepting traffic. */
export type ProgramRole =
  | 'connect4'
  | 'connect6'
  | 'bind'
  | 'sendmsg'
  | 'recvmsg'
  | 'sockops'
  | 'redirect'
  | 'getsockopt'
  | 'tc-ingress'
  | 'tc-egress'
  | 'processes'

export interface RecognisedMap extends BpfMap {
  /** Null: it takes no part that is known. */
  role: MapRole | null
}

export interface RecognisedProgram extends BpfProgram {
  role: ProgramRole | null
  attachments: Attachment[]
}

/** A cgroup by its inode, which is the id that programs know it by. */
export interface Cgroup {
  id: number
  path: string
  /** The container that runs in it, where the capture says so. */
  container: string | null
  /** The pod `namespace/name` of the container, where the capture says so. */
  pod: string | null
}
