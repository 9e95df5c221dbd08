import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import {continueWays} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {Located} from '../parse/config-dump.js'
import {at, type JsonObject, object, string} from '../parse/field.js'
import {withoutAnyPort} from './authority.js'
import {type Draw, likelihood} from './draw.js'
import {requestInputs} from './matcher-inputs.js'
import {evaluateMatcher} from './matcher-tree.js'
import {metadataOf, type Passage} from './passage.js'
import {queryValues} from './query-matcher.js'
import type {CompiledRoute, RouteSubject} from './route.js'
import {chooseRoute, type RouteWay} from './route-choice.js'
import {matcherOf, type RouteTable, routesOf, routesOfAction, routeTable} from './route-config.js'
import {headerValue, headerValues, type RoutedRequest} from './routed-request.js'
import {chooseScope} from './scoped-routes.js'
import type {Situation} from './situation.js'
import {chooseVirtualHost, type VirtualHostEntry} from './virtual-host.js'
import {type ClusterTarget, chooseCluster} from './weighted-clusters.js'

/** Where a request stands in the route table. */
export interface Selection {
  /** Null where no scope fits, or the configuration is not in the dump. */
  table: RouteTable | null
  /** Name of a route configuration that discovery should have brought and the dump does not have. */
  missing: string | null
  virtualHost: VirtualHostEntry | null
  /** `require_tls` sends the client to https before any route is looked at. */
  requiresTls: boolean
  route: CompiledRoute | null
  /** Null where the route forwards nothing, or something that is not modelled chooses the cluster. */
  target: ClusterTarget | null
}

/** One way that the selection can go. */
export interface SelectionWay {
  selection: Selection
  draws: readonly Draw[]
  assumptions: Assumption[]
  steps: Step[]
}

const nowhere: Selection = {
  table: null,
  missing: null,
  virtualHost: null,
  requiresTls: false,
  route: null,
  target: null,
}

/** The route configuration of a request: inline, of RDS, or of the scope that the request falls into. */
export function findTable(
  {surroundings, manager, explain}: Situation,
  request: RoutedRequest,
): {table: RouteTable | null; missing: string | null; steps: Step[]} {
  const {dump} = surroundings.envoy
  const inline = object(manager.raw, 'route_config')
  if (inline)
    return {
      table: routeTable({raw: inline, at: at(manager.at, 'route_config')}, surroundings),
      missing: null,
      steps: [],
    }
  const scoped = object(manager.raw, 'scoped_routes')
  if (scoped) {
    const choice = chooseScope(dump, {raw: scoped, at: at(manager.at, 'scoped_routes')}, request)
    const table = choice.routeConfig && routeTable(choice.routeConfig, surroundings)
    const {because, passedOver} = choice
    const step: Step = {
      at: choice.scope?.at ?? at(manager.at, 'scoped_routes'),
      level: 'scoped route',
      decided: choice.scope?.name ?? null,
      because,
      passedOver,
    }
    return {table, missing: null, steps: explain ? [step] : []}
  }
  const name = string(object(manager.raw, 'rds') ?? {}, 'route_config_name') ?? ''
  const discovered = dump.routeConfigs.get(name)
  return {table: discovered ? routeTable(discovered, surroundings) : null, missing: discovered ? null : name, steps: []}
}

/** What selecting a route looks at. */
export type SelectionInput = Pick<Passage, 'request' | 'draws' | 'metadata' | 'opaque' | 'filterState'>

/** Route configuration, virtual host, TLS requirement, route, cluster. */
export function selectRoute(situation: Situation, input: SelectionInput): SelectionWay[] {
  const {table, missing, steps} = findTable(situation, input.request)
  if (!table) return [{selection: {...nowhere, missing}, draws: input.draws, assumptions: [], steps}]
  const {explain} = situation
  const choice = chooseVirtualHost(table.domains, hostOf(table, input.request), explain)
  const host = choice.decided
  if (explain)
    steps.push({...choice, at: host?.at ?? table.at, level: 'virtual host', decided: host ? host.name : null})
  const selection = {...nowhere, table, virtualHost: host}
  if (!host) return [{selection, draws: input.draws, assumptions: [], steps}]
  if (requiresTls(host.raw, input.request)) {
    const requiring = {...selection, requiresTls: true}
    return [{selection: requiring, draws: input.draws, assumptions: [], steps: [...steps, ...tlsStep(host, situation)]}]
  }
  return continueWays(routeWays(situation, table, host, input), (way) =>
    withCluster(situation, input, selection, way, steps),
  )
}

