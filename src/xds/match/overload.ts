import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import type {CircuitBreaker} from '../parse/cluster.js'
import {number, objects, string} from '../parse/field.js'
import type {Ask} from './ask.js'
import type {KnownCluster} from './cluster.js'
import {connectionClosed, localReply} from './local-reply.js'
import type {Outcome} from './result.js'
import {emptyChoice} from './upstream-answer.js'
import type {UpstreamChoice} from './upstream-choice.js'

/**
 * The router drops a share of the requests before it looks for a host (`drop_overloads`); a TCP proxy does not.
 * Envoy takes one category alone.
 */
export function withDropOverload(known: KnownCluster, choices: UpstreamChoice[], ask: Ask): UpstreamChoice[] {
  const drop = known.assignment?.dropOverloads[0]
  const {request} = ask.need
  if (!drop || drop.share === 0 || !request) return choices
  const outcome =
    drop.share >= 1
      ? localReply(request, {status: 503, responseFlags: 'UDO', details: 'unconditional_drop_overload'})
      : localReply(request, {status: 503, responseFlags: 'DO', details: 'drop_overload'})
  const percent = `${drop.share * 100} %`
  const step: Step = {
    at: drop.at,
    level: 'drop overload',
    decided: drop.category,
    because: [check('drop_percentage', percent, percent, true)],
    passedOver: [],
  }
  const dropped = {...emptyChoice(known.cluster), outcome, probability: drop.share, steps: ask.explain ? [step] : []}
  const kept = choices.map((choice) => ({...choice, probability: choice.probability * (1 - drop.share)}))
  return drop.share >= 1 ? [dropped] : [dropped, ...kept]
}

/** The limits of the request's routing priority. */
const breakerOf = ({cluster}: KnownCluster, {need}: Ask): CircuitBreaker =>
  cluster.circuitBreakers[need.priority ?? 'DEFAULT']

/** A limit of zero, which lets nothing through, and what Envoy answers then; null where the limits have room. */
function closedBreaker(known: KnownCluster, ask: Ask): {limit: string; outcome: Outcome} | null {
  const {maxPendingRequests, maxConnections} = breakerOf(known, ask)
  const {request} = ask.need
  if (!request && maxConnections === 0) return {limit: 'max_connections', outcome: connectionClosed('UO')}
  if (maxPendingRequests > 0) return null
  const outcome = request
    ? localReply(request, {
        status: 503,
        responseFlags: 'UO',
        details: 'upstream_reset_before_response_started{overflow}',
      })
    : connectionClosed('URX')
  return {limit: 'max_pending_requests', outcome}
}

/** A choice as the circuit breakers leave it: they count once a host is chosen. */
export function withBreaker(known: KnownCluster, choice: UpstreamChoice, ask: Ask): UpstreamChoice {
  if (choice.outcome.kind !== 'forwarded') return choice
  const closed = closedBreaker(known, ask)
  if (closed === null) return {...choice, assumptions: [...choice.assumptions, ...breakerAssumptions(known, ask)]}
  const step: Step = {
    at: breakerOf(known, ask).at,
    level: 'circuit breaker',
    decided: 'overflow',
    because: [check(closed.limit, '> 0', '0', false)],
    passedOver: [],
  }
  const {probability, assumptions, steps} = choice
  return {
    ...emptyChoice(known.cluster),
    outcome: closed.outcome,
    probability,
    assumptions,
    steps: ask.explain ? [...steps, step] : [],
  }
}

/** Gauges of the hosts in `/clusters` and the limits that they count against. */
const gauges: [string, keyof CircuitBreaker & `max${string}`, string][] = [
  ['cx_active', 'maxConnections', 'max_connections'],
  ['rq_pending_active', 'maxPendingRequests', 'max_pending_requests'],
  ['rq_active', 'maxRequests', 'max_requests'],
]

/** A limit that the captured gauges had reached: by now it may have room. */
function breakerAssumptions(known: KnownCluster, ask: Ask): Assumption[] {
  if (!known.status) return []
  const breaker = breakerOf(known, ask)
  const stats = objects(known.status.raw, 'host_statuses').flatMap((host) => objects(host, 'stats'))
  return gauges.flatMap(([gauge, field, limit]) => {
    const active = stats
      .filter((stat) => string(stat, 'name') === gauge)
      .reduce((sum, stat) => sum + (number(stat, 'value') ?? 0), 0)
    if (active === 0 || active < breaker[field]) return []
    return [
      {
        about: `circuit breaker ${limit} of ${known.cluster.name}, at ${active} of ${breaker[field]}`,
        assumed: 'has room again',
        at: breaker.at,
        turn: null,
      },
    ]
  })
}
