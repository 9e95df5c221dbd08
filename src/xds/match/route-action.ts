import type {Assumption} from '../../decision/assumption.js'
import {flag, type Located} from '../parse/config-dump.js'
import {at, type JsonObject, number, object, string} from '../parse/field.js'
import {specifierName, specifierOf} from './cluster-specifier.js'
import {requestSubject} from './format-subject.js'
import {hashKeys} from './hash-keys.js'
import {applyMutation, type Mutated, requestMutation} from './header-mutation.js'
import type {HostNeed, HttpVerdict} from './http-verdict.js'
import {forwarded, localReply, unknownOutcome} from './local-reply.js'
import {type Passage, withAssumption, withNote} from './passage.js'
import {ownLocation, redirectLocation, redirectStatus, tlsLocation} from './redirect.js'
import type {Outcome} from './result.js'
import {rewriteHost, rewritePath, rewritesPath} from './rewrite.js'
import type {CompiledRoute} from './route.js'
import {routeNotes} from './route-notes.js'
import {type Selection, settingLevels} from './route-selection.js'
import {headerValue, type RoutedRequest, withAddedHeader, withHeader} from './routed-request.js'
import type {Situation} from './situation.js'
import {endsTunnel} from './upgrade.js'
import {virtualClusterOf} from './virtual-cluster.js'
import type {ClusterTarget} from './weighted-clusters.js'

/** What the router filter does with a request: an answer of its own, or a cluster to send it to. */
export interface RouterVerdict {
  passage: Passage
  outcome: Outcome
  /** The request as it goes upstream, and what its host hangs on; null unless forwarded. */
  sent: {request: RoutedRequest; need: Omit<HostNeed, 'request'>; endsTunnel: boolean} | null
  virtualCluster: HttpVerdict['virtualCluster']
}

/** Without its route configuration a request waits, or gets 404: the dump does not tell. */
const missingRoutes = (name: string, {manager}: Situation): Assumption => ({
  about: `route configuration ${name}`,
  assumed: 'is not in the dump',
  at: at(manager.at, 'rds'),
  turn: null,
})

const answered = (passage: Passage, outcome: Outcome): RouterVerdict => ({
  passage,
  outcome,
  sent: null,
  virtualCluster: null,
})

/** The router filter at the end of the chain. */
export function actOnRoute(situation: Situation, passage: Passage): RouterVerdict {
  const {selection, request} = passage
  const answer = (status: number, responseFlags: string, details: string) =>
    localReply(request, {status, responseFlags, details})
  if (selection.missing !== null)
    return answered(withAssumption(passage, missingRoutes(selection.missing, situation)), unknownOutcome)
  if (selection.requiresTls) {
    const place = at(selection.virtualHost?.at ?? '$', 'require_tls')
    return answered(withLocation(passage, tlsLocation(request), place), answer(301, '-', 'direct_response'))
  }
  const {route} = selection
  if (!route) return answered(passage, answer(404, 'NR', 'route_not_found'))
  const redirect = object(route.raw, 'redirect')
  if (redirect) {
    const location = redirectLocation(route, redirect, request)
    const outcome = answer(redirectStatus(redirect), '-', 'direct_response')
    return answered(withLocation(passage, location, at(route.at, 'redirect')), outcome)
  }
  const direct = object(route.raw, 'direct_response')
  if (direct) return respondDirectly(passage, {raw: direct, at: at(route.at, 'direct_response')})
  if (object(route.raw, 'non_forwarding_action')) return answered(passage, answer(503, 'NC', 'cluster_not_found'))
  if (!route.action || !selection.target) return unmodelledAction(passage, route)
  return forward(situation, passage, {
    route,
    target: selection.target,
    action: route.action,
  })
}

/** A direct response that is a redirect or says that something was created names the request's own URL as its Location. */
function respondDirectly(passage: Passage, direct: Located): RouterVerdict {
  const {request} = passage
  const status = number(direct.raw, 'status') ?? 200
  const outcome = localReply(request, {status, responseFlags: '-', details: 'direct_response'})
  const located = status === 201 || (status >= 300 && status < 400)
  return answered(located ? withLocation(passage, ownLocation(request), direct.at) : passage, outcome)
}

const withLocation = (passage: Passage, location: string | null, place: string): Passage =>
  location === null ? passage : withNote(passage, {kind: 'location', text: location, at: place})

/** A cluster specifier plugin that is not modelled, a filter action or the like. */
function unmodelledAction(passage: Passage, route: CompiledRoute): RouterVerdict {
  const {table} = passage.selection
  const plugin = route.action && table && specifierOf(route.action, table)
  const text = plugin ? specifierName(plugin) : 'the action of the route'
  return answered(withNote(passage, {kind: 'unmodelled', text, at: plugin?.at ?? route.at}), unknownOutcome)
}

interface Forwarding {
  route: CompiledRoute
  target: ClusterTarget
  action: Located
}

