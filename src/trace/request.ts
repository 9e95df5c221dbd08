import type {ClientTls} from '../xds/match/request.js'

/** Who asks: a pod of the snapshot, and the user and group of its process. */
export interface Client {
  /** `namespace/name`. */
  pod: string
  uid: number
  gid: number
}

/** A call of an RPC protocol that a MOSN reads. */
export interface RpcCall {
  protocol: 'dubbo' | 'bolt'
  /** `host:port` that the client connects to. */
  dst: string
  service: string
  method: string | null
  /** Bolt's headers, Dubbo's attachments. */
  headers: [string, string][]
}

/** One request as a client in the mesh would make it (contract 5). */
export interface TraceRequest {
  id?: string
  client: Client
  /** As typed, path not normalised; null for TCP. */
  url: string | null
  method: string | null
  /** A value of null leaves out the line that an HTTP client would add by itself. */
  headers: [string, string | null][]
  httpVersion: '1.1' | '1.0' | '2' | null
  /** `ip:port` that the client connects to instead of what the URL says. */
  connectTo: string | null
  /** The target is sent in absolute form. */
  proxyRequest: boolean
  tls: ClientTls | null
  tcp: {dst: string; data: string | null} | null
  /** In place of url and tcp: a Dubbo or bolt call. */
  rpc?: RpcCall
  /** `reused`: every connection on the way is open already, as in a pool; a new one otherwise. */
  connection?: 'new' | 'reused'
}
