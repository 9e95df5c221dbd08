import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {MosnCluster} from '../parse/cluster.js'
import type {MosnDump} from '../parse/dump.js'
import type {MosnChain} from '../parse/listener.js'
import type {MosnRoute, MosnRouter, MosnVirtualHost} from '../parse/router.js'
import {chainVerdict} from './chain.js'
import {type ClusterWay, chooseClusters} from './cluster.js'
import {chooseHosts} from './host.js'
import {type Arrival, arrive} from './listener.js'
import type {MosnRequest, Suppositions} from './request.js'
import type {MosnBranch, MosnOutcome, Note} from './result.js'
import {redirectLocation, rewrittenRequest} from './rewrite.js'
import {chooseRoute} from './route.js'
import {type RoutedRequest, routedRequest} from './routed-request.js'
import {tcpRoute} from './tcp-proxy.js'
import {chooseVirtualHost} from './virtual-host.js'

/** What was decided so far on one way. */
interface SoFar {
  arrival: Arrival
  routeConfig: string | null
  virtualHost: string | null
  route: MosnBranch['route']
  steps: Step[]
  assumptions: Assumption[]
  notes: Note[]
}

/**
 * What one MOSN does with a connection or request: accepting listener, hand-off by original destination, its one filter chain, router
 * configuration, virtual host, route, cluster and hosts. The probabilities of the branches sum to 1.
 */
export function matchMosn(dump: MosnDump, request: MosnRequest, suppositions: Suppositions = {}): MosnBranch[] {
  const arrival = arrive(dump, request, suppositions)
  if ('refusal' in arrival) return [refused(arrival.refusal, arrival.unknown)]
  const {listener, steps, assumptions} = arrival
  const soFar: SoFar = {arrival, routeConfig: null, virtualHost: null, route: null, steps, assumptions, notes: []}
  const {chain} = listener
  if (listener.chainCount !== 1 || chain === null) {
    const failed = check('filter chains', 'exactly one', String(listener.chainCount), 'no')
    const passedOver = [{at: listener.at, name: listener.name, check: failed}]
    return [
      ended(
        {...soFar, steps: [...steps, {at: listener.at, level: 'filter chain', decided: null, because: [], passedOver}]},
        closed(null),
      ),
    ]
  }
  const verdict = chainVerdict(listener, chain, request)
  const inChain: SoFar = {
    ...soFar,
    steps: [...steps, verdict.step],
    notes: verdict.notes,
    assumptions: [...assumptions, ...verdict.assumptions],
  }
  if (verdict.outcome !== null) return [ended(inChain, verdict.outcome)]
  return chain.proxy === null
    ? passBytes(dump, request, chain, inChain)
    : routeRequest(dump, request, chain.proxy, inChain, suppositions)
}

const refused = (step: Step, unknown: boolean): MosnBranch => ({
  ...blank,
  outcome: unknown
    ? {
        kind: 'unknown',
        status: null,
        responseFlags: '-',
        details: 'no listener takes redirected connections of this direction',
      }
    : {kind: 'no-listener', status: null, responseFlags: '-', details: null},
  steps: [step],
})

const blank: Omit<MosnBranch, 'outcome' | 'steps'> = {
  probability: 1,
  listener: null,
  filterChain: null,
  routeConfig: null,
  virtualHost: null,
  route: null,
  cluster: null,
  endpoints: [],
  rewritten: null,
  virtualCluster: null,
  upstream: null,
  assumptions: [],
  notes: [],
}

const closed = (details: string | null): MosnOutcome => ({kind: 'reset', status: null, responseFlags: '-', details})

/** MOSN's NoRouteFound, and its code RouterUnavailable. */
const noRoute: MosnOutcome = {kind: 'responded', status: 404, responseFlags: 'NR', details: 'router unavailable'}

/** MOSN's NoHealthyUpstream, and its code NoHealthUpstream. */
const noHost: MosnOutcome = {kind: 'responded', status: 502, responseFlags: 'UH', details: 'no health upstream'}

function ended(soFar: SoFar, outcome: MosnOutcome, cluster: string | null = null): MosnBranch {
  const {arrival, routeConfig, virtualHost, route, steps, assumptions, notes} = soFar
  return {
    ...blank,
    listener: arrival.listener.name,
    filterChain: arrival.listener.chain === null ? null : {name: null, index: 0},
    routeConfig,
    virtualHost,
    route,
    cluster,
    outcome,
    steps,
    assumptions,
    notes,
  }
}

/** A Dubbo caller gets an answer of Dubbo: status 60, and MOSN's own in the body. */
const withDubboAnswer = (branch: MosnBranch, request: MosnRequest): MosnBranch => {
  const {kind, status, details} = branch.outcome
  if (request.protocol !== 'dubbo' || kind !== 'responded' || details === null) return branch
  return {
    ...branch,
    notes: [...branch.notes, {kind: 'dubbo answer', text: `status 60, body ${status}|${details}`, at: '$'}],
  }
}

