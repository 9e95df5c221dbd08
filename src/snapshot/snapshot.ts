/** A container of a pod as far as the snapshot tells. */
export interface ContainerFacts {
  name: string
  ports?: number[]
}

/** What `snapshot.json` says of one pod. Members that the capture could not learn are absent. */
export interface PodFacts {
  namespace: string
  name: string
  ip?: string
  node?: string
  serviceAccount?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  containers?: ContainerFacts[]
  sidecar?: boolean
  /** `sidecar`, `router` for a gateway, `none`. */
  role?: string
  proxyUid?: number | null
  proxyGid?: number | null
  appUid?: number | null
  /** REDIRECT, TPROXY or NONE. */
  interceptionMode?: string
  /** By which way its rules were read, for people; `derived` in it where they were computed and not read. */
  rulesFrom?: string
  notes?: string
}

export interface ServicePort {
  name?: string
  port: number
  targetPort?: number | string
  protocol?: string
}

export interface ServiceFacts {
  namespace: string
  name: string
  /** `None` for a headless service. */
  clusterIP?: string
  ports?: ServicePort[]
  selector?: Record<string, string>
  endpoints?: ServiceEndpoint[]
}

export interface ServiceEndpoint {
  ip: string
  /** `namespace/name` of the pod behind it. */
  pod?: string
  ports?: number[]
}

export interface NodeFacts {
  name: string
  ip?: string
  /** By which way its rules were read, for people. */
  rulesFrom?: string
}

export interface OutsideHost {
  name: string
  ip?: string
  ips?: string[]
  notes?: string
}

/** Something that a capture asked for and did not get. */
export interface CaptureFailure {
  /** Folder of the place inside the snapshot: `pods/default/reviews-v1`. */
  place: string
  /** What was asked for: a file's name, `rules`. */
  wanted: string
  reason: string
}

/** What `snapshot.json` holds. */
export interface SnapshotDocument {
  apiVersion: 'sidetrace/v1'
  kind: 'Snapshot'
  /** RFC 3339. */
  capturedAt?: string
  name?: string
  pods: PodFacts[]
  services: ServiceFacts[]
  nodes: NodeFacts[]
  /** What DNS answers: name to addresses (a capture may write a single address without a list). */
  hosts?: Record<string, string[]>
  /** Hosts that are in no cluster. */
  outside?: OutsideHost[]
  /** What could not be captured, and why. */
  failures?: CaptureFailure[]
  /** Secrets were taken out before it was written. */
  redacted?: boolean
  notes?: string
}

/**
 * One capture of a mesh: the document, and the raw files beside it as text or bytes, by their path inside the snapshot
 * (`pods/default/reviews-v1/iptables-save.txt`). Reading is synchronous and lazy; a file that was not captured is null.
 */
export interface Snapshot {
  /** Where it came from, for people: `sample`, a path. */
  origin: string
  document: SnapshotDocument
  /** Paths of all files, in byte order. */
  files(): string[]
  text(path: string): string | null
  bytes(path: string): Uint8Array | null
}
