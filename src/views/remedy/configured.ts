import {sayBecause} from '../story/check.js'
import type {Failure} from './failure.js'
import {objectOf, stepsOf} from './failure.js'
import {type Family, facts} from './remedy.js'

const routeOf = ({proxy}: Failure): string | null =>
  proxy?.route == null
    ? null
    : `${proxy.route.name ?? `number ${proxy.route.index + 1}`} of virtual host ${proxy.virtualHost ?? '?'}`

const whyRoute = ({proxy}: Failure): string | null => sayBecause(stepsOf(proxy, 'route').at(-1)?.because ?? [])

/** The route itself answers, or redirects. */
export const directResponse: Family = (failure) => {
  if (failure.details !== 'direct_response') return null
  const {status} = failure.outcome
  const redirects = status !== null && status >= 300 && status < 400
  return {
    says: redirects
      ? `the route redirects with ${status}`
      : `the route answers ${status ?? ''} by itself; nothing is sent on`,
    lines: facts(
      ['the route', routeOf(failure)],
      ['it matches', whyRoute(failure)],
      [
        'to change',
        `if this is not wanted, change ${redirects ? 'redirect' : 'directResponse'} in ${objectOf(failure, 'route') ?? 'the VirtualService that has this route'}, or send a request that it does not match`,
      ],
    ),
  }
}

/** Fault injection. */
export const fault: Family = (failure) => {
  if (failure.details !== 'fault_filter_abort') return null
  return {
    says: `a fault is injected: abort with ${failure.outcome.status ?? '?'}`,
    lines: facts(
      ['the route', routeOf(failure)],
      ['it matches', whyRoute(failure)],
      [
        'to change',
        `take fault.abort out of ${objectOf(failure, 'route') ?? 'the VirtualService that has this route'}, or send a request that it does not match`,
      ],
    ),
  }
}
