import type {ProxyHop} from './trace.js'
import type {Way} from './way.js'

/** How an Envoy takes the failure of its upstream connection, in the words of its access log. */
interface UpstreamFailure {
  responseFlags: string
  /** %RESPONSE_CODE_DETAILS% of its 503, where it speaks HTTP. */
  details: string
}

const connectionFailure = (reason: string): UpstreamFailure => ({
  responseFlags: 'UF',
  details: `upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_${reason}}`,
})

/** Outcomes beyond a proxy that reach it as a failed or a broken connection; null for those that it passes through as they are. */
function failureBeyond(way: Way, toTls: boolean): UpstreamFailure | null {
  switch (way.outcome.kind) {
    case 'refused':
    case 'rejected':
      return connectionFailure('Connection_refused')
    case 'unreachable':
      return connectionFailure('Network_is_unreachable')
    case 'dropped':
      return {responseFlags: 'UF', details: 'upstream_reset_before_response_started{connection_timeout}'}
    case 'reset':
      if (way.outcome.details?.startsWith('tls_error: ') === true)
        return {
          responseFlags: 'UF',
          details: `upstream_reset_before_response_started{remote_connection_failure|${way.outcome.details.slice('tls_error: '.length)}}`,
        }
      // A closed connection during the TLS handshake is a failed connect; after it, a broken one.
      return toTls && way.outcome.details === 'filter_chain_not_found'
        ? {responseFlags: 'UF', details: 'upstream_reset_before_response_started{remote_connection_failure|TLS_error}'}
        : {responseFlags: 'UC', details: 'upstream_reset_before_response_started{connection_termination}'}
    default:
      return null
  }
}

/** Envoy: an internal listener that is missing, or that has no filter chain for the connection, fails the connect itself. */
function failureInside({endpoint}: ProxyHop, {outcome}: Way): UpstreamFailure | null {
  if (!endpoint?.startsWith('envoy://')) return null
  const fails = outcome.kind === 'refused' || outcome.details === 'filter_chain_not_found'
  const reason = `immediate_connect_error:_Invalid_argument|remote_address:${endpoint}`
  return fails
    ? {responseFlags: 'UF', details: `upstream_reset_before_response_started{remote_connection_failure|${reason}}`}
    : null
}

/**
 * The way beyond a proxy as its client meets it. A proxy that speaks HTTP answers 503 where its upstream fails; one that
 * passes bytes closes the connection, and logs a failed connect with its attempts used up (UF,URX).
 */
export function throughProxy(hop: ProxyHop, speaksHttp: boolean, way: Way): Way {
  const failure = failureInside(hop, way) ?? failureBeyond(way, hop.transport?.kind === 'tls')
  if (failure === null) return {...way, hops: [hop, ...way.hops]}
  const cause = way.cause ?? way.outcome
  const by = {place: 'proxy' as const, pod: hop.pod, address: null}
  if (speaksHttp) {
    const outcome = {kind: 'responded' as const, status: 503, ...failure}
    return {...way, hops: [{...hop, outcome}, ...way.hops], outcome: {...outcome, by}, cause}
  }
  if (failure.responseFlags !== 'UF') return {...way, hops: [passedOn(hop, way), ...way.hops]}
  const outcome = {kind: 'reset' as const, status: null, responseFlags: 'UF,URX', details: null}
  return {...way, hops: [{...hop, outcome}, ...way.hops], outcome: {...outcome, by}, cause}
}

/**
 * A proxy of bytes behind which the connection is closed. Kernel: who closes with bytes unread sends RST, which this proxy logs
 * as UR. A listener's inspectors only peek, so where no filter chain fits the client's bytes are unread for certain.
 */
const passedOn = (hop: ProxyHop, {outcome}: Way): ProxyHop =>
  outcome.details === 'filter_chain_not_found' ? {...hop, outcome: {...hop.outcome, responseFlags: 'UR'}} : hop
