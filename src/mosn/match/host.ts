import {formatSocketAddress, parseSocketAddress, type SocketAddress} from '../../address/socket-address.js'
import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {MosnCluster, MosnHost} from '../parse/cluster.js'
import type {HostShare, MosnTransport} from './result.js'
import type {RoutedRequest} from './routed-request.js'
import {selectHosts} from './subset.js'

/** The hosts that load balancing can choose; none: MOSN answers 502. */
export interface HostChoice {
  shares: HostShare[]
  steps: Step[]
  assumptions: Assumption[]
}

/** What the choice of a host looks at beside the cluster. */
export interface HostQuestion {
  criteria: readonly [string, string][]
  originalDestination: SocketAddress | null
  request: RoutedRequest | null
}

export function chooseHosts(cluster: MosnCluster, question: HostQuestion): HostChoice {
  if (cluster.lbType === 'LB_ORIGINAL_DST' || cluster.type === 'ORIGINAL_DST')
    return originalDestination(cluster, question)
  const {hosts, step} = selectHosts(withoutDown(cluster), question.criteria)
  const shares = sharesOf(cluster, hosts)
  const checked = hosts.some(({isChecked}) => isChecked) ? [unseenHealth(cluster)] : []
  return {
    shares,
    steps: [...(step === null ? [] : [step]), endpointStep(cluster, shares)],
    assumptions: [...checked, ...balancingAssumptions(cluster, hosts)],
  }
}

/** A subset whose hosts are all down is as one that is not there: its fallback is asked. */
const withoutDown = (cluster: MosnCluster): MosnCluster => ({
  ...cluster,
  hosts: cluster.hosts.filter(({isDown}) => isDown !== true),
})

const endpointStep = (cluster: MosnCluster, shares: readonly HostShare[]): Step => ({
  at: cluster.at,
  level: 'endpoint',
  decided: shares.map(({address}) => address).join(', ') || null,
  because: [
    check(
      'lb_type',
      cluster.lbType || 'LB_ROUNDROBIN',
      `${shares.length} of ${cluster.hosts.length} hosts`,
      shares.length > 0,
    ),
  ],
  passedOver: [],
})

/** Weights count for these alone; round robin and random take all healthy hosts alike. */
const weightedTypes = new Set(['LB_WEIGHTED_ROUNDROBIN', 'LB_LEAST_REQUEST', 'LB_LEAST_CONNECTION', 'LB_PEAK_EWMA'])

function sharesOf(cluster: MosnCluster, hosts: readonly MosnHost[]): HostShare[] {
  // Each request begins at the first host of the list, and goes on to the next only when it is tried again.
  const used = cluster.lbType === 'LB_REQUEST_ROUNDROBIN' ? hosts.slice(0, 1) : hosts
  const weigh = weightedTypes.has(cluster.lbType)
  const total = used.reduce((sum, {weight}) => sum + (weigh ? weight : 1), 0)
  return used.map((host) => ({
    address: host.address,
    probability: (weigh ? host.weight : 1) / total,
    health: host.isChecked ? 'UNKNOWN' : 'HEALTHY',
    locality: null,
    priority: 0,
    transport: transportOf(cluster, host),
    at: host.at,
  }))
}

const transportOf = ({tls}: MosnCluster, {tlsDisabled}: MosnHost): MosnTransport =>
  tls === null || tlsDisabled
    ? {kind: 'plaintext'}
    : {kind: 'tls', sni: tls.sni, alpn: [], certificate: null, identity: [], at: tls.at}

/** MOSN has no panic threshold: where all are unhealthy it answers 502. */
const unseenHealth = ({name, at}: MosnCluster): Assumption => ({
  about: `health of the hosts of ${name}`,
  assumed: 'all are healthy: MOSN checks them, but its dump does not tell',
  at,
  turn: null,
})

function balancingAssumptions({name, at, lbType}: MosnCluster, hosts: readonly MosnHost[]): Assumption[] {
  if (hosts.length < 2) return []
  const assumed: Readonly<Record<string, string>> = {
    LB_LEAST_REQUEST: 'no host has more requests under way than another',
    LB_LEAST_CONNECTION: 'no host has more connections than another',
    LB_PEAK_EWMA: 'no host answers slower than another',
    LB_MAGLEV: 'the hash of the request comes to each host alike',
  }
  const text = assumed[lbType]
  return text === undefined ? [] : [{about: `load of the hosts of ${name}`, assumed: text, at, turn: null}]
}

/** The host that a header names, else where the connection wanted to go; a text without any colon gets port 80. */
function originalDestination(cluster: MosnCluster, {originalDestination: wanted, request}: HostQuestion): HostChoice {
  const {useHeader, headerName, replaceLocal} = cluster.originalDestination
  const named = useHeader ? (request?.header(headerName) ?? '') : ''
  const text = named !== '' ? named : wanted === null ? '' : formatSocketAddress(wanted)
  const withPort = text === '' || text.includes(':') ? text : `${text}:80`
  const address = replaceLocal ? localised(withPort) : withPort
  const source = named !== '' ? check(`header ${headerName}`, 'an address', named, true) : destinationCheck(wanted)
  const step: Step = {at: cluster.at, level: 'endpoint', decided: address || null, because: [source], passedOver: []}
  if (address === '') return {shares: [], steps: [step], assumptions: []}
  const share: HostShare = {
    address,
    probability: 1,
    health: 'HEALTHY',
    locality: null,
    priority: 0,
    transport:
      cluster.tls === null
        ? {kind: 'plaintext'}
        : {kind: 'tls', sni: cluster.tls.sni, alpn: [], certificate: null, identity: [], at: cluster.tls.at},
    at: cluster.at,
  }
  return {shares: [share], steps: [step], assumptions: []}
}

const destinationCheck = (wanted: SocketAddress | null) =>
  check(
    'original destination',
    'an address',
    wanted === null ? 'none was learnt' : formatSocketAddress(wanted),
    wanted !== null,
  )

const localised = (address: string): string => {
  const socket = parseSocketAddress(address)
  return socket === null ? address : `127.0.0.1:${socket.port}`
}