function routeRequest(
  dump: MosnDump,
  request: MosnRequest,
  proxy: NonNullable<MosnChain['proxy']>,
  soFar: SoFar,
  suppositions: Suppositions,
): MosnBranch[] {
  const routed = routedRequest(request, soFar.arrival.listener.name)
  const router = dump.routers.find(({name}) => name === proxy.routerConfigName) ?? null
  const step: Step = {
    at: router?.at ?? proxy.at,
    level: 'route config',
    decided: router?.name ?? null,
    because: router === null ? [] : [check('router_config_name', proxy.routerConfigName, router.name, true)],
    passedOver:
      router === null
        ? [
            {
              at: proxy.at,
              name: proxy.routerConfigName,
              check: check('router_config_name', proxy.routerConfigName, '(no such router configuration)', 'no'),
            },
          ]
        : [],
  }
  const inRouter: SoFar = {...soFar, routeConfig: proxy.routerConfigName || null, steps: [...soFar.steps, step]}
  // Only the connection is asked for: nothing is routed before a request comes.
  if (routed === null)
    return [
      ended(inRouter, {kind: 'unknown', status: null, responseFlags: '-', details: 'no request: MOSN waits for one'}),
    ]
  const known: SoFar = {...inRouter, assumptions: [...inRouter.assumptions, ...routed.assumptions]}
  const branches =
    router === null ? [ended(known, noRoute)] : inVirtualHost(dump, request, routed, router, known, suppositions)
  return branches.map((branch) => withDubboAnswer(branch, request))
}

function inVirtualHost(
  dump: MosnDump,
  request: MosnRequest,
  routed: RoutedRequest,
  router: MosnRouter,
  soFar: SoFar,
  suppositions: Suppositions,
): MosnBranch[] {
  const {virtualHost, step} = chooseVirtualHost(router, routed.host.toLowerCase())
  const inHost: SoFar = {...soFar, virtualHost: virtualHost?.name ?? null, steps: [...soFar.steps, step]}
  if (virtualHost === null) return [ended(inHost, noRoute)]
  return inRoute(dump, request, routed, virtualHost, inHost, suppositions)
}

function inRoute(
  dump: MosnDump,
  request: MosnRequest,
  routed: RoutedRequest,
  virtualHost: MosnVirtualHost,
  soFar: SoFar,
  suppositions: Suppositions,
): MosnBranch[] {
  const choice = chooseRoute(virtualHost, routed, suppositions)
  const {route} = choice
  const decided: SoFar = {
    ...soFar,
    route: route === null ? null : {name: null, index: route.index},
    steps: [...soFar.steps, choice.step],
    assumptions: [...soFar.assumptions, ...choice.assumptions],
  }
  if (route === null) return [ended(decided, noRoute)]
  const ways = chooseClusters(route, routed)
  // The cluster is drawn before MOSN looks whether the route answers by itself.
  if (ways.length === 0) return [ended({...decided, notes: [...decided.notes, panics(route)]}, panicked)]
  const own = ownAnswer(request, routed, route)
  if (own !== null) return [ended({...decided, notes: [...decided.notes, ...own.notes]}, own.outcome)]
  return ways.flatMap((way) => toCluster(dump, request, routed, route, way, decided))
}

/** Go's Intn takes no 0; MOSN catches the panic and answers nothing. */
const panicked: MosnOutcome = {
  kind: 'unknown',
  status: null,
  responseFlags: '-',
  details: 'the weights sum to 0: the draw panics, and nothing is answered',
}

const panics = (route: MosnRoute): Note => ({
  kind: 'panic',
  text: 'weighted clusters whose weights sum to 0',
  at: route.at,
})

/** A direct response counts before a redirect, both before any cluster. */
function ownAnswer(
  request: MosnRequest,
  routed: RoutedRequest,
  route: MosnRoute,
): {outcome: MosnOutcome; notes: Note[]} | null {
  const {directResponse, redirect} = route
  if (directResponse !== null) {
    const outcome: MosnOutcome = {
      kind: 'responded',
      status: directResponse.status,
      responseFlags: '-',
      details: 'direct response',
    }
    return {outcome, notes: directResponse.body === '' ? [] : [{kind: 'body', text: directResponse.body, at: route.at}]}
  }
  if (redirect === null) return null
  const location = redirectLocation(redirect, routed, request.tls !== null)
  const outcome: MosnOutcome = {kind: 'responded', status: redirect.code, responseFlags: '-', details: 'redirect'}
  return {outcome, notes: [{kind: 'location', text: location, at: route.at}]}
}

