import {type Check, check} from '../../decision/check.js'
import {boolean, type JsonObject, string} from '../parse/field.js'

/** What load balancing makes of a host's health. */
export type CoarseHealth = 'healthy' | 'degraded' | 'unhealthy'

/** A host's health: the class that load balancing uses, Envoy's name for the cause, and what it was read from. */
export interface HostHealth {
  coarse: CoarseHealth
  /** HEALTHY, UNHEALTHY, DRAINING, TIMEOUT, DEGRADED or UNKNOWN. */
  status: string
  /** Not counted when the health of its priority is computed. */
  excluded: boolean
  /** The comparison that makes it less than healthy; null for a healthy host. */
  because: Check | null
}

const healthy = (status: string): HostHealth => ({coarse: 'healthy', status, excluded: false, because: null})

/** Health as EDS, or Envoy's own dump of its hosts, states it. Envoy takes UNKNOWN as healthy. */
export function statedHealth(status: string): HostHealth {
  const because = check('health_status', 'HEALTHY', status, false)
  switch (status) {
    case 'UNHEALTHY':
    case 'TIMEOUT':
      return {coarse: 'unhealthy', status, excluded: false, because}
    case 'DRAINING':
      return {coarse: 'unhealthy', status, excluded: true, because}
    case 'DEGRADED':
      return {coarse: 'degraded', status, excluded: false, because}
    default:
      return healthy(status)
  }
}

/** Flags of `HostHealthStatus` in the order that Envoy tries them. */
const unhealthyFlags = ['failed_active_health_check', 'failed_outlier_check']
const degradedFlags = ['failed_active_degraded_check', 'failed_degraded_outlier_detection']

/** Health as `/clusters` tells it: what the last health checks, outlier detection and EDS said. */
export function observedHealth(status: JsonObject): HostHealth {
  const eds = statedHealth(string(status, 'eds_health_status') ?? 'UNKNOWN')
  const excluded =
    eds.excluded || Boolean(boolean(status, 'pending_active_hc') || boolean(status, 'excluded_via_immediate_hc_fail'))
  const set = (names: string[]) => names.find((name) => boolean(status, name))
  const failed = set(unhealthyFlags)
  if (failed)
    return {coarse: 'unhealthy', status: 'UNHEALTHY', excluded, because: check(failed, 'false', 'true', false)}
  if (eds.coarse === 'unhealthy') return {...eds, excluded}
  const degraded = set(degradedFlags)
  if (degraded)
    return {coarse: 'degraded', status: 'DEGRADED', excluded, because: check(degraded, 'false', 'true', false)}
  return {...eds, excluded}
}
