import {matchHttp} from '../match/http.js'
import type {HttpVerdict} from '../match/http-verdict.js'
import type {CompiledRoute} from '../match/route.js'
import {readExtension} from '../parse/extension.js'
import {at, type JsonObject, list, object, objects, string} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {readFraction} from '../runtime.js'
import type {Entrance} from './entrance.js'
import {type Draft, subjectOf, targetOf} from './request-space.js'

/**
 * What HTTP filters do with a request that the routes let through.
 * - `pass`: the example comes to the route's action, under the assumptions that are named.
 * - `answer`: a filter answers it; `always` where it answers every request.
 * - `undecided`: the example is not told enough to say.
 */
export interface FilterAnswer {
  verdict: 'pass' | 'answer' | 'undecided'
  always: boolean
  /** The filter and its place. */
  by: {name: string; at: string} | null
  /** Envoy's response_code_details of the answer. */
  details: string | null
  assumptions: string[]
}

const undecided: FilterAnswer = {verdict: 'undecided', always: false, by: null, details: null, assumptions: []}

/** Puts the example to the connection managers; one that lets it pass is enough. */
export function filterAnswer(
  envoy: Envoy,
  entrances: readonly Entrance[],
  route: CompiledRoute,
  example: Draft,
): FilterAnswer {
  const answers = entrances.map((entrance) => answerOf(envoy, entrance, route, example))
  return (
    answers.find(({verdict}) => verdict === 'pass') ??
    answers.find((each) => each.verdict === 'undecided') ??
    answers[0] ??
    undecided
  )
}

function answerOf(envoy: Envoy, {filter}: Entrance, route: CompiledRoute, example: Draft): FilterAnswer {
  const {request, connection} = subjectOf(example)
  const headers = request.headers.map(([name, value]): [string, string] => [name, value])
  const asked = {method: request.method, authority: request.authority, path: targetOf(example), headers}
  const verdicts = matchHttp(envoy, filter, connection, asked, {})
  const there = verdicts.filter((verdict) => verdict.route?.index === route.index && verdict.route.name === route.name)
  if (there.length === 0) return undecided
  const passing = there.find((verdict) => filterThatAnswered(verdict) === null)
  if (passing)
    return {
      ...undecided,
      verdict: 'pass',
      assumptions: passing.assumptions.map(({about, assumed}) => `${about}: ${assumed}`),
    }
  const [first] = there
  const step = first && filterThatAnswered(first)
  if (!first || !step || first.assumptions.length > 0) return undecided
  const by = {name: step.name, at: step.at}
  const always = objects(filter.raw, 'http_filters').some((entry, index) => {
    const {at: place, type, raw} = readExtension(envoy.dump, entry, at(filter.at, 'http_filters', index))
    return by.at.startsWith(place) && answersAll(type, raw)
  })
  return {verdict: 'answer', always, by, details: first.outcome.details, assumptions: []}
}

/** The last filter's step says that it answered; the router's own answers come after the filters. */
function filterThatAnswered({outcome, steps}: HttpVerdict): {name: string; at: string} | null {
  const last = steps.findLast(({level}) => level === 'http filter')
  const byFilter = outcome.kind === 'responded' && last?.decided && answered.test(last.decided)
  if (!last || !byFilter) return null
  return {name: last.decided?.replace(/:.*$/s, '') ?? '', at: last.at}
}

const answered = /: (?:denied|answers)/

const filters = 'envoy.extensions.filters.http.'

/** Whether a filter answers whatever comes: a fault for all, or RBAC that lets nothing through. */
function answersAll(type: string, raw: JsonObject): boolean {
  if (type === `${filters}fault.v3.HTTPFault`) return abortsAll(raw)
  return type === `${filters}rbac.v3.RBAC` && deniesAll(object(raw, 'rules'))
}

function abortsAll(raw: JsonObject): boolean {
  const abort = object(raw, 'abort')
  if (!abort || object(abort, 'header_abort') || string(raw, 'upstream_cluster')) return false
  const {of, taken} = readFraction(object(abort, 'percentage') ?? {})
  return taken >= of && list(raw, 'headers').length === 0 && list(raw, 'downstream_nodes').length === 0
}

function deniesAll(rules: JsonObject | undefined): boolean {
  if (!rules) return false
  const policies = Object.values(object(rules, 'policies') ?? {})
  if (string(rules, 'action') !== 'DENY')
    return policies.length === 0 && (string(rules, 'action') ?? 'ALLOW') === 'ALLOW'
  const isAny = (policy: JsonObject, name: string) => objects(policy, name).some((entry) => entry['any'] === true)
  return policies.some((raw) => {
    const policy = object({raw}, 'raw')
    return policy !== undefined && isAny(policy, 'permissions') && isAny(policy, 'principals')
  })
}
