import type {Assumption} from '../../decision/assumption.js'
import {type Check, check, type Ternary} from '../../decision/check.js'
import type {PassedOver, Step} from '../../decision/step.js'
import type {HeaderCondition, MosnRoute, MosnVirtualHost} from '../parse/router.js'
import {searchRegex} from '../regex.js'
import {failedHeader, headerChecks, splitMethod} from './headers.js'
import type {Suppositions} from './request.js'
import type {RoutedRequest} from './routed-request.js'
import {judgeVariables} from './variables.js'

/** What one route's condition says of a request. */
interface Verdict {
  holds: Ternary
  /** The comparisons that held, or the one that failed. */
  checks: Check[]
  /** What is not known, and what is supposed of it. */
  assumption: Assumption | null
}

export interface RouteChoice {
  route: MosnRoute | null
  step: Step
  assumptions: Assumption[]
}

/** The first route that fits, in the order of the list; there is no going on to another virtual host. */
export function chooseRoute(
  virtualHost: MosnVirtualHost,
  request: RoutedRequest,
  suppositions: Suppositions,
): RouteChoice {
  const passedOver: PassedOver[] = []
  const assumptions: Assumption[] = []
  const level = 'route'
  for (const route of virtualHost.routes) {
    const {holds, checks, assumption} = judge(route, request, suppositions)
    if (assumption !== null) assumptions.push(assumption)
    if (holds === 'yes')
      return {route, assumptions, step: {at: route.at, level, decided: `#${route.index}`, because: checks, passedOver}}
    const [failed = check('route', 'a match', 'none', holds)] = checks
    passedOver.push({at: route.at, name: `#${route.index}`, check: failed})
  }
  return {route: null, assumptions, step: {at: virtualHost.at, level, decided: null, because: [], passedOver}}
}

function judge(route: MosnRoute, request: RoutedRequest, suppositions: Suppositions): Verdict {
  const {condition} = route
  switch (condition.kind) {
    case 'prefix':
    case 'path':
    case 'regex':
      return judgePath(condition.kind, condition.text, condition.headers, request)
    case 'variables':
      return judgeVariableRoute(route, request, suppositions)
    case 'dsl':
      return supposed(route, 'dsl', `dsl ${condition.expressions.join(' and ')}`, suppositions)
    case 'headers':
      return judgeHeaders(condition.headers, request)
  }
}

const known = (failed: Check | null, held: () => Check[]): Verdict =>
  failed === null ? {holds: 'yes', checks: held(), assumption: null} : {holds: 'no', checks: [failed], assumption: null}

/** MOSN looks at method and headers first, then at the path. */
function judgePath(
  kind: 'prefix' | 'path' | 'regex',
  wanted: string,
  conditions: readonly HeaderCondition[],
  request: RoutedRequest,
): Verdict {
  const {method, headers} = splitMethod(conditions)
  const methodCheck =
    method === null ? null : check('method', `exact ${method}`, request.method ?? '(none)', request.method === method)
  if (methodCheck?.holds === 'no') return known(methodCheck, () => [])
  const failed = failedHeader(headers, request)
  if (failed !== null) return known(failed, () => [])
  const path = check(
    'path',
    pathWords[kind](wanted),
    request.path ?? '(no path)',
    request.path !== null && pathFits(kind, wanted, request.path),
  )
  return known(path.holds === 'no' ? path : null, () => [
    path,
    ...(methodCheck === null ? [] : [methodCheck]),
    ...headerChecks(headers, request),
  ])
}

const pathWords = {
  prefix: (wanted: string) => `prefix ${wanted}`,
  path: (wanted: string) => `exact ${wanted} (any case)`,
  regex: (wanted: string) => `regex ${wanted}`,
}

/** A prefix need not end at a slash; a path is compared in any case; a regular expression is searched for. None sees the query. */
function pathFits(kind: 'prefix' | 'path' | 'regex', wanted: string, path: string): boolean {
  if (kind === 'prefix') return path.startsWith(wanted)
  if (kind === 'path') return path.toLowerCase() === wanted.toLowerCase()
  return searchRegex(wanted)?.finds(path) === true
}

/** The header that RPC routes are found by without further looking. */
const fastHeader = 'service'

/** A route of headers alone fits any path. On `service` alone it is compared whole, `.*` standing for any text. */
function judgeHeaders(conditions: readonly HeaderCondition[], request: RoutedRequest): Verdict {
  const [only] = conditions
  if (conditions.length === 1 && only?.name === fastHeader && only.value !== '') {
    const got = request.header(fastHeader) ?? ''
    const holds = got !== '' && (got === only.value || only.value === '.*')
    const want = only.value === '.*' ? 'present' : `exact ${only.value}`
    const made = check(`header ${fastHeader}`, want, got === '' ? '(absent)' : got, holds)
    return known(holds ? null : made, () => [made])
  }
  const failed = failedHeader(conditions, request)
  return known(failed, () => headerChecks(conditions, request))
}

function judgeVariableRoute(route: MosnRoute, request: RoutedRequest, suppositions: Suppositions): Verdict {
  if (route.condition.kind !== 'variables') return {holds: 'no', checks: [], assumption: null}
  const {holds, checks, unknown} = judgeVariables(route.condition.items, request)
  if (holds === 'unknown') return supposed(route, 'variables', `variable ${unknown.join(', ')}`, suppositions)
  const held = checks.filter((made) => made.holds === 'yes')
  const failed = checks.find((made) => made.holds !== 'yes')
  return {holds, checks: holds === 'yes' ? held : failed === undefined ? [] : [failed], assumption: null}
}

/** What only the running MOSN knows: taken not to fit, unless the asker supposes that it does. */
function supposed(route: MosnRoute, name: string, about: string, suppositions: Suppositions): Verdict {
  const matches = suppositions[name] === 'match'
  const turn = `--assume ${name}=${matches ? 'no-match' : 'match'}`
  const assumed = matches ? 'it fits' : 'it does not fit'
  return {
    holds: matches ? 'yes' : 'no',
    checks: [check(about, 'true', '(not known)', 'unknown')],
    assumption: {about: `${about} of route #${route.index}`, assumed, at: route.at, turn},
  }
}
