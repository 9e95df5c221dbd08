import type {SocketAddress} from '../../address/socket-address.js'
import type {Payload} from './payload.js'

/** How a connection enters the proxy: by the hand-off of virtualOutbound, by virtualInbound, or by the listener bound to the address. */
export type Direction = 'outbound' | 'inbound' | 'direct'

/** What the client speaks once connected, under TLS where there is some; `silent` sends no byte of its own. */
export type Protocol = 'http1' | 'http2' | 'http1.0' | 'tcp' | 'silent'

/** The identity in a client certificate. */
export interface ClientCertificate {
  uriSans: string[]
  dnsSans: string[]
  /** RFC 2253 text, as Envoy shows it. */
  subject: string
  /** Whether the server's trusted authorities signed it. */
  validated: boolean
}

/** The client's side of a TLS handshake. */
export interface ClientTls {
  sni: string | null
  /** In the client's order. */
  alpn: string[]
  /** Null: the client presents none. */
  cert: ClientCertificate | null
}

/** A request as the client writes it; header lines stay separate and in order. */
export interface HttpRequest {
  method: string
  /** The Host line or :authority; null where the client sends none. */
  authority: string | null
  /** The request target as sent: origin form, absolute form, or an authority for CONNECT. */
  path: string
  headers: [string, string][]
}

/** One connection or request put to one proxy (contracts 2 and 3). */
export interface MatchRequest {
  id?: string
  direction: Direction
  /** The destination as the proxy sees it: original destination, or the accepted socket's local address with `direct`. */
  dst: SocketAddress
  src: SocketAddress | null
  /** Addresses of a PROXY protocol header that arrives on the connection. */
  proxyProtocol: {src: SocketAddress; dst: SocketAddress} | null
  protocol: Protocol
  /** Null: plaintext. */
  tls: ClientTls | null
  /** Null: only the connection is asked for. */
  http: HttpRequest | null
  /** What goes through the tunnel of a CONNECT; absent: not told. */
  tunnelled?: Payload
}

/** What the asker supposes of things that only a running system knows: `ext_authz` -> `deny`. */
export type Suppositions = Readonly<Record<string, string>>
