import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {endpointShare, hostOf} from './endpoint.js'
import {hostAt} from './original-destination.js'
import {clusterStep, forwardedTo, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/** The host is the request's own, or for TCP the SNI; the port is that of the authority, else the scheme's. */
export function chooseForwardProxyHost(known: KnownCluster, ask: Ask): UpstreamChoice[] {
  const {cluster} = known
  const authority = ask.need.request ? ask.need.request.authority : ask.connection.inspected.serverName
  const steps = ask.explain ? [clusterStep(known), hostStep(known, authority || null)] : []
  if (!authority) return [{...noHealthyHost(known, ask), steps}]
  const secure = cluster.transportSocket.kind === 'tls'
  const port = Number(
    /:(\d+)$/.exec(authority)?.[1] ?? (ask.need.request ? (secure ? 443 : 80) : ask.connection.local.port),
  )
  const name = hostOf(authority)
  const host = hostAt({ip: name, port}, cluster.at, name)
  const choice = forwardedTo(known, [endpointShare(cluster, host, {probability: 1}, ask)], ask)
  const resolves = {
    about: `DNS name ${name}`,
    assumed: 'resolves to one address, which answers',
    at: cluster.at,
    turn: null,
  }
  return [{...choice, assumptions: [...choice.assumptions, resolves], steps}]
}

const hostStep = ({cluster}: KnownCluster, authority: string | null): Step => ({
  at: cluster.at,
  level: 'endpoint',
  decided: authority,
  because: [check('authority', '(a host)', authority ?? '(absent)', authority !== null)],
  passedOver: [],
})
