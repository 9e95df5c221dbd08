import type {SocketAddress} from '../../address/socket-address.js'

/** How a connection enters: redirected from the app, redirected to the app, or straight to the listener bound to the address. */
export type Direction = 'outbound' | 'inbound' | 'direct'

/** What the client speaks. */
export type MosnProtocol = 'http1' | 'http1.0' | 'http2' | 'dubbo' | 'bolt' | 'tcp' | 'silent'

export interface MosnHttpRequest {
  method: string
  /** The Host line; null where there is none. */
  authority: string | null
  path: string
  headers: [string, string][]
}

/** One call of an RPC protocol, as far as MOSN reads its frame. */
export interface RpcRequest {
  /** Dubbo's path, bolt's header `service`. */
  service: string
  /** Null where the caller did not say. */
  method: string | null
  /** Bolt's headers; Dubbo's attachments. */
  headers: [string, string][]
}

/** The client's side of a TLS handshake. MOSN chooses nothing by it. */
export interface MosnClientTls {
  sni: string | null
  alpn: string[]
  cert: {uriSans: string[]; dnsSans: string[]; subject: string; validated: boolean} | null
}

/** One connection or request put to one MOSN. */
export interface MosnRequest {
  id?: string
  direction: Direction
  /** The original destination, or with `direct` the address that the client connected to. */
  dst: SocketAddress
  /** The socket that took a redirected connection; where it is not said, that of the listener of the direction. */
  acceptedAt?: SocketAddress
  src: SocketAddress | null
  protocol: MosnProtocol
  /** Null: plaintext. */
  tls: MosnClientTls | null
  http: MosnHttpRequest | null
  rpc: RpcRequest | null
}

/** What the asker supposes of things that the dump does not tell: `original_dst` -> `unknown`. */
export type Suppositions = Readonly<Record<string, string>>