/** The name that is looked for: Host, or the configured header, whose absence fits nothing. */
function hostOf({virtualHostHeader, ignoresPort}: RouteTable, request: RoutedRequest): string | null {
  const host = virtualHostHeader === null ? request.authority : (headerValue(request, virtualHostHeader) ?? null)
  return host !== null && ignoresPort ? withoutAnyPort(host) : host
}

/** VirtualHostImpl: x-forwarded-proto tells whether the client came by TLS. */
function requiresTls(host: JsonObject, request: RoutedRequest): boolean {
  const required = string(host, 'require_tls')
  if (required === undefined || required === 'NONE' || headerValue(request, 'x-forwarded-proto') === 'https')
    return false
  return required === 'ALL' || headerValue(request, 'x-envoy-internal') !== 'true'
}

const tlsStep = (host: VirtualHostEntry, {explain}: Situation): Step[] =>
  explain
    ? [
        {
          at: at(host.at, 'require_tls'),
          level: 'route',
          decided: 'https redirect',
          because: [check('x-forwarded-proto', '!https', 'http', true)],
          passedOver: [],
        },
      ]
    : []

function routeWays(situation: Situation, table: RouteTable, host: VirtualHostEntry, input: SelectionInput): RouteWay[] {
  const {connection, suppositions, random, explain} = situation
  const subject: RouteSubject = {
    request: input.request,
    connection,
    metadata: (namespace) => metadataOf(input, namespace),
    suppositions,
    filterState: input.filterState,
    random,
  }
  const matcher = matcherOf(host)
  if (!matcher) return chooseRoute(routesOf(table, host), subject, input.draws, explain)
  const inputs = {
    header: (name: string) => headerValues(input.request, name.toLowerCase()),
    query: (name: string) => queryValues(input.request.path, name),
  }
  const found = evaluateMatcher(matcher.raw, matcher.at, {
    read: requestInputs(connection, inputs),
    suppositions,
    explain,
  })
  const {action} = found
  const routes = action ? routesOfAction(table, action.type, {raw: action.raw, at: action.at}) : []
  return chooseRoute(routes, subject, input.draws, explain).map((way) => ({
    ...way,
    because: [...found.because, ...way.because],
    passedOver: [...found.passedOver, ...way.passedOver],
    assumptions: [...found.assumptions, ...way.assumptions],
  }))
}

/** A route's ways to its clusters. */
function withCluster(
  situation: Situation,
  {request}: SelectionInput,
  selection: Selection,
  {route, draws, because, passedOver, assumptions}: RouteWay,
  steps: readonly Step[],
): SelectionWay[] {
  const chosen = {...selection, route}
  const routeStep: Step[] = situation.explain
    ? [
        {
          at: route?.at ?? selection.virtualHost?.at ?? '$',
          level: 'route',
          decided: route ? (route.name ?? `#${route.index}`) : null,
          because,
          passedOver,
        },
      ]
    : []
  const soFar = [...steps, ...routeStep]
  const {table} = selection
  if (!route?.action || !table) return [{selection: chosen, draws, assumptions, steps: soFar}]
  const ways = chooseCluster(route.action, {
    envoy: situation.surroundings.envoy,
    request,
    remote: situation.remote,
    random: situation.random,
    connection: situation.connection,
    suppositions: situation.suppositions,
    table,
  })
  if (ways.length === 0) return [{selection: chosen, draws, assumptions, steps: soFar}]
  return continueWays(ways, ({target, draw}) => {
    const reached = draw ? [...draws, draw] : draws
    if (draw && likelihood(reached) === 0) return []
    const step = situation.explain ? [clusterStep(target)] : []
    return [{selection: {...chosen, target}, draws: reached, assumptions, steps: [...soFar, ...step]}]
  })
}

const clusterStep = ({at: place, cluster, because}: ClusterTarget): Step => ({
  at: place,
  level: 'cluster of the route',
  decided: cluster === '' ? null : cluster,
  because,
  passedOver: [],
})

/** The levels that per-route settings are looked for on, the most specific first. */
export function settingLevels({target, route, virtualHost, table}: Selection): Located[] {
  const levels: Located[] = []
  if (target?.weighted) levels.push(target.weighted)
  if (route) levels.push(route)
  if (virtualHost) levels.push(virtualHost)
  if (table) levels.push(table)
  return levels
}
