import {isObject, number, object} from '../json.js'

/** What `/api/v1/stats` tells of one host of a cluster. */
export interface HostStatistics {
  activeConnections: number
  failedConnections: number
  requests: number
  failedResponses: number
}

/** The counters of MOSN; all its numbers are texts. */
export interface MosnStatistics {
  host(cluster: string, address: string): HostStatistics | null
  /** Hosts that are healthy, of a cluster whose health checks are counted under this name. */
  healthyHosts(service: string): number | null
}

/** Reads `/api/v1/stats`; null for another document. */
export function readStatistics(document: unknown): MosnStatistics | null {
  if (!isObject(document) || !('upstream' in document || 'downstream' in document)) return null
  const upstream = object(document, 'upstream')
  return {
    host: (cluster, address) => {
      const counters = object(upstream, `cluster.${cluster}.host.${address}`)
      if (counters === undefined) return null
      return {
        activeConnections: number(counters, 'connection_active') ?? 0,
        failedConnections: number(counters, 'connection_con_fail') ?? 0,
        requests: number(counters, 'request_total') ?? 0,
        failedResponses: number(counters, 'response_failed') ?? 0,
      }
    },
    healthyHosts: (service) => {
      const counters = object(object(document, 'healthcheck'), `service.${service}`)
      // MOSN's own spelling.
      return number(counters, 'healty') ?? number(counters, 'healthy')
    },
  }
}

const states: Readonly<Record<number, string>> = {
  0: 'Nil',
  1: 'ParamsParsed',
  2: 'Initing',
  3: 'PreStart',
  4: 'Starting',
  5: 'AfterStart',
  6: 'Running',
  7: 'GracefulStopping',
  8: 'Stopping',
  9: 'AfterStop',
  10: 'Stopped',
}

/** The state in `pid=..&state=6`, the answer of `/api/v1/states`; null for another text. */
export function readState(text: string): string | null {
  const state = /(?:^|&)state=(\d+)/.exec(text)?.[1]
  return state === undefined ? null : (states[Number(state)] ?? state)
}
