import {check} from '../../../decision/check.js'
import type {Step} from '../../../decision/step.js'
import {at, type JsonObject, object, string} from '../../parse/field.js'
import {compileHeaderMatcher, type HeaderMatcher} from '../header-matcher.js'
import {absent} from '../matcher-predicate.js'
import {metadataOf, type Passage, withMetadata, withNote} from '../passage.js'
import {queryValues} from '../query-matcher.js'
import {judgeRbac, type RbacJudgement, rbacDeniedDetails} from '../rbac.js'
import type {RbacRequest} from '../rbac-subject.js'
import {headerValues, pathOnly, type RoutedRequest} from '../routed-request.js'
import type {Situation} from '../situation.js'
import {compileUriTemplate} from '../uri-template.js'
import {goOn, type HttpFilter, reply} from './http-filter.js'

/** Where RBAC writes what it found, for later filters and logs. */
const namespace = 'envoy.filters.http.rbac'

/** Enforced rules deny with 403; shadow rules are only recorded. A per-route configuration without `rbac` enforces nothing. */
export const rbac: HttpFilter = ({situation, filter, perRoute}, passage) => {
  const own = perRoute ? object(perRoute.raw, 'rbac') : filter.raw
  if (!own) return goOn(passage)
  const config = {raw: own, at: perRoute ? at(perRoute.at, 'rbac') : filter.at}
  const {connection, remote, suppositions, explain} = situation
  const {filterState, opaque} = passage
  const knowsFilterState = !opaque.includes('*')
  const subject = {connection, remote, filterState, knowsFilterState, request: rbacRequest(situation, passage)}
  const {enforced, shadow} = judgeRbac(config, subject, suppositions, explain)
  const marked = recorded(passage, own, enforced, shadow)
  const judged: Passage = {
    ...marked,
    assumptions: [...marked.assumptions, ...(enforced?.assumptions ?? [])],
    steps: explain && enforced ? [...marked.steps, rbacStep(filter.name, enforced)] : marked.steps,
  }
  if (!enforced || enforced.allowed) return goOn(judged)
  return [reply(judged, 403, '-', rbacDeniedDetails(enforced.policy))]
}

const rbacStep = (name: string, {at: place, allowed, policy, because, passedOver}: RbacJudgement): Step => ({
  at: place,
  level: 'http filter',
  decided: `${name}: ${allowed ? 'allowed' : 'denied'}${policy === null ? '' : ` by ${policy}`}`,
  because,
  passedOver,
})

/** Results as dynamic metadata, under the configured prefixes; a shadow denial is worth a note. */
function recorded(
  passage: Passage,
  config: JsonObject,
  enforced: RbacJudgement | null,
  shadow: RbacJudgement | null,
): Passage {
  const values = {
    ...results(shadow, string(config, 'shadow_rules_stat_prefix') ?? '', 'shadow'),
    ...results(enforced, string(config, 'rules_stat_prefix') ?? '', 'enforced'),
  }
  const marked = Object.keys(values).length > 0 ? withMetadata(passage, namespace, values) : passage
  if (!shadow || shadow.allowed) return marked
  const text = `would be denied by ${shadow.policy ?? 'no matching policy'}`
  return withNote(marked, {kind: 'shadow rbac', text, at: shadow.at})
}

function results(judgement: RbacJudgement | null, prefix: string, kind: 'shadow' | 'enforced'): JsonObject {
  if (!judgement) return {}
  const policy = judgement.policy === null ? {} : {[`${prefix}${kind}_effective_policy_id`]: judgement.policy}
  return {...policy, [`${prefix}${kind}_engine_result`]: judgement.allowed ? 'allowed' : 'denied'}
}

const headerMatchers = new WeakMap<JsonObject, HeaderMatcher>()

function headerMatcher(raw: JsonObject, joined: boolean): HeaderMatcher {
  let matcher = headerMatchers.get(raw)
  if (!matcher) {
    matcher = compileHeaderMatcher(raw, joined)
    headerMatchers.set(raw, matcher)
  }
  return matcher
}

/** The request as RBAC sees it: after normalisation, before the router's rewrites. */
function rbacRequest({surroundings}: Situation, passage: Passage): RbacRequest {
  const {request, selection} = passage
  const metadata = selection.route && object(object(selection.route.raw, 'metadata') ?? {}, 'filter_metadata')
  return {
    path: request.path,
    judgeHeader: (raw) => {
      const matcher = headerMatcher(raw, surroundings.joinsRbacHeaders)
      const holds = matcher.judge(request)
      return matcher.describe(request, holds === 'unknown' ? 'unknown' : holds ? 'yes' : 'no')
    },
    judgeTemplate: ({raw, type}) => judgeTemplate(string(raw, 'path_template'), type, request),
    inputs: {
      header: (name) => headerValues(request, name.toLowerCase()),
      query: (name) => queryValues(request.path, name),
    },
    dynamicMetadata: (name) => metadataOf(passage, name),
    routeMetadata: selection.route ? (name) => (metadata ? (object(metadata, name) ?? null) : null) : null,
  }
}

function judgeTemplate(template: string | undefined, type: string, {path}: RoutedRequest) {
  if (template === undefined) return check('uri_template', `${type} (not modelled)`, '(unknown)', 'unknown')
  if (path === null) return check('uri_template', template, absent, false)
  return check('uri_template', template, pathOnly(path), compileUriTemplate(template).matches(pathOnly(path)))
}