const notFoundCodes: Record<string, number> = {SERVICE_UNAVAILABLE: 503, NOT_FOUND: 404, INTERNAL_SERVER_ERROR: 500}

function forward(situation: Situation, passage: Passage, forwarding: Forwarding): RouterVerdict {
  const {route, action, target} = forwarding
  const {selection} = passage
  const notFound = notFoundCodes[string(action.raw, 'cluster_not_found_response_code') ?? 'SERVICE_UNAVAILABLE'] ?? 503
  // An absent or empty `cluster_header` names no cluster.
  if (target.cluster === '')
    return answered(
      passage,
      localReply(passage.request, {status: notFound, responseFlags: 'NC', details: 'cluster_not_found'}),
    )
  const mutated = mutatedRequest(situation, passage)
  const ends = endsTunnel(action.raw, passage.request.method)
  // A path, which other rewrites do not give it, makes an extended CONNECT of it, and that has a protocol.
  if (mutated.request.path === null && !ends && string(action.raw, 'prefix_rewrite'))
    return answered(
      passage,
      localReply(mutated.request, {
        status: 503,
        responseFlags: 'DPE',
        details: 'filter_removed_required_request_headers{missing_required_header:_:protocol}',
      }),
    )
  const sent = rewritten(forwarding, mutated.request)
  const host = selection.virtualHost
  return {
    passage: {
      ...passage,
      unknownHeaders: mutated.unknown,
      notes: host ? [...passage.notes, ...routeNotes(route, host)] : passage.notes,
    },
    outcome: forwarded,
    sent: {
      request: sent,
      need: {
        subset: subsetOf(forwarding),
        hashKeys: hashKeys(action.raw, passage.request, situation.remote),
        clusterNotFoundStatus: notFound,
        priority: string(action.raw, 'priority') === 'HIGH' ? 'HIGH' : 'DEFAULT',
        state: {metadata: passage.metadata, filterState: passage.filterState},
        ...(flag(action.raw, 'auto_host_rewrite')
          ? {hostOfEndpoint: {keepsOld: flag(action.raw, 'append_x_forwarded_host')}}
          : {}),
      },
      endsTunnel: ends,
    },
    virtualCluster: host && virtualClusterOf(host.raw, passage.request, situation.surroundings.joinsRouteHeaders),
  }
}

/** Header mutations of all levels, the most specific first unless `most_specific_header_mutations_wins`. */
function mutatedRequest(situation: Situation, passage: Passage): Mutated {
  const levels = settingLevels(passage.selection)
  const seen = requestSubject(situation, passage)
  let mutated: Mutated = {request: passage.request, unknown: [...passage.unknownHeaders]}
  for (const level of mutationOrder(passage.selection, levels)) {
    const mutation = requestMutation(level.raw)
    if (mutation) mutated = applyMutation(mutated, mutation, {...seen, request: mutated.request})
  }
  return mutated
}

/** The weighted cluster's own come first in either order. */
function mutationOrder({table, target}: Selection, levels: readonly Located[]): readonly Located[] {
  if (!table || !flag(table.raw, 'most_specific_header_mutations_wins')) return levels
  const weighted = target?.weighted
  const others = levels.filter((level) => level !== weighted).reverse()
  return weighted ? [weighted, ...others] : others
}

/** Host and path as they go upstream, with what they were in headers of Envoy's own. */
function rewritten({route, target, action}: Forwarding, request: RoutedRequest): RoutedRequest {
  const ofCluster = string(target.weighted?.raw ?? {}, 'host_rewrite_literal')
  // The weighted cluster's own comes first, so that the route's rewrite, where it gives anything, goes over it.
  const named = ofCluster ? {...request, authority: ofCluster} : request
  const host = rewriteHost(action.raw, (name) => headerValue(named, name), named.path ?? '')
  const hosted = host ? withHost(named, host, action.raw) : named
  if (hosted.path === null || !rewritesPath(action.raw)) return hosted
  const path = rewritePath(route, action.raw, hosted.path)
  return {...withHeader(hosted, 'x-envoy-original-path', hosted.path), path}
}

/** The new Host; the old one goes to x-forwarded-host where the route asks for that. */
function withHost(request: RoutedRequest, host: string, action: JsonObject): RoutedRequest {
  const kept = flag(action, 'append_x_forwarded_host')
    ? withAddedHeader(request, 'x-forwarded-host', request.authority)
    : request
  return {...kept, authority: host}
}

/** `metadata_match` under envoy.lb: the weighted cluster's keys over the route's. */
function subsetOf({target, action}: Forwarding): Record<string, unknown> {
  const keys = (level: JsonObject) =>
    object(object(object(level, 'metadata_match') ?? {}, 'filter_metadata') ?? {}, 'envoy.lb') ?? {}
  return {...keys(action.raw), ...keys(target.weighted?.raw ?? {})}
}
