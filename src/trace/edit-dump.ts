import type {Located} from '../xds/parse/config-dump.js'
import {isObject, type JsonObject, number, object, string} from '../xds/parse/field.js'
import type {Proxy} from '../xds/proxy.js'

/** A copy of a JSON value in which `change` may replace any object: it is asked for each, from the outside in; null keeps it. */
export function rewrite(value: unknown, change: (object: JsonObject) => JsonObject | null): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rewrite(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(change(value) ?? value).map(([name, inner]) => [name, rewrite(inner, change)]),
  )
}

export function rewriteLocated<T extends Located>(located: T, change: (object: JsonObject) => JsonObject | null): T {
  const raw = rewrite(located.raw, change)
  return isObject(raw) ? {...located, raw} : located
}

const rewriteAll = (
  map: Map<string, Located>,
  change: (object: JsonObject) => JsonObject | null,
): Map<string, Located> => new Map([...map].map(([name, located]) => [name, rewriteLocated(located, change)]))

/** The subset in an Istio cluster name, `outbound|9080|v2|reviews...` -> `v2`. */
const subsetOf = (cluster: string): string | null => cluster.split('|')[2] ?? null

/** Weighted clusters with other weights, wherever a route or a TCP proxy has them. */
export function setWeights(proxy: Proxy, weights: ReadonlyMap<string, number>): Proxy {
  const change = (raw: JsonObject): JsonObject | null => {
    const name = string(raw, 'name')
    if (name === undefined || number(raw, 'weight') === undefined) return null
    const weight = weights.get(name) ?? weights.get(subsetOf(name) ?? '')
    return weight === undefined ? null : {...raw, weight}
  }
  const {dump} = proxy
  return {
    ...proxy,
    dump: {
      ...dump,
      routeConfigs: rewriteAll(dump.routeConfigs, change),
      listeners: dump.listeners.map((listener) => rewriteLocated(listener, change)),
    },
  }
}

/** An endpoint that fails its health check, in every cluster that has it. */
export function downEndpoint(proxy: Proxy, address: string): Proxy {
  const change = (raw: JsonObject): JsonObject | null => {
    const endpoint = object(raw, 'endpoint')
    const socket = endpoint && object(object(endpoint, 'address') ?? {}, 'socket_address')
    if (socket === undefined) return null
    const own = `${string(socket, 'address') ?? ''}:${number(socket, 'port_value') ?? ''}`
    return own === address ? {...raw, health_status: 'UNHEALTHY'} : null
  }
  const {dump, state} = proxy
  const {clusters: _, ...rest} = state
  return {
    state: rest,
    dump: {...dump, endpoints: rewriteAll(dump.endpoints, change), clusters: rewriteAll(dump.clusters, change)},
  }
}
