import {podName} from '../story/names.js'
import {type Family, facts} from './remedy.js'

/** Client and server wait for each other, or an Envoy waits for the first byte. */
export const silence: Family = ({outcome, branch, request}) => {
  if (outcome.kind !== 'timeout') return null
  const waiting = branch.hops.findLast((hop) => hop.place === 'proxy')
  const who = waiting?.place === 'proxy' ? `the Envoy of ${podName(waiting.pod)}` : null
  return {
    says:
      who === null
        ? 'nobody speaks first'
        : `${who} waits for the first bytes to tell the protocol, and the client says nothing`,
    lines: facts(
      ['listener', waiting?.place === 'proxy' ? waiting.listener : null],
      [
        'to change',
        request.tcp === null || who === null
          ? null
          : `declare ${request.tcp.dst} as TCP in its Service (port name tcp-..., or appProtocol: tcp), so that no Envoy sniffs`,
      ],
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
        ? null
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
    lines: facts(...reasons.slice(0, 5).map((reason): [string, string] => ['not known', reason])),
  }
}
