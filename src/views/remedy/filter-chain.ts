import type {Check} from '../../decision/check.js'
import type {ProxyHop} from '../../trace/trace.js'
import {sayFails} from '../story/check.js'
import {istioObject} from '../story/istio-object.js'
import {podName, podNamespace, readClusterName} from '../story/names.js'
import {bypassOf} from './bypass.js'
import type {Failure} from './failure.js'
import {stepsOf} from './failure.js'
import {type Family, facts} from './remedy.js'

const chainChecks = (failure: Failure): {name: string; check: Check}[] =>
  stepsOf(failure.proxy, 'filter chain').flatMap((step) =>
    step.passedOver.map(({at, name, check}) => ({name: name ?? at, check})),
  )

/** What the bytes on the wire were, as far as the trace tells. */
function spoken(failure: Failure): 'plaintext' | 'tls' | null {
  // A client's TLS may lie inside what an Envoy passes on as plain bytes: what the chains were compared with is the truth.
  const seen = chainChecks(failure).find(({check}) => check.field === 'transport_protocol')?.check.got
  if (seen === 'tls') return 'tls'
  const {sender, request} = failure
  if (sender?.transport?.kind === 'plaintext') return 'plaintext'
  if (sender?.transport?.kind === 'tls') return 'tls'
  if (sender !== null) return null
  return request.tls !== null || request.url?.startsWith('https:') === true ? 'tls' : 'plaintext'
}

/** The DestinationRule that the sending Envoy's cluster was made from. */
function senderObject({facts}: Failure, sender: ProxyHop): string | null {
  const step = stepsOf(sender, 'cluster').at(-1)
  const object = step === undefined ? null : istioObject(facts.source?.(step.at, sender))
  return object?.startsWith('DestinationRule ') === true ? object : null
}

function plaintextToStrict(failure: Failure) {
  const {proxy, sender, request} = failure
  const pod = proxy?.pod ?? ''
  const cluster = sender?.cluster == null ? null : readClusterName(sender.cluster)
  const service = cluster?.host ?? null
  const bypass = bypassOf(failure)
  const sendsPlain =
    sender === null
      ? (bypass?.says ?? `${podName(request.client.pod)} has no Envoy, so it sends plaintext`)
      : `the Envoy of ${podName(sender.pod)} sends plaintext through ${sender.cluster ?? 'no cluster'}`
  const rule = sender === null ? null : senderObject(failure, sender)
  const change =
    sender === null
      ? (bypass?.change ??
        `give ${podName(request.client.pod)} a sidecar, or set the PeerAuthentication that applies to ${podName(pod)} (${podNamespace(pod)}) to PERMISSIVE for this port`)
      : service === null
        ? 'call the service by its name instead of the pod address, so that the Envoy uses mTLS'
        : `set trafficPolicy.tls.mode of ${rule ?? `the DestinationRule for ${service}`} to ISTIO_MUTUAL`
  return {
    says: `${podName(pod)} takes only mTLS here, and this is plaintext`,
    lines: facts(['who asked', sendsPlain], ['to change', change]),
  }
}

function gatewayName(failure: Failure) {
  const {proxy} = failure
  const names = chainChecks(failure).filter(({check}) => check.field === 'server_names')
  const served = [...new Set(names.map(({check}) => check.want))]
  const asked = names[0]?.check.got ?? failure.request.tls?.sni ?? null
  return {
    says: `no filter chain of ${podName(proxy?.pod ?? '')} serves ${asked === null || asked === '(absent)' ? 'a connection without a server name' : `the name ${asked}`}`,
    lines: facts(
      ['it serves', served.length === 0 ? null : served.join(', ')],
      [
        'to change',
        served.length === 0 ? null : `ask for one of these names, or add a server for ${asked ?? 'it'} to the Gateway`,
      ],
    ),
  }
}

/** TLS of the client's own, where the port takes the mesh's TLS (ALPN istio) or none. */
function foreignTls(failure: Failure, checks: {name: string; check: Check}[]) {
  const wanted = checks.find(({check}) => check.field === 'application_protocols' && check.want.includes('istio'))
  if (wanted === undefined) return null
  const pod = podName(failure.proxy?.pod ?? '')
  const plain = checks.some(({check}) => check.field === 'transport_protocol' && check.want === 'raw_buffer')
  return {
    says: `${pod} takes ${plain ? 'plaintext or ' : ''}the TLS of the mesh here (ALPN ${wanted.check.want}), and this TLS is the client's own`,
    lines: facts(
      ['it offers', wanted.check.got === '(none)' ? 'no ALPN' : `ALPN ${wanted.check.got}`],
      [
        'to change',
        `speak plaintext${failure.request.url?.startsWith('https:') === true ? ' (http:// instead of https://)' : ''} ${plain ? '' : 'through a sidecar '}and leave the encryption to the mesh, or declare this port as HTTPS or TLS in its Service (port name https-..., or appProtocol: https)`,
      ],
    ),
  }
}

/** Plaintext at a gateway's port for TLS. */
const plainAtGateway = ({proxy, request}: Failure) => ({
  says: `${podName(proxy?.pod ?? '')} takes only TLS on this port, and this is plaintext`,
  lines: facts(['to change', request.url === null ? 'speak TLS' : `call ${request.url.replace(/^http:/, 'https:')}`]),
})

/** Chains that came close: those that want this port first. */
const byCloseness = (checks: {name: string; check: Check}[]): {name: string; check: Check}[] =>
  checks
    .filter(({check}) => check.holds !== 'yes')
    .sort((a, b) => Number(a.check.field === 'destination_port') - Number(b.check.field === 'destination_port'))

/** No filter chain of the listener wants this connection. */
export const filterChain: Family = (failure) => {
  const details = `${failure.details} ${failure.proxy?.outcome.details ?? ''}`
  if (!details.includes('filter_chain_not_found')) return null
  const checks = chainChecks(failure)
  const plaintext = spoken(failure) === 'plaintext'
  const named = checks.some(({check}) => check.field === 'server_names')
  if (plaintext && checks.some(({check}) => check.field === 'transport_protocol' && check.want.includes('tls')))
    return plaintextToStrict(failure)
  if (plaintext && named && failure.proxy?.direction === null) return plainAtGateway(failure)
  if (named) return gatewayName(failure)
  const foreign = plaintext ? null : foreignTls(failure, checks)
  if (foreign !== null) return foreign
  return {
    says: `no filter chain of ${failure.proxy?.listener ?? 'the listener'} wants this connection`,
    lines: facts(
      ...byCloseness(checks)
        .slice(0, 5)
        .map(({name, check}): [string, string] => ['passed over', `${name}: ${sayFails(check)}`]),
      [
        'to change',
        'call a port that this workload serves, in the protocol that its chains want, or add the port to its Service',
      ],
    ),
  }
}
