import type {Assumption} from '../decision/assumption.js'
import type {Payload as EnvoyPayload} from '../xds/match/payload.js'
import type {RpcCall} from './request.js'

export {forwarded, visible} from '../xds/match/payload.js'

/** What travels inside a connection; a call of an RPC protocol is bytes (`tcp`) to all that do not read it. */
export interface Payload extends EnvoyPayload {
  rpc?: RpcCall
}

/**
 * Where a process that is no Envoy takes what is in the TLS of the mesh (ALPN istio), it decides itself what it makes of
 * that: one that speaks plain HTTP or TCP fails the handshake, and the client's Envoy answers 503 with UF.
 */
export const undecrypted = ({tls: [outer]}: Payload, pod: string): Assumption[] =>
  outer?.alpn.some((protocol) => protocol.startsWith('istio')) === true
    ? [
        {
          about: `the app of ${pod}, where no Envoy takes the mTLS of the mesh`,
          assumed: 'it speaks this TLS itself; plain HTTP or TCP would fail the handshake (503 UF for the client)',
          at: null,
          turn: null,
        },
      ]
    : []
