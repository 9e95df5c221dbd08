import type {Check} from '../decision/check.js'
import type {Step} from '../decision/step.js'
import {
  clientRefusalOf,
  refusalOf,
  secretChain,
  serverChain,
  serverContext,
  speaksTls13,
} from '../xds/match/server-certificate.js'
import type {JsonObject} from '../xds/parse/field.js'
import {isObject} from '../xds/parse/field.js'
import type {Walk} from './journey.js'
import type {Place} from './place.js'
import {valueAt} from './source.js'
import type {Outcome, ProxyHop} from './trace.js'
import type {Way} from './way.js'

/** Both contexts of a handshake between two Envoys of the snapshot. */
interface Contexts {
  client: JsonObject
  server: JsonObject
  serverPlace: Place
  /** Position of the server's hop in the way. */
  index: number
}

/** Null where the client's Envoy speaks no TLS, or who terminates it is not known. */
function contextsOf({mesh}: Walk, place: Place, {transport}: ProxyHop, {hops}: Way): Contexts | null {
  if (transport?.kind !== 'tls') return null
  const index = hops.findIndex((hop) => hop.place === 'proxy')
  const server = hops[index]
  if (server?.place !== 'proxy' || server.listener === null || server.filterChain === null) return null
  const serverPlace = mesh.pod(server.pod)
  const client = valueAt(place.document, transport.at)
  if (serverPlace?.proxy == null || !isObject(client)) return null
  const context = serverContext(serverPlace.proxy.dump, server.listener, server.filterChain.index)
  return context === null ? null : {client, server: context, serverPlace, index}
}

/** The handshake ends at the server's Envoy: what it would have done with the request, it never did. */
function endedThere(way: Way, {index}: Contexts, outcome: Outcome, step: Step | null): Way {
  const hops = way.hops.slice(0, index + 1).map((hop, position): Way['hops'][number] =>
    position === index && hop.place === 'proxy'
      ? {
          ...hop,
          routeConfig: null,
          virtualHost: null,
          route: null,
          cluster: null,
          rewritten: null,
          endpoint: null,
          endpoints: [],
          transport: null,
          left: null,
          notes: [],
          outcome: {kind: 'reset', status: null, responseFlags: '-', details: null},
          steps: [...hop.steps.filter(({level}) => beforeTls.has(level)), ...(step === null ? [] : [step])],
        }
      : hop,
  )
  return {...way, hops, outcome, cause: null}
}

const beforeTls = new Set(['listener', 'listener filter', 'hand-off', 'filter chain'])

/** How a client names what failed in a handshake. Source: Envoy 1.40, both sides of which were run. */
const tlsError = (code: number, name: string, more = ''): string =>
  `tls_error: TLS_error:|${code}:SSL_routines:OPENSSL_internal:${name}${more === '' ? '' : `:${more}`}:TLS_error_end`

/**
 * Whether an HTTP/1 listener without TLS gets this Envoy's ClientHello: it answers 400 in plaintext, which the Envoy that waits for a
 * ServerHello takes for TLS of a version that it does not know.
 */
function answeredInPlaintext({mesh}: Walk, {transport}: ProxyHop, {hops, cause}: Way): boolean {
  const server = hops.find((hop) => hop.place === 'proxy')
  if (transport?.kind !== 'tls' || cause !== null || server?.place !== 'proxy') return false
  if (server.outcome.details !== 'http1.codec_error' || server.listener === null || server.filterChain === null)
    return false
  const dump = mesh.pod(server.pod)?.proxy?.dump
  return dump !== undefined && serverContext(dump, server.listener, server.filterChain.index) === null
}

/**
 * The way behind an Envoy that speaks TLS to another one, as the handshake lets it go on: the client's Envoy judges the certificate that
 * the server's chain presents; and where the server judged the client's and refused it, how the client learns of that.
 */
export function handshakeJudged(walk: Walk, place: Place, hop: ProxyHop, way: Way): Way {
  if (answeredInPlaintext(walk, hop, way)) {
    const details = tlsError(268_435_703, 'WRONG_VERSION_NUMBER')
    return {...way, outcome: {...way.outcome, kind: 'reset', status: null, responseFlags: '-', details}}
  }
  const contexts = contextsOf(walk, place, hop, way)
  if (contexts === null || place.proxy === null || contexts.serverPlace.proxy === null) return way
  const by = {place: 'proxy' as const, pod: contexts.serverPlace.name, address: null}
  const reset = {kind: 'reset' as const, status: null, responseFlags: '-', by}
  const chain = serverChain(contexts.serverPlace.proxy, contexts.server)
  const time = walk.mesh.snapshot.document.capturedAt ?? null
  const explained = (check: Check): Step | null => (walk.explain ? refusedStep(hop, check) : null)
  const refusal = refusalOf(place.proxy, contexts.client, chain, time)
  if (refusal !== null) {
    const details = tlsError(268_435_581, 'CERTIFICATE_VERIFY_FAILED', refusal.reason)
    return endedThere(way, contexts, {...reset, details}, explained(refusal.check))
  }
  const name = hop.transport?.kind === 'tls' ? hop.transport.certificate : null
  const own = name === null ? [] : secretChain(place.proxy, name)
  const rejected = clientRefusalOf(contexts.serverPlace.proxy, contexts.server, own, time)
  if (rejected === null) return refusedClient(way, contexts, hop)
  const details = speaksTls13(contexts.client, contexts.server) ? null : alerts[rejected.reason]
  return endedThere(way, contexts, {...reset, details}, explained(rejected.check))
}

/** How a client before TLS 1.3 is told that its certificate is not taken. */
const alerts = {
  issuer: tlsError(268_436_504, 'TLSV1_ALERT_UNKNOWN_CA'),
  time: tlsError(268_436_501, 'SSLV3_ALERT_CERTIFICATE_EXPIRED'),
}

const refusedStep = ({transport}: ProxyHop, check: Check): Step => ({
  at: transport?.kind === 'tls' ? transport.at : '$',
  level: 'tls',
  decided: null,
  because: [],
  passedOver: [{at: '$', check}],
})

/** In TLS 1.3 the client has done its part before the server judges it, and finds a broken connection; before, it gets an alert. */
function refusedClient(way: Way, {client, server, index}: Contexts, {transport}: ProxyHop): Way {
  const there = way.hops[index]
  const refused =
    index === way.hops.length - 1 &&
    there?.place === 'proxy' &&
    there.outcome.kind === 'reset' &&
    there.outcome.details === null &&
    there.routeConfig === null &&
    there.cluster === null
  if (!refused || way.cause !== null || speaksTls13(client, server)) return way
  const details =
    transport?.kind === 'tls' && transport.certificate === null
      ? tlsError(268_436_496, 'SSLV3_ALERT_HANDSHAKE_FAILURE')
      : tlsError(268_436_504, 'TLSV1_ALERT_UNKNOWN_CA')
  return {...way, outcome: {...way.outcome, details}}
}
