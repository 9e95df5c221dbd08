import type {TraceRequest} from './request.js'

/** A row that a request is to land on; `pod` is whose proxy or rules the row belongs to. */
export type LandingTarget =
  | {kind: 'pod'; pod: string}
  | {kind: 'service'; service: string}
  | {kind: 'listener'; pod: string; listener: string; chain: number | null}
  | {kind: 'route'; pod: string; routeConfig: string; virtualHost: string; index: number}
  | {kind: 'cluster'; pod: string; cluster: string}
  | {kind: 'endpoint'; pod: string; cluster: string; address: string}
  | {kind: 'rule'; pod: string; rule: string}

/** A request that was walked and lands there, or why none was found. */
export type Landing = {kind: 'found'; request: TraceRequest} | {kind: 'none'; why: string}
