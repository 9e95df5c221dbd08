import type {Duplex} from 'node:stream'
import type {ApiResource, Target} from './api-resource.js'
import type {JsonObject} from './json.js'

export interface PodRef {
  namespace: string
  name: string
}

/** Which objects of a kind: `namespace` null asks for those of all namespaces. */
export interface Selection {
  namespace: string | null
  labelSelector?: string | undefined
  fieldSelector?: string | undefined
}

/** What somebody wants to do, as the API server's rules of access name it. */
export interface Access {
  verb: string
  resource: ApiResource
  namespace?: string | undefined
  name?: string | undefined
  subresource?: string | undefined
}

export interface LogOptions {
  /** Only that many lines from the end. */
  tailLines?: number
  /** Of the container's life before its last restart. */
  previous?: boolean
}

export interface ExecOptions {
  /** Handed to the program as its standard input. */
  stdin?: string | Uint8Array
  /** Milliseconds until the program must have ended; the cluster's own time limit by default. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** How a program in a container ended. */
export type ExecResult =
  | {kind: 'done'; code: number; stdout: Uint8Array; stderr: string}
  /** The container has no such program. */
  | {kind: 'absent'; program: string}

/**
 * A Kubernetes cluster as far as anything is asked of it. The real one is opened by `connectCluster`; a test may put another in its place.
 * Nothing is asked before it is needed. Every method throws SourceError: `unreachable` for what cannot be had, `forbidden` for what this user
 * may not do, which then names verb and resource and carries the Role that allows it.
 */
export interface Cluster {
  /** The name of the kubeconfig's context, or `in-cluster`: how messages call the cluster. */
  readonly context: string
  /** The context's namespace, `default` where it names none. */
  readonly namespace: string
  get(resource: ApiResource, target: Target): Promise<JsonObject>
  /** All items, page by page. */
  list(resource: ApiResource, selection: Selection): Promise<JsonObject[]>
  create(resource: ApiResource, target: Target, body: JsonObject): Promise<JsonObject>
  /** A strategic merge patch. */
  patch(resource: ApiResource, target: Target, body: JsonObject): Promise<JsonObject>
  remove(resource: ApiResource, target: Target, options?: JsonObject): Promise<void>
  /** Whether this user may do something, by the API server's own answer. */
  may(access: Access): Promise<boolean>
  logs(pod: PodRef, container: string, options?: LogOptions): Promise<string>
  /** Runs a program in a container, with its arguments as they are: no shell sees them. */
  exec(pod: PodRef, container: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** A connection to a port of the pod, as a port-forward makes it. Whoever opens it ends it. */
  dial(pod: PodRef, port: number, options?: {signal?: AbortSignal | undefined}): Promise<Duplex>
  /** Ends what is still open. */
  close(): void
}
