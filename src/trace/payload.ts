import type {Assumption} from '../decision/assumption.js'
import type {ClientTls, HttpRequest, MatchRequest, Protocol} from '../xds/match/request.js'
import type {EndpointShare, Upstream} from '../xds/match/result.js'

/** What travels inside a connection: TLS layers around what is spoken. */
export interface Payload {
  /** Outermost first; empty for plaintext. */
  tls: ClientTls[]
  protocol: Protocol
  http: HttpRequest | null
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

/** The part of a payload that one proxy can see. What lies under a second TLS layer is bytes to it. */
export function visible(payload: Payload): Pick<MatchRequest, 'tls' | 'protocol' | 'http'> {
  const [outer, inner] = payload.tls
  if (inner !== undefined) return {tls: outer ?? null, protocol: 'tcp', http: null}
  return {tls: outer ?? null, protocol: payload.protocol, http: payload.http}
}

/** What a proxy puts on the wire for a payload that it forwards: its own request where it speaks HTTP, its own TLS around it. */
export function forwarded(payload: Payload, upstream: Upstream, endpoint: EndpointShare): Payload {
  const layers = upstream.tls === null ? payload.tls.slice(1) : payload.tls
  const spoken: Payload =
    upstream.http === null ? {...payload, tls: layers} : {tls: [], protocol: upstream.protocol, http: upstream.http}
  if (endpoint.transport.kind !== 'tls') return spoken
  const {sni, alpn, certificate, identity} = endpoint.transport
  const cert = certificate === null ? null : {uriSans: identity, dnsSans: [], subject: '', validated: true}
  return {...spoken, tls: [{sni, alpn, cert}, ...spoken.tls]}
}
