import type {SocketAddress} from '../../address/socket-address.js'
import type {ClientTls, Protocol} from './request.js'
import type {StreamState} from './stream-state.js'

/** An accepted connection after its listener filters ran: what filter chains, network filters and HTTP matching see of it. */
export interface DownstreamConnection {
  /** Peer of the socket (`direct_remote_address`); null where the asker did not say. */
  peer: SocketAddress | null
  /** Remote address, restored by PROXY protocol where that arrived. */
  remote: SocketAddress | null
  /** Local address, restored by original_dst or PROXY protocol. */
  local: SocketAddress
  /** Set where a listener filter restored a destination: what ORIGINAL_DST clusters connect to. */
  originalDestination: SocketAddress | null
  /** Null: plaintext, or TLS bytes that this proxy does not terminate are still here; see `terminatesTls`. */
  tls: ClientTls | null
  /** True when the chosen filter chain terminates TLS. */
  terminatesTls: boolean
  /** What the listener filters found: the SNI that tls_inspector read (empty without one), and so on. */
  inspected: {serverName: string; transportProtocol: string; applicationProtocols: string[]}
  protocol: Protocol
  /** What came with a connection inside this Envoy, and what network filters set; absent: nothing. */
  state?: StreamState
}
