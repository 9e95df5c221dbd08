import type {Assumption} from '../../decision/assumption.js'
import type {Weighted} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {MappedReply} from './local-reply-config.js'
import type {HttpRequest} from './request.js'
import type {MatchBranch, Note, Outcome} from './result.js'
import type {StreamState} from './stream-state.js'

/** One way that an HTTP connection manager can treat a request, before a host of the cluster is chosen. */
export interface HttpVerdict
  extends Weighted,
    Pick<MatchBranch, 'routeConfig' | 'virtualHost' | 'route' | 'cluster' | 'rewritten' | 'virtualCluster'> {
  /** `forwarded`: to `cluster`, a host of which is still to be chosen; else this Envoy's own answer. */
  outcome: Outcome
  /** The authority as the client sent it; absent where nothing was forwarded. */
  askedAuthority?: string | null
  /** The request as it is sent upstream; null unless forwarded. */
  upstreamRequest: HttpRequest | null
  /** How `local_reply_config` changes what is answered without a host; absent: not. */
  mapReply?: (outcome: Outcome) => MappedReply
  /** A tunnel that begins or ends here; absent: neither. */
  tunnel?: 'begins' | 'ends'
  /** What the choice of a host hangs on; null unless forwarded. */
  need: HostNeed | null
  assumptions: Assumption[]
  notes: Note[]
  steps: Step[]
}

/** What a route, or a TCP proxy, asks of load balancing. */
export interface HostNeed {
  /** Merged `metadata_match["envoy.lb"]`: key to value. */
  subset: Record<string, unknown>
  /** Keys of the hash policies in order, computed where the request gives them; null where only the running system knows. */
  hashKeys: (string | null)[] | null
  /** Status when the cluster does not exist: the route's cluster_not_found_response_code, 503 by default. */
  clusterNotFoundStatus: number
  /** Routing priority, which has circuit breakers of its own; DEFAULT where absent. */
  priority?: 'DEFAULT' | 'HIGH'
  /** The request as it goes upstream; null for TCP, where a missing host closes the connection instead of being answered. */
  request: HttpRequest | null
  /** TCP that goes through a CONNECT of its own. */
  tunnels?: boolean
  /** `auto_host_rewrite`: Host becomes the name of the endpoint, the old one may go to x-forwarded-host. */
  hostOfEndpoint?: {keepsOld: boolean}
  /** What filters attached to the stream; absent: nothing. */
  state?: StreamState
}
