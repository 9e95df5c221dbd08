import type {HttpVerdict} from './http-verdict.js'
import type {Outcome} from './result.js'

/** One way through a chain's network filters, before a host is chosen; HTTP's verdict is one, and TCP's has no request to send. */
export type ChainVerdict = HttpVerdict

/** Envoy answers itself. */
export const responded = (status: number | null, responseFlags: string, details: string | null): Outcome => ({
  kind: 'responded',
  status,
  responseFlags,
  details,
})

/** A verdict that ends at this proxy, without HTTP. */
export const ended = (outcome: Outcome): ChainVerdict => ({
  probability: 1,
  routeConfig: null,
  virtualHost: null,
  route: null,
  cluster: null,
  rewritten: null,
  virtualCluster: null,
  outcome,
  upstreamRequest: null,
  need: null,
  assumptions: [],
  notes: [],
  steps: [],
})
