import {boolean, type JsonObject, object, objects, string} from '../parse/field.js'
import {headerValue, type RoutedRequest} from './routed-request.js'

/** Utility::isUpgrade: an Upgrade header, and Connection says so. */
export function isUpgrade(request: RoutedRequest): boolean {
  if (request.protocol === 'http2' || headerValue(request, 'upgrade') === undefined) return false
  return (headerValue(request, 'connection') ?? '').split(',').some((token) => token.trim().toLowerCase() === 'upgrade')
}

/** What a request wants to be upgraded to (`websocket`, `CONNECT`), or null. */
export function upgradeType(request: RoutedRequest): string | null {
  if (isUpgrade(request)) return headerValue(request, 'upgrade') ?? null
  return request.method === 'CONNECT' ? 'CONNECT' : null
}

const findUpgrade = (configs: readonly JsonObject[], type: string) =>
  configs.find((config) => string(config, 'upgrade_type')?.toLowerCase() === type.toLowerCase())

/** `connect_config`: the bytes in the tunnel go on, without the CONNECT around them. */
export function endsTunnel(routeAction: JsonObject, method: string): boolean {
  if (method !== 'CONNECT' && method !== 'POST') return false
  const config = object(findUpgrade(objects(routeAction, 'upgrade_configs'), 'CONNECT') ?? {}, 'connect_config')
  return config !== undefined && (method === 'CONNECT' || (boolean(config, 'allow_post') ?? false))
}

/** What `upgrade_configs` of the connection manager and of the route say to an upgrade. */
export interface UpgradeVerdict {
  accepted: boolean
  /** The upgrade's own filters, which then stand for the connection manager's. */
  filters: readonly JsonObject[] | null
}

/**
 * Judges an upgrade: the route's own entry wins where it has one, else the connection manager's.
 * HttpConnectionManagerConfig::createUpgradeFilterChain.
 */
export function judgeUpgrade(manager: JsonObject, routeAction: JsonObject | null, type: string): UpgradeVerdict {
  const ofManager = findUpgrade(objects(manager, 'upgrade_configs'), type)
  const ofRoute = routeAction ? findUpgrade(objects(routeAction, 'upgrade_configs'), type) : undefined
  const accepted = ofRoute
    ? (boolean(ofRoute, 'enabled') ?? true)
    : ofManager !== undefined && (boolean(ofManager, 'enabled') ?? true)
  const own = ofManager ? objects(ofManager, 'filters') : []
  return {accepted, filters: own.length > 0 ? own : null}
}
