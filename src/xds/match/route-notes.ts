import {at, boolean, type JsonObject, list, member, number, object, objects, string} from '../parse/field.js'
import type {Note} from './result.js'
import type {CompiledRoute} from './route.js'
import type {VirtualHostEntry} from './virtual-host.js'

const notesOfRoute = new WeakMap<JsonObject, Note[]>()

/** What a forwarding route does beside forwarding: mirrors, retries, time-outs, hedging, internal redirects, tunnels. */
export function routeNotes(route: CompiledRoute, host: VirtualHostEntry): Note[] {
  let notes = notesOfRoute.get(route.raw)
  if (!notes) {
    const action = object(route.raw, 'route') ?? {}
    const here = at(route.at, 'route')
    notes = [
      ...mirrors(action, here),
      ...mirrorsOfHost(action, host),
      ...retries(action, here, host),
      ...timeouts(action, here),
      ...others(action, here, host),
    ]
    notesOfRoute.set(route.raw, notes)
  }
  return notes
}

function mirrors(level: JsonObject, here: string): Note[] {
  return objects(level, 'request_mirror_policies').map((policy, index) => {
    const cluster = string(policy, 'cluster') ?? `header ${string(policy, 'cluster_header') ?? ''}`
    const fraction = object(object(policy, 'runtime_fraction') ?? {}, 'default_value')
    const share = fraction ? ` (${percentOf(fraction)} % of requests)` : ''
    return {kind: 'mirror', text: cluster + share, at: at(here, 'request_mirror_policies', index)}
  })
}

/** What a FractionalPercent's denominator is to a hundred. Source: envoy.type.v3.FractionalPercent. */
const hundreds: Record<string, number> = {HUNDRED: 1, TEN_THOUSAND: 100, MILLION: 10_000}

const percentOf = (fraction: JsonObject): number =>
  (number(fraction, 'numerator') ?? 0) / (hundreds[string(fraction, 'denominator') ?? 'HUNDRED'] ?? 1)

/** A route's own mirrors stand for those of its virtual host. */
const mirrorsOfHost = (action: JsonObject, host: VirtualHostEntry): Note[] =>
  list(action, 'request_mirror_policies').length > 0 ? [] : mirrors(host.raw, host.at)

function retries(action: JsonObject, here: string, host: VirtualHostEntry): Note[] {
  const [level, place] = object(action, 'retry_policy') ? [action, here] : [host.raw, host.at]
  const policy = object(level, 'retry_policy')
  if (!policy) return []
  const text = `up to ${number(policy, 'num_retries') ?? 1} on ${string(policy, 'retry_on') || 'nothing'}`
  return [{kind: 'retry', text, at: at(place, 'retry_policy')}]
}

const timeoutFields = ['timeout', 'idle_timeout', 'max_grpc_timeout'] as const

const timeouts = (action: JsonObject, here: string): Note[] =>
  timeoutFields.flatMap((field) => {
    const text = string(action, field)
    return text === undefined ? [] : [{kind: field, text, at: at(here, field)}]
  })

function others(action: JsonObject, here: string, host: VirtualHostEntry): Note[] {
  const notes: Note[] = []
  if (object(action, 'hedge_policy') ?? object(host.raw, 'hedge_policy'))
    notes.push({kind: 'hedge', text: 'further tries run beside the first', at: here})
  if (object(action, 'internal_redirect_policy'))
    notes.push({
      kind: 'internal redirect',
      text: 'redirects of the upstream are followed here',
      at: at(here, 'internal_redirect_policy'),
    })
  if (boolean(action, 'auto_host_rewrite'))
    notes.push({
      kind: 'auto_host_rewrite',
      text: 'Host becomes the name of the chosen endpoint, where that has one',
      at: at(here, 'auto_host_rewrite'),
    })
  if (member(action, 'rate_limits') !== undefined)
    notes.push({kind: 'rate limit', text: 'descriptors for a rate limit filter', at: at(here, 'rate_limits')})
  return notes
}
