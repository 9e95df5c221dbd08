import type {Assumption} from '../../decision/assumption.js'
import {type Check, check, type Ternary} from '../../decision/check.js'
import type {PassedOver} from '../../decision/step.js'
import type {Located} from '../parse/config-dump.js'
import {at, boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import {runtimeFraction} from '../runtime.js'
import type {Condition, Truth} from './condition.js'
import type {DownstreamConnection} from './connection.js'
import {compileCookieMatcher} from './cookie-matcher.js'
import {type Draw, satisfies} from './draw.js'
import {compileHeaderMatcher} from './header-matcher.js'
import {absent} from './matcher-predicate.js'
import {judgeMetadata, type MetadataNamespace} from './metadata-matcher.js'
import {compilePathMatcher, type PathMatcher} from './path-matcher.js'
import {compileQueryMatcher} from './query-matcher.js'
import type {Suppositions} from './request.js'
import {headerValue, isGrpc, type RoutedRequest} from './routed-request.js'
import type {FilterState} from './stream-state.js'
import {compileStringMatcher} from './string-matcher.js'
import type {Surroundings} from './surroundings.js'

/** What a route's conditions look at. */
export interface RouteSubject {
  request: RoutedRequest
  connection: DownstreamConnection
  /** Dynamic metadata as it stands when the route is chosen. */
  metadata(namespace: string): MetadataNamespace
  suppositions: Suppositions
  /** Filter state as it stands when the route is chosen. */
  filterState: FilterState
  /** The random value of the request, where the asker supposes one. */
  random: bigint | null
}

/** A route ready to be compared with many requests. */
export interface CompiledRoute extends Located {
  /** Within its virtual host, or the list of a matcher's action. */
  index: number
  name: string | null
  /** Its RouteAction; null where it forwards nothing. */
  action: Located | null
  path: PathMatcher
  conditions: Condition<RouteSubject>[]
}

/** @param ignoreParameters of the route configuration: `ignore_path_parameters_in_path_matching`. */
export function compileRoute(
  route: Located,
  index: number,
  surroundings: Surroundings,
  ignoreParameters: boolean,
): CompiledRoute {
  const match = object(route.raw, 'match') ?? {}
  const path = compilePathMatcher(match, ignoreParameters)
  const action = object(route.raw, 'route')
  return {
    raw: route.raw,
    at: route.at,
    index,
    name: string(route.raw, 'name') ?? null,
    action: action ? {raw: action, at: at(route.at, 'route')} : null,
    path,
    conditions: [onRequest(path), ...conditionsOf(match, surroundings)],
  }
}

const onRequest = ({judge, describe}: Condition<RoutedRequest>): Condition<RouteSubject> => ({
  judge: ({request}) => judge(request),
  describe: ({request}, holds) => describe(request, holds),
})

/** The conditions beside the path; those that chance decides or nobody knows come last. */
function conditionsOf(match: JsonObject, {envoy, joinsRouteHeaders}: Surroundings): Condition<RouteSubject>[] {
  const conditions: Condition<RouteSubject>[] = objects(match, 'headers').map((raw) =>
    onRequest(compileHeaderMatcher(raw, joinsRouteHeaders)),
  )
  conditions.push(...objects(match, 'query_parameters').map((raw) => onRequest(compileQueryMatcher(raw))))
  conditions.push(...objects(match, 'cookies').map((raw) => onRequest(compileCookieMatcher(raw))))
  if (object(match, 'grpc')) conditions.push(grpcCondition)
  const tls = object(match, 'tls_context')
  if (tls) conditions.push(...tlsConditions(tls))
  conditions.push(...objects(match, 'dynamic_metadata').map(metadataCondition))
  conditions.push(...objects(match, 'filter_state').map(filterStateCondition))
  const fraction = object(match, 'runtime_fraction')
  if (fraction) {
    const {of, taken} = runtimeFraction(envoy, fraction)
    conditions.push(fractionCondition(string(fraction, 'runtime_key') ?? '', {from: 0, to: taken, of}))
  }
  return conditions
}

const grpcCondition: Condition<RouteSubject> = {
  judge: ({request}) => isGrpc(request),
  describe: ({request}, holds) =>
    check('grpc', 'content-type application/grpc', headerValue(request, 'content-type') ?? absent, holds),
}

/** `presented` and `validated` of the client's certificate; plaintext has neither. */
function tlsConditions(tls: JsonObject): Condition<RouteSubject>[] {
  const facts = [
    ['presented', (connection: DownstreamConnection) => certificateOf(connection) !== null],
    ['validated', (connection: DownstreamConnection) => certificateOf(connection)?.validated === true],
  ] as const
  return facts.flatMap(([name, fact]) => {
    const wanted = boolean(tls, name)
    if (wanted === undefined) return []
    return {
      judge: ({connection}: RouteSubject) => fact(connection) === wanted,
      describe: ({connection}: RouteSubject, holds: Ternary) =>
        check(`tls_context ${name}`, String(wanted), String(fact(connection)), holds),
    }
  })
}

const certificateOf = ({terminatesTls, tls}: DownstreamConnection) => (terminatesTls && tls ? tls.cert : null)

const truthOf = (holds: Ternary): Truth => (holds === 'unknown' ? 'unknown' : holds === 'yes')

function metadataCondition(matcher: JsonObject): Condition<RouteSubject> {
  const found = ({metadata}: RouteSubject): Check => judgeMetadata(matcher, metadata)
  return {judge: (subject) => truthOf(found(subject).holds), describe: found}
}

/** Filter state that no filter is known to set is the running system's, unless the asker supposes it: `filter_state:KEY=VALUE`. */
function filterStateCondition(matcher: JsonObject): Condition<RouteSubject> {
  const key = string(matcher, 'key') ?? ''
  const field = `filter_state:${key}`
  const valueOf = ({suppositions, filterState}: RouteSubject) => suppositions[field] ?? filterState[key]?.value ?? null
  const text = compileStringMatcher(object(matcher, 'string_match') ?? {})
  return {
    judge: (subject) => {
      const value = valueOf(subject)
      return value === null || !text.known ? 'unknown' : text.matches(value)
    },
    describe: (subject, holds) => check(field, text.want, valueOf(subject) ?? '(unknown)', holds),
  }
}

function fractionCondition(key: string, draw: Draw): Condition<RouteSubject> {
  const truth: Truth = draw.to >= draw.of ? true : draw.to <= 0 ? false : draw
  return {
    judge: ({random}) => (typeof truth === 'object' && random !== null ? satisfies(random, truth) : truth),
    describe: (_, holds) =>
      check(`runtime_fraction ${key}`.trim(), `${draw.to} of ${draw.of}`, 'a random value', holds),
  }
}

/** What a route's conditions came to for one request. */
export type RouteJudgement =
  | {holds: true; draw: Draw | null}
  | {holds: false; failed: Condition<RouteSubject>}
  | {holds: 'unknown'; draw: Draw | null; unknown: Condition<RouteSubject>[]}

/** Compares a request with a route. A condition that certainly fails decides, whatever else is not known. */
export function judgeRoute(route: CompiledRoute, subject: RouteSubject): RouteJudgement {
  let draw: Draw | null = null
  let unknown: Condition<RouteSubject>[] | null = null
  for (const condition of route.conditions) {
    const truth = condition.judge(subject)
    if (truth === false) return {holds: false, failed: condition}
    if (truth === 'unknown') unknown = [...(unknown ?? []), condition]
    else if (truth !== true) draw = truth
  }
  return unknown ? {holds: 'unknown', draw, unknown} : {holds: true, draw}
}

/** The comparisons that held for a route. */
export const becauseOf = (route: CompiledRoute, subject: RouteSubject): Check[] =>
  route.conditions.map((condition) => condition.describe(subject, 'yes'))

/** A route that another one was taken before, or that fitted nothing. */
export const passOver = (route: CompiledRoute, check: Check): PassedOver => ({
  at: route.at,
  ...(route.name === null ? {} : {name: route.name}),
  check,
})

/** The assumption under which an undecided route is taken or passed over: `--assume route:NAME=yes`. */
export function supposeRoute(
  route: CompiledRoute,
  conditions: readonly Condition<RouteSubject>[],
  subject: RouteSubject,
): {matches: boolean; assumption: Assumption} {
  const key = `route:${route.name ?? route.at}`
  const matches = subject.suppositions[key] === 'yes'
  const checks = conditions.map((condition) => condition.describe(subject, 'unknown'))
  return {
    matches,
    assumption: {
      about: `route ${route.name ?? route.at}: ${checks.map(({field, want}) => `${field} ${want}`).join(', ')}`,
      assumed: matches ? 'matches' : 'does not match',
      at: at(route.at, 'match'),
      turn: `--assume '${key}=${matches ? 'no' : 'yes'}'`,
    },
  }
}
