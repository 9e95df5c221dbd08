import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {endpointShare, hostOf} from './endpoint.js'
import {hostAt} from './original-destination.js'
import {withBreaker} from './overload.js'
import {clusterStep, forwardedTo, noHealthyHost} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/**
 * The host is the request's own, or for TCP the SNI; the port is that of the authority, else the scheme's. Where Envoy
 * has looked the name up before, its dump shows the address.
 */
export function chooseForwardProxyHost(known: KnownCluster, ask: Ask): UpstreamChoice[] {
  const {cluster} = known
  const target = targetOf(known, ask)
  const steps = ask.explain ? [clusterStep(known), hostStep(known, target)] : []
  if (!target) return [{...noHealthyHost(known, ask), steps}]
  const hostname = formatSocketAddress(target)
  const resolved = known.sets?.flatMap(({hosts}) => hosts).find(({endpoint}) => endpoint.hostname === hostname)
  const host = resolved ?? hostAt(target, cluster.at, hostname)
  const choice = forwardedTo(known, [endpointShare(cluster, host, {probability: 1}, ask)], ask)
  const assumptions = resolved || isAddress(target.ip) ? [] : [resolves(target.ip, cluster.at)]
  return [withBreaker(known, {...choice, assumptions: [...choice.assumptions, ...assumptions], steps}, ask)]
}

const isAddress = (host: string): boolean => parseSocketAddress(formatSocketAddress({ip: host, port: 0})) !== null

const resolves = (name: string, at: string): Assumption => ({
  about: `DNS name ${name}`,
  assumed: 'resolves to one address, which answers',
  at,
  turn: null,
})

function targetOf({cluster}: KnownCluster, {need, connection}: Ask): SocketAddress | null {
  const authority = need.request ? need.request.authority : connection.inspected.serverName
  if (!authority) return null
  const byScheme = cluster.transportSocket.kind === 'tls' ? 443 : 80
  const port = /:(\d+)$/.exec(authority)?.[1] ?? (need.request ? byScheme : connection.local.port)
  return {ip: hostOf(authority), port: Number(port)}
}

const hostStep = ({cluster}: KnownCluster, target: SocketAddress | null): Step => ({
  at: cluster.at,
  level: 'endpoint',
  decided: target && formatSocketAddress(target),
  because: [check('authority', '(a host)', target ? formatSocketAddress(target) : '(absent)', target !== null)],
  passedOver: [],
})