function toCluster(
  dump: MosnDump,
  request: MosnRequest,
  routed: RoutedRequest | null,
  route: MosnRoute | null,
  way: ClusterWay,
  soFar: SoFar,
): MosnBranch[] {
  const cluster = dump.clusters.find(({name}) => name === way.cluster) ?? null
  const inCluster: SoFar = {
    ...soFar,
    steps: [
      ...soFar.steps,
      ...(way.step === null ? [] : [way.step]),
      clusterStep(cluster, way.cluster, route?.at ?? '$'),
    ],
    assumptions: [...soFar.assumptions, ...way.assumptions],
  }
  const share = {
    probability: way.probability,
    ...(way.range === null ? {} : {probabilityRange: way.range}),
  }
  if (cluster === null)
    return [{...ended(inCluster, route === null ? closed('no such cluster') : noRoute, way.cluster || null), ...share}]
  const choice = chooseHosts(cluster, {
    criteria: way.criteria,
    originalDestination: soFar.arrival.originalDestination,
    request: routed,
  })
  const atHosts: SoFar = {
    ...inCluster,
    steps: [...inCluster.steps, ...choice.steps],
    assumptions: [...inCluster.assumptions, ...choice.assumptions],
    notes: [...inCluster.notes, ...loopNotes(soFar.arrival, request, choice.shares, cluster), ...routeNotes(route)],
  }
  if (choice.shares.length === 0)
    return [{...ended(atHosts, route === null ? closed('no host') : noHost, cluster.name), ...share}]
  const sent = request.http && routed && route ? rewrittenRequest(request.http, routed, route) : request.http
  return [
    {
      ...ended(atHosts, {kind: 'forwarded', status: null, responseFlags: '-', details: null}, cluster.name),
      ...share,
      endpoints: choice.shares,
      rewritten: sent && rewrittenOf(request, sent),
      upstream: {protocol: request.protocol, sourceAddress: null, mark: null, tls: null, http: sent, rpc: request.rpc},
    },
  ]
}

const clusterStep = (cluster: MosnCluster | null, name: string, here: string): Step => ({
  at: cluster?.at ?? here,
  level: 'cluster',
  decided: cluster?.name ?? null,
  because: [],
  passedOver:
    cluster === null
      ? [{at: here, name: name === '' ? '(none)' : name, check: check('cluster', name, '(no such cluster)', 'no')}]
      : [],
})

const rewrittenOf = ({http}: MosnRequest, sent: NonNullable<MosnRequest['http']>): MosnBranch['rewritten'] => ({
  authority: sent.authority === http?.authority ? null : sent.authority,
  path: sent.path === http?.path ? null : sent.path,
})

/** A cluster that connects to the original destination comes back to a listener that was connected to itself. */
function loopNotes(
  {accepting}: Arrival,
  {direction, dst}: MosnRequest,
  shares: readonly {address: string}[],
  cluster: MosnCluster,
): Note[] {
  const isOriginal = cluster.lbType === 'LB_ORIGINAL_DST' || cluster.type === 'ORIGINAL_DST'
  const self = direction === 'direct' && accepting.originalDestination !== null && isOriginal
  return self && shares.some(({address}) => address.endsWith(`:${dst.port}`))
    ? [{kind: 'loop', text: `${accepting.address} is connected to again by MOSN itself, without end`, at: accepting.at}]
    : []
}

function routeNotes(route: MosnRoute | null): Note[] {
  const mirror = route?.raw['request_mirror_policies']
  if (route === null || typeof mirror !== 'object' || mirror === null) return []
  const cluster: unknown = Reflect.get(mirror, 'cluster')
  const percent: unknown = Reflect.get(mirror, 'percent')
  return typeof cluster === 'string' && cluster !== ''
    ? [{kind: 'mirror', text: `${cluster} (${String(percent ?? 0)} %)`, at: route.at}]
    : []
}

/** Bytes that the tcp_proxy filter passes on; without it the filters of the chain are not known. */
function passBytes(dump: MosnDump, request: MosnRequest, chain: MosnChain, soFar: SoFar): MosnBranch[] {
  if (chain.tcpProxy === null)
    return [
      ended(soFar, {kind: 'unknown', status: null, responseFlags: '-', details: 'no proxy filter that is modelled'}),
    ]
  const choice = tcpRoute(chain.tcpProxy, request, soFar.arrival.originalDestination)
  const decided: SoFar = {
    ...soFar,
    steps: [...soFar.steps, choice.step],
    assumptions: [...soFar.assumptions, ...choice.assumptions],
  }
  if (choice.cluster === null) return [ended(decided, closed('no route'))]
  const way: ClusterWay = {
    cluster: choice.cluster,
    probability: 1,
    range: null,
    criteria: [],
    step: null,
    assumptions: [],
  }
  return toCluster(dump, request, null, null, way, decided)
}
