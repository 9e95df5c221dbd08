import type {Assumption} from '../../decision/assumption.js'
import {type Check, check, type Ternary} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {Located} from '../parse/config-dump.js'
import {at, type JsonObject, number, object, objects, string, strings} from '../parse/field.js'
import {runtimeFraction, runtimeValue, wholeNumber} from '../runtime.js'
import {compileHeaderMatcher} from './header-matcher.js'
import {allOf, anyOf, type Judged, judged} from './judged.js'
import type {Outcome} from './result.js'
import {isGrpc, type RoutedRequest} from './routed-request.js'
import type {Surroundings} from './surroundings.js'

/** An answer of Envoy's own after `local_reply_config`, and what was decided for it. */
export interface MappedReply {
  outcome: Outcome
  steps: Step[]
  assumptions: Assumption[]
}

/** Maps the answers that one connection manager gives; null where it maps none. */
export type MapReply = (outcome: Outcome, request: RoutedRequest) => MappedReply

const mappers = new WeakMap<JsonObject, readonly JsonObject[]>()

function mappersOf(manager: JsonObject): readonly JsonObject[] {
  let list = mappers.get(manager)
  if (!list) {
    list = objects(object(manager, 'local_reply_config') ?? {}, 'mappers')
    mappers.set(manager, list)
  }
  return list
}

/** How `local_reply_config` changes the statuses that this connection manager answers; null where it has no mappers. */
export function replyMapping(surroundings: Surroundings, manager: Located): MapReply | null {
  const list = mappersOf(manager.raw)
  if (list.length === 0) return null
  const here = at(manager.at, 'local_reply_config', 'mappers')
  return (outcome, request) => mapReply({surroundings, outcome, request}, list, here)
}

interface Question {
  surroundings: Surroundings
  outcome: Outcome
  request: RoutedRequest
}

/** The first mapper whose filter fits gives the status; a gRPC answer stays 200, with its meaning in grpc-status. */
function mapReply(question: Question, list: readonly JsonObject[], here: string): MappedReply {
  const {outcome, request} = question
  const untouched = {outcome, steps: [], assumptions: []}
  if (outcome.kind !== 'responded' || outcome.status === null || isGrpc(request)) return untouched
  const tried = list.map((mapper, index) => ({
    mapper,
    at: at(here, index),
    found: judgeFilter(object(mapper, 'filter') ?? {}, question),
  }))
  const winner = tried.find(({found}) => found.holds === 'yes')
  const before = winner ? tried.slice(0, tried.indexOf(winner)) : tried
  const assumptions = before.filter(({found}) => found.holds === 'unknown').map(notFitting)
  if (!winner) return {...untouched, assumptions}
  const status = number(winner.mapper, 'status_code') ?? outcome.status
  const step: Step = {
    at: winner.at,
    level: 'local reply',
    decided: String(status),
    because: [winner.found.check],
    passedOver: before.map(({at: place, found}) => ({at: place, check: found.check})),
  }
  return {outcome: {...outcome, status}, steps: [step], assumptions}
}

const notFitting = ({at: place, found}: {at: string; found: Judged}): Assumption => ({
  about: `whether a local reply is mapped by ${found.check.field}`,
  assumed: 'it is not',
  at: place,
  turn: null,
})

const none = judged(check('filter', 'any', 'none', true))

type JudgeFilter = (filter: JsonObject, question: Question) => Judged

/** Access log filters, as far as an answer and its request decide them. */
const filters: Record<string, JudgeFilter> = {
  status_code_filter: statusCode,
  response_flag_filter: (filter, {outcome}) => judged(flags(strings(filter, 'flags'), outcome)),
  header_filter: (filter, {request, surroundings}) => {
    const matcher = compileHeaderMatcher(object(filter, 'header') ?? {}, surroundings.joinsRouteHeaders)
    const holds = matcher.judge(request)
    return judged(matcher.describe(request, holds === 'unknown' ? holds : holds ? 'yes' : 'no'))
  },
  and_filter: (filter, question) => allOf(each(filter, question), none),
  or_filter: (filter, question) => anyOf(each(filter, question), none),
  // Health checks of this Envoy are answered without a local reply.
  not_health_check_filter: () => judged(check('health check', 'no', 'no', true)),
  runtime_filter: (filter, {surroundings}) => {
    const fraction = {
      runtime_key: string(filter, 'runtime_key') ?? '',
      default_value: object(filter, 'percent_sampled'),
    }
    const {taken, of} = runtimeFraction(surroundings.envoy, fraction)
    const holds: Ternary = taken >= of ? 'yes' : taken <= 0 ? 'no' : 'unknown'
    return judged(check('runtime_filter', `${taken} of ${of}`, 'a random value', holds))
  },
}

function* each(filter: JsonObject, question: Question): Generator<Judged> {
  for (const inner of objects(filter, 'filters')) yield judgeFilter(inner, question)
}

function judgeFilter(filter: JsonObject, question: Question): Judged {
  for (const [name, judge] of Object.entries(filters)) {
    const inner = object(filter, name)
    if (inner) return judge(inner, question)
  }
  const [kind = 'filter'] = Object.keys(filter)
  return judged(check(kind, '(not modelled)', '(unknown)', 'unknown'))
}

const comparisons: Record<string, (status: number, value: number) => boolean> = {
  EQ: (status, value) => status === value,
  GE: (status, value) => status >= value,
  LE: (status, value) => status <= value,
  NE: (status, value) => status !== value,
}

function statusCode(filter: JsonObject, {outcome, surroundings}: Question): Judged {
  const comparison = object(filter, 'comparison') ?? {}
  const value = object(comparison, 'value') ?? {}
  const inRuntime = wholeNumber(runtimeValue(surroundings.envoy, string(value, 'runtime_key') ?? ''))
  const wanted = inRuntime ?? number(value, 'default_value') ?? 0
  const op = string(comparison, 'op') ?? 'EQ'
  const status = outcome.status ?? 0
  return judged(check('status', `${op} ${wanted}`, String(status), comparisons[op]?.(status, wanted) ?? false))
}

/** The codec answers before its error is noted in the flags; `-` stands for none. */
const unsetYet = new Set(['-', 'DPE'])

/** One of the flags; any flag at all where none is named. */
function flags(wanted: readonly string[], {responseFlags}: Outcome): Check {
  const own = responseFlags.split(',').filter((flag) => !unsetYet.has(flag))
  const holds = wanted.length === 0 ? own.length > 0 : own.some((flag) => wanted.includes(flag))
  return check('response flags', wanted.join(', ') || '(any)', responseFlags, holds)
}
