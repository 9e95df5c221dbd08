import type {Assumption} from '../../decision/assumption.js'
import type {Weighted} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {HostNeed} from './http-verdict.js'
import type {HttpRequest} from './request.js'
import type {MatchBranch, Note, Outcome} from './result.js'

/** One way through a chain's network filters, before a host of the cluster is chosen. */
export interface ChainVerdict
  extends Weighted,
    Pick<MatchBranch, 'routeConfig' | 'virtualHost' | 'route' | 'cluster' | 'rewritten' | 'virtualCluster'> {
  outcome: Outcome
  /** The request as it is sent upstream; null for TCP and where nothing is sent. */
  upstreamRequest: HttpRequest | null
  /** What the choice of a host hangs on; null unless forwarded. */
  need: HostNeed | null
  assumptions: Assumption[]
  notes: Note[]
  steps: Step[]
}

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
