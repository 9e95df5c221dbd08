import type {Assumption} from '../../decision/assumption.js'
import type {Weighted} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {EndpointShare, Note, Outcome} from './result.js'

/** What a cluster makes of a request for a host: shares of its endpoints, or the answer that Envoy gives without one. */
export interface UpstreamChoice extends Weighted {
  /** The cluster as Envoy logs it: an aggregate, not its member. Null where it does not exist. */
  cluster: string | null
  endpoints: EndpointShare[]
  /** `forwarded`; or `responded` (HTTP: 503 with UH, NC, UO ...) or `reset` (TCP). */
  outcome: Outcome
  /** Address that the cluster binds before connecting (`upstream_bind_config`), or null. */
  sourceAddress: string | null
  /** What is spoken to the endpoints, from the cluster's protocol options; null: as the downstream does. */
  protocol: 'http1' | 'http2' | 'http3' | null
  assumptions: Assumption[]
  notes: Note[]
  steps: Step[]
}
