import {sayFails} from '../story/check.js'
import {istioObject} from '../story/istio-object.js'
import {podName, readClusterName} from '../story/names.js'
import type {Failure} from './failure.js'
import {stepsOf} from './failure.js'
import {type Family, facts} from './remedy.js'

/** The object that the sending Envoy's cluster was made from, else what it would be called. */
function ruleOf({sender, facts: {source}}: Failure): string {
  const step = stepsOf(sender, 'cluster').at(-1)
  const object = step === undefined || sender === null ? null : istioObject(source?.(step.at, sender))
  const host = sender?.cluster == null ? null : readClusterName(sender.cluster)?.host
  return object ?? `the DestinationRule for ${host ?? 'this service'}`
}

const judged = (failure: Failure) =>
  stepsOf(failure.proxy, 'tls')
    .flatMap(({passedOver}) => passedOver)
    .find(({check}) => check.holds === 'no')?.check

/** The client's Envoy does not take the server's certificate. */
function serverRefused(failure: Failure, reason: string) {
  const server = podName(failure.proxy?.pod ?? '')
  const check = judged(failure)
  const kind = reason.includes('SAN_matcher') ? 'name' : reason.includes('expired') ? 'time' : 'authority'
  const change = {
    name: `set subjectAltNames in ${ruleOf(failure)} to the identity that ${server} has, or see that the endpoint belongs to this service (its service account)`,
    time: `see why istiod no longer renews the certificate of ${server} (its agent's log), and start the pod again`,
    authority: `see that both pods get their certificates from the same root (sidetrace proxy-config rootca-compare), and start the one with the old root again`,
  }[kind]
  return {
    says: `the Envoy of ${podName(failure.sender?.pod ?? '')} does not take the certificate of ${server}`,
    lines: facts(['because', check === undefined ? null : sayFails(check)], ['to change', change]),
  }
}

/** The server's Envoy does not take the client's certificate, or got none. */
function clientRefused(failure: Failure) {
  const server = podName(failure.proxy?.pod ?? '')
  const check = judged(failure)
  const sender = failure.sender
  const none =
    sender === null
      ? failure.request.tls?.cert == null
      : sender.transport?.kind !== 'tls' || sender.transport.certificate === null
  const change = none
    ? `present a certificate of the mesh: ${sender === null ? 'call through a sidecar' : `set trafficPolicy.tls.mode of ${ruleOf(failure)} to ISTIO_MUTUAL`}`
    : 'see that both pods get their certificates from the same root (sidetrace proxy-config rootca-compare), and that they are not expired'
  return {
    says: `the Envoy of ${server} ends the TLS handshake: ${none ? 'it wants a client certificate, and gets none' : 'it does not take the certificate of the client'}`,
    lines: facts(['because', check === undefined ? null : sayFails(check)], ['to change', change]),
  }
}

/** The server's listener has no TLS. */
function plaintextPort(failure: Failure) {
  const {proxy, sender} = failure
  const server = podName(proxy?.pod ?? '')
  return {
    says: `the Envoy of ${podName(sender?.pod ?? '')} speaks TLS to ${server}, which takes plaintext on this port`,
    lines: facts(
      [
        'it answers',
        `${proxy?.outcome.status ?? ''} in plaintext (listener ${proxy?.listener ?? ''}), which is no TLS`,
      ],
      [
        'to change',
        `set trafficPolicy.tls.mode of ${ruleOf(failure)} to DISABLE for this port, or call a port that takes TLS`,
      ],
    ),
  }
}

/** A TLS handshake between two Envoys, or with a client of its own TLS, that fails after a filter chain was found. */
export const tlsHandshake: Family = (failure) => {
  const {outcome, proxy} = failure
  const reason = /^tls_error: (.*)$/s.exec(outcome.details ?? '')?.[1]
  if (reason?.includes('CERTIFICATE_VERIFY_FAILED') === true) return serverRefused(failure, reason)
  if (reason?.includes('WRONG_VERSION_NUMBER') === true) return plaintextPort(failure)
  const ended = outcome.kind === 'reset' && judged(failure) !== undefined
  return reason !== undefined || (ended && proxy?.routeConfig === null) ? clientRefused(failure) : null
}
