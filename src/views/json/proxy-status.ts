import type {Judged} from '../../xds/status/judge.js'
import type {ProxyState} from '../../xds/status/proxy-state.js'

/** One proxy of the list: what its dump tells, or why there is none. */
export type ProxyEntry = {pod: string} & (
  | ({reached: true; ageSeconds: number | null} & ProxyState & Judged)
  | {reached: false; reason: string}
)

/** The answer of `proxy-status`. */
export interface ProxyStatus {
  apiVersion: 'sidetrace/v1'
  kind: 'ProxyStatus'
  /** When the proxies were asked, or their capture was made: what ages are counted from. RFC 3339, null where it is not known. */
  asOf: string | null
  proxies: ProxyEntry[]
}

/** What was found of a pod's proxy: its state, or the reason that there is none. */
export type Found = {pod: string; state: ProxyState} | {pod: string; reason: string}

export function proxyStatusDocument(
  found: readonly Found[],
  judged: ReadonlyMap<string, Judged>,
  asOf: string | null,
): ProxyStatus {
  const proxies = found.map((one): ProxyEntry => {
    if ('reason' in one) return {pod: one.pod, reached: false, reason: one.reason}
    const verdict = judged.get(one.pod) ?? {standing: 'static', behind: []}
    return {pod: one.pod, reached: true, ageSeconds: ageOf(one.state, asOf), ...one.state, ...verdict}
  })
  return {apiVersion: 'sidetrace/v1', kind: 'ProxyStatus', asOf, proxies}
}

function ageOf({lastUpdated}: ProxyState, asOf: string | null): number | null {
  if (lastUpdated === null || asOf === null) return null
  const seconds = (Date.parse(asOf) - Date.parse(lastUpdated)) / 1000
  // Clocks of two machines may differ: nothing is younger than now.
  return Number.isNaN(seconds) ? null : Math.max(0, Math.round(seconds))
}
