import {continueWays} from '../../decision/probability.js'
import type {Located} from '../parse/config-dump.js'
import {readExtensionOf} from '../parse/extension.js'
import {boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {normalizedHost} from './authority.js'
import {type EarlyAnswer, type ReceivedTarget, receive, underscoresAction, withoutUnderscores} from './codec.js'
import type {DownstreamConnection} from './connection.js'
import {likelihood} from './draw.js'
import {generatedRequestId, internalOnlyHeaders, settleTrust} from './forwarded.js'
import {applyMutationList} from './header-mutation.js'
import {managerFilters, runFilters} from './http-filters/chain.js'
import type {FilterWay} from './http-filters/http-filter.js'
import type {HttpVerdict} from './http-verdict.js'
import {localReply} from './local-reply.js'
import {type MapReply, replyMapping} from './local-reply-config.js'
import type {Passage} from './passage.js'
import {normalizePath, type PathRules, readPathRules} from './path-normalisation.js'
import type {HttpRequest, Protocol, Suppositions} from './request.js'
import type {Outcome} from './result.js'
import {actOnRoute, type RouterVerdict} from './route-action.js'
import {findTable, type Selection, selectRoute} from './route-selection.js'
import {arrivedHeaders, isGrpc, type RoutedRequest, unread} from './routed-request.js'
import type {Situation} from './situation.js'
import {emptyState} from './stream-state.js'
import {supposedMetadata, supposedRandom} from './supposed-request.js'
import {type Surroundings, surroundingsOf} from './surroundings.js'
import {judgeUpgrade, upgradeType} from './upgrade.js'

/**
 * What an HTTP connection manager does with a request: codec and header checks, path and host normalisation, virtual host
 * and route, filters in order, and the route's action. The probabilities of the verdicts sum to 1.
 * @param manager the connection manager's `typed_config` and its JSONPath.
 * @param explain false leaves out steps and notes, for speed.
 */
export function matchHttp(
  envoy: Envoy,
  manager: Located,
  connection: DownstreamConnection,
  request: HttpRequest,
  suppositions: Suppositions,
  explain = true,
): HttpVerdict[] {
  const surroundings = surroundingsOf(envoy)
  const mapReply = replyMapping(surroundings, manager)
  const arrived = arrive(surroundings, manager.raw, connection, request)
  if ('outcome' in arrived) return [withReply(refused(arrived, manager.at), arrived.request, mapReply)]
  const situation: Situation = {
    surroundings,
    manager,
    connection,
    remote: null,
    suppositions,
    random: supposedRandom(suppositions),
    explain,
  }
  const internalOnly = internalOnlyHeaders(findTable(situation, arrived).table?.raw ?? null)
  const {request: trusted, remote, refusal} = settleTrust(envoy, manager.raw, connection, arrived, internalOnly)
  if (refusal) {
    const outcome = localReply(trusted, refusal)
    return [withReply(refused({outcome, location: null, request: trusted}, manager.at), trusted, mapReply)]
  }
  const settled: Situation = {...situation, remote}
  return routed(settled, earlyMutated(settled, trusted)).map((ended) =>
    withReply(verdict(ended, request), ended.passage.request, mapReply),
  )
}

/** The verdict after `local_reply_config`; where a host is still to be chosen, the lack of one is answered later. */
function withReply(ended: HttpVerdict, request: RoutedRequest, mapReply: MapReply | null): HttpVerdict {
  if (!mapReply) return ended
  if (ended.outcome.kind === 'forwarded') return {...ended, mapReply: (outcome) => mapReply(outcome, request)}
  const {outcome, steps, assumptions} = mapReply(ended.outcome, request)
  return {
    ...ended,
    outcome,
    steps: [...ended.steps, ...steps],
    assumptions: [...ended.assumptions, ...assumptions],
  }
}

interface ManagerRules {
  paths: PathRules
  /** An edge without trusted hops refuses https targets on plaintext. */
  validatesScheme: boolean
  acceptsHttp10: boolean
  defaultHost: string | null
  /** `headers_with_underscores_action` */
  dropsUnderscores: boolean
}

const rules = new WeakMap<JsonObject, ManagerRules>()

function rulesOf(envoy: Envoy, manager: JsonObject): ManagerRules {
  let known = rules.get(manager)
  if (!known) {
    const options = object(manager, 'http_protocol_options') ?? {}
    known = {
      paths: readPathRules(envoy, manager),
      validatesScheme: (boolean(manager, 'use_remote_address') ?? false) && !manager['xff_num_trusted_hops'],
      acceptsHttp10: boolean(options, 'accept_http_10') ?? false,
      defaultHost: string(options, 'default_host_for_http_10') || null,
      dropsUnderscores: underscoresAction(manager) === 'DROP_HEADER',
    }
    rules.set(manager, known)
  }
  return known
}

/** An answer before any routing, and the Location of one that redirects. */
interface Refusal {
  outcome: Outcome
  location: string | null
  /** What was read of the request. */
  request: RoutedRequest
}

/** The request as routing sees it first, or the answer that comes before any routing. */
function arrive(
  {envoy}: Surroundings,
  manager: JsonObject,
  {protocol, terminatesTls, local}: DownstreamConnection,
  request: HttpRequest,
): RoutedRequest | Refusal {
  const {paths, validatesScheme, acceptsHttp10, defaultHost, dropsUnderscores} = rulesOf(envoy, manager)
  const target = receive(manager, request, protocol, {secure: terminatesTls, validatesScheme})
  const headers = arrivedHeaders(dropsUnderscores ? withoutUnderscores(request) : request, protocol)
  const bare: RoutedRequest = {
    protocol,
    method: request.method,
    scheme: '',
    authority: '',
    path: 'status' in target ? request.path : target.path,
    headers,
  }
  const answer = (read: RoutedRequest, early: EarlyAnswer, location: string | null = null) => ({
    outcome: localReply(read, early),
    location,
    request: read,
  })
  // The codec itself answers: no gRPC answer can come of a request that it could not read.
  if ('status' in target) return plain(protocol, target)
  if (protocol === 'http1.0' && !acceptsHttp10)
    return plain(protocol, {status: 426, responseFlags: '-', details: 'low_version'})
  const authority = hostOf(target, request, protocol) ?? (protocol === 'http1.0' ? defaultHost : null)
  if (authority === null)
    return answer({...bare, hostless: true}, {status: 400, responseFlags: '-', details: 'missing_host_header'})
  const scheme = target.scheme ?? (protocol === 'http2' ? (terminatesTls ? 'https' : 'http') : '')
  const named = {...bare, scheme, authority: normalizedHost(manager, authority, local.port)}
  if (target.path === null) return named
  const asSent = {...bare, scheme, authority}
  if (!target.path.startsWith('/'))
    return answer(asSent, {status: 404, responseFlags: '-', details: 'absolute_path_rejected'})
  const path = normalizePath(paths, target.path)
  if (path.kind === 'continue') return {...named, path: path.path}
  // gRPC clients follow no redirect.
  const redirects = path.kind === 'redirect' && !isGrpc(bare)
  const early = {status: redirects ? 307 : 400, responseFlags: '-', details: 'path_normalization_failed'}
  return answer(asSent, early, redirects ? path.path : null)
}

/** The host of the target; further Host lines of HTTP/1 are appended with commas, which no domain fits. */
function hostOf({authority, scheme}: ReceivedTarget, {headers}: HttpRequest, protocol: Protocol): string | null {
  if (authority === null || scheme !== null || protocol === 'http2') return authority
  return [authority, ...headers.filter(([name]) => name.toLowerCase() === 'host').map(([, host]) => host)].join(',')
}

/** An answer to a request of which nothing was read, not even that it is gRPC. */
const plain = (protocol: Protocol, early: EarlyAnswer): Refusal => ({
  request: unread(protocol),
  outcome: {kind: early.status === null ? 'reset' : 'responded', ...early},
  location: null,
})

/** `early_header_mutation_extensions`, which run before a route is chosen. */
function earlyMutated({manager, connection, remote}: Situation, request: RoutedRequest): RoutedRequest {
  const extensions = objects(manager.raw, 'early_header_mutation_extensions')
  return extensions.reduce((before, extension) => {
    const {raw} = readExtensionOf(extension, '')
    const state = connection.state ?? emptyState
    const subject = {request: before, connection, remote, routeName: null, state, opaque: []}
    return applyMutationList({request: before, unknown: []}, objects(raw, 'mutations'), subject).request
  }, request)
}

const unselected: Selection = {
  table: null,
  missing: null,
  virtualHost: null,
  requiresTls: false,
  route: null,
  target: null,
}

const enter = (request: RoutedRequest, {suppositions, connection}: Situation): Passage => ({
  request,
  draws: [],
  chance: 1,
  selection: unselected,
  metadata: supposedMetadata(suppositions),
  opaque: [],
  filterState: (connection.state ?? emptyState).filterState,
  unknownHeaders: [],
  assumptions: [],
  notes: [],
  steps: [],
})

/** Selection, upgrade, filters and router, on every way that the request can take. */
function routed(situation: Situation, request: RoutedRequest): RouterVerdict[] {
  const reselect = (passage: Passage) => select(situation, passage)
  return continueWays(select(situation, enter(request, situation)), (passage) => {
    const type = upgradeType(passage.request)
    const {route} = passage.selection
    const upgrade =
      type === null
        ? null
        : judgeUpgrade(situation.manager.raw, route ? (object(route.raw, 'route') ?? null) : null, type)
    // Without a route the refusal is never told: the request goes to the ordinary filters.
    if (upgrade && !upgrade.accepted && (route || passage.selection.requiresTls))
      return [answered({passage, answer: {status: 403, responseFlags: '-', details: 'upgrade_failed'}})]
    const filters = upgrade?.filters ?? managerFilters(situation.manager.raw)
    return runFilters(situation, filters, passage, reselect).map((way) =>
      way.answer ? answered(way) : actOnRoute(situation, way.passage),
    )
  })
}

function select(situation: Situation, passage: Passage): Passage[] {
  return selectRoute(situation, passage).map(({selection, draws, assumptions, steps}) => ({
    ...passage,
    selection,
    draws,
    assumptions: [...passage.assumptions, ...assumptions],
    steps: [...passage.steps, ...steps],
  }))
}

const answered = ({passage, answer}: FilterWay): RouterVerdict => ({
  passage,
  outcome: localReply(passage.request, answer ?? {status: null, responseFlags: '-', details: null}),
  sent: null,
  virtualCluster: null,
})

/** A refusal before routing. */
const refused = ({outcome, location}: Refusal, at: string): HttpVerdict => ({
  probability: 1,
  routeConfig: null,
  virtualHost: null,
  route: null,
  cluster: null,
  rewritten: null,
  outcome,
  virtualCluster: null,
  upstreamRequest: null,
  need: null,
  assumptions: [],
  notes: location === null ? [] : [{kind: 'location', text: location, at}],
  steps: [],
})

function verdict({passage, outcome, sent, virtualCluster}: RouterVerdict, asked: HttpRequest): HttpVerdict {
  const {selection} = passage
  const upstreamRequest = sent && upstreamForm(sent.request)
  return {
    probability: passage.chance * likelihood(passage.draws),
    routeConfig: selection.table?.name ?? selection.missing,
    virtualHost: selection.virtualHost?.name ?? null,
    route: selection.route && {name: selection.route.name, index: selection.route.index},
    cluster: selection.target?.cluster || null,
    rewritten: sent && {
      authority: sent.request.authority === asked.authority ? null : sent.request.authority,
      path: sent.request.path === null || sent.request.path === asked.path ? null : sent.request.path,
    },
    outcome,
    virtualCluster,
    upstreamRequest,
    ...(sent?.endsTunnel ? {tunnel: 'ends' as const} : {}),
    ...(sent?.need.hostOfEndpoint ? {askedAuthority: asked.authority} : {}),
    need: sent && {request: upstreamRequest, ...sent.need},
    assumptions: [...passage.assumptions],
    notes: [...passage.notes],
    steps: [...passage.steps],
  }
}

/** The request as the upstream gets it; header lines whose value is not known are left out. */
const upstreamForm = ({method, authority, path, headers}: RoutedRequest): HttpRequest => ({
  method,
  authority,
  path: path ?? authority,
  headers: headers
    .filter(([, value]) => value !== generatedRequestId)
    .map(([name, value]): [string, string] => [name, value]),
})
