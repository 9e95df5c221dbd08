import type {ClientTls, HttpRequest, MatchRequest, Protocol} from './request.js'
import type {EndpointShare, Upstream} from './result.js'

/** What travels inside a connection: TLS layers around what is spoken. */
export interface Payload {
  /** Outermost first; empty for plaintext. */
  tls: readonly ClientTls[]
  protocol: Protocol
  http: HttpRequest | null
  /** What goes through the tunnel of a CONNECT, where that is known. */
  tunnelled?: Payload
}

/** What a request to one proxy is made of, as far as that proxy was told. */
export const payloadOfRequest = ({tls, protocol, http, tunnelled}: MatchRequest): Payload => ({
  tls: tls === null ? [] : [tls],
  protocol,
  http,
  ...(tunnelled ? {tunnelled} : {}),
})

/** The part of a payload that one proxy can see. What lies under a second TLS layer is bytes to it. */
export function visible(payload: Payload): Pick<MatchRequest, 'tls' | 'protocol' | 'http' | 'tunnelled'> {
  const [outer, inner] = payload.tls
  if (inner !== undefined) return {tls: outer ?? null, protocol: 'tcp', http: null}
  const {protocol, http, tunnelled} = payload
  return {tls: outer ?? null, protocol, http, ...(tunnelled ? {tunnelled} : {})}
}

/** What is in a tunnel that nobody has told of: a connection by which nothing is asked. */
const untold: Payload = {tls: [], protocol: 'http1', http: null}

/** What a proxy puts on the wire for a payload that it forwards: its own request where it speaks HTTP, its own TLS around it. */
export function forwarded(payload: Payload, upstream: Upstream, endpoint: EndpointShare): Payload {
  const spoken = spokenUpstream(payload, upstream)
  if (endpoint.transport.kind !== 'tls') return spoken
  const {sni, alpn, certificate, identity} = endpoint.transport
  const cert = certificate === null ? null : {uriSans: identity, dnsSans: [], subject: '', validated: true}
  return {...spoken, tls: [{sni, alpn, cert}, ...spoken.tls]}
}

function spokenUpstream(payload: Payload, {tls, protocol, http, tunnel}: Upstream): Payload {
  if (tunnel === 'ends') return payload.tunnelled ?? untold
  const bytes: Payload = {...payload, tls: tls === null ? payload.tls.slice(1) : payload.tls}
  if (http === null) return bytes
  const carried = tunnel === 'begins' ? bytes : http.method === 'CONNECT' ? payload.tunnelled : undefined
  return {tls: [], protocol, http, ...(carried ? {tunnelled: carried} : {})}
}
