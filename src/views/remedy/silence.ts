import type {ProxyHop} from '../../trace/trace.js'
import {podName} from '../story/names.js'
import {type Family, facts} from './remedy.js'

/** What helps depends on the side: a client's Envoy sniffs by the Service's declaration, a server's always does. */
function changeFor({pod, direction}: ProxyHop, dst: string): string {
  if (direction === 'inbound')
    return `let the client speak first, call it by a service, so that the client's Envoy begins with mTLS, or exclude this port from interception at ${podName(pod)} (traffic.sidecar.istio.io/excludeInboundPorts)`
  return `declare ${dst} as TCP in its Service (port name tcp-..., or appProtocol: tcp), so that no Envoy sniffs`
}

/** Client and server wait for each other, or an Envoy waits for the first byte. */
export const silence: Family = ({outcome, branch, request}) => {
  if (outcome.kind !== 'timeout') return null
  const waiting = branch.hops.findLast((hop) => hop.place === 'proxy')
  if (waiting?.place !== 'proxy')
    return {
      says: 'nobody speaks first',
      lines: facts(['to change', 'let one side send the first bytes']),
    }
  return {
    says: `the Envoy of ${podName(waiting.pod)} waits for the first bytes to tell the protocol, and the client says nothing`,
    lines: facts(
      ['listener', waiting.listener],
      ['to change', changeFor(waiting, request.tcp?.dst ?? request.url ?? 'this port')],
    ),
  }
}

/** The Envoy's own traffic comes back to it. */
export const loop: Family = ({outcome, branch, request}) => {
  const port = /:(15001|15006)$/.exec(
    request.tcp?.dst ?? /^[a-z]+:\/\/([^/?#]*)/i.exec(request.url ?? '')?.[1] ?? '',
  )?.[1]
  if (outcome.kind !== 'loop') return null
  const pod = branch.hops.findLast((hop) => hop.place === 'proxy')
  return {
    says: `the request comes back to the Envoy${pod?.place === 'proxy' ? ` of ${podName(pod.pod)}` : ''} that sent it`,
    lines: facts([
      'to change',
      port === undefined
        ? 'see which route or endpoint leads back to the pod that the request comes from, and lead it elsewhere'
        : `call the service's own port; ${port} is the port on which Envoy takes redirected traffic`,
    ]),
  }
}

/** What the snapshot does not tell. */
export const unknown: Family = ({outcome, branch}) => {
  if (outcome.kind !== 'unknown') return null
  const reasons = [...branch.warnings, ...branch.assumptions.map(({about, assumed}) => `${about}: ${assumed}`)]
  return {
    says: outcome.details ?? 'the snapshot does not tell how this ends',
    lines: facts(...reasons.slice(0, 5).map((reason): [string, string] => ['not known', reason]), [
      'to change',
      'nothing yet: capture what is missing, and ask again',
    ]),
  }
}
