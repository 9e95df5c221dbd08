import type {Check} from '../../decision/check.js'
import {sayFails} from '../story/check.js'
import {podName, podNamespace, readClusterName} from '../story/names.js'
import type {Failure} from './failure.js'
import {stepsOf} from './failure.js'
import {type Family, facts} from './remedy.js'

const chainChecks = (failure: Failure): {name: string; check: Check}[] =>
  stepsOf(failure.proxy, 'filter chain').flatMap((step) =>
    step.passedOver.map(({at, name, check}) => ({name: name ?? at, check})),
  )

/** What the bytes on the wire were, as far as the trace tells. */
function spoken({sender, request}: Failure): 'plaintext' | 'tls' | null {
  if (sender?.transport?.kind === 'plaintext') return 'plaintext'
  if (sender?.transport?.kind === 'tls') return 'tls'
  if (sender !== null) return null
  return request.tls !== null || request.url?.startsWith('https:') === true ? 'tls' : 'plaintext'
}

function plaintextToStrict(failure: Failure) {
  const {proxy, sender, request} = failure
  const pod = proxy?.pod ?? ''
  const cluster = sender?.cluster == null ? null : readClusterName(sender.cluster)
  const service = cluster?.host ?? null
  const sendsPlain =
    sender === null
      ? `${podName(request.client.pod)} has no Envoy on this way, so it sends plaintext`
      : `the Envoy of ${podName(sender.pod)} sends plaintext through ${sender.cluster ?? 'no cluster'}`
  const change =
    sender === null
      ? `give ${podName(request.client.pod)} a sidecar, or set the PeerAuthentication that applies to ${podName(pod)} (${podNamespace(pod)}) to PERMISSIVE for this port`
      : service === null
        ? 'call the service by its name instead of the pod address, so that the Envoy uses mTLS'
        : `set the TLS mode of the DestinationRule for ${service} to ISTIO_MUTUAL`
  return {
    says: `${podName(pod)} takes only mTLS here, and this is plaintext`,
    lines: facts(['who asked', sendsPlain], ['to change', change]),
  }
}

function gatewayName(failure: Failure) {
  const {proxy} = failure
  const names = chainChecks(failure).filter(({check}) => /server_names|sni/i.test(check.field))
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

/** No filter chain of the listener wants this connection. */
export const filterChain: Family = (failure) => {
  const details = `${failure.details} ${failure.proxy?.outcome.details ?? ''}`
  if (!details.includes('filter_chain_not_found')) return null
  const checks = chainChecks(failure)
  if (
    spoken(failure) === 'plaintext' &&
    checks.some(({check}) => check.field === 'transport_protocol' && check.want.includes('tls'))
  )
    return plaintextToStrict(failure)
  if (checks.some(({check}) => /server_names|sni/i.test(check.field))) return gatewayName(failure)
  return {
    says: `no filter chain of ${failure.proxy?.listener ?? 'the listener'} wants this connection`,
    lines: facts(
      ...checks.slice(0, 5).map(({name, check}): [string, string] => ['passed over', `${name}: ${sayFails(check)}`]),
    ),
  }
}
