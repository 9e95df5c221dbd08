import type {Assumption} from '../decision/assumption.js'
import type {Weighted} from '../decision/probability.js'
import type {Step} from '../decision/step.js'
import type {Packet} from '../netfilter/packet.js'
import type {Verdict} from '../netfilter/packet-trace.js'
import type {EndpointShare, MatchBranch, Note, Outcome as ProxyOutcome, UpstreamTransport} from '../xds/match/result.js'
import type {TraceRequest} from './request.js'
import type {Resolution} from './resolution.js'

/**
 * How the whole way ends.
 * - `delivered`: an app, or a host outside the snapshot, accepts it.
 * - `responded`: an Envoy answers itself.
 * - `reset`: an Envoy closes the connection.
 * - `refused`: nothing listens there.
 * - `unreachable`: no route to the host, or the connection attempt cannot be answered.
 * - `dropped`, `rejected`: by a rule.
 * - `timeout`: nobody speaks first.
 * - `loop`: traffic of the proxy comes back to it.
 * - `unknown`: the snapshot does not tell.
 */
export type OutcomeKind =
  | 'delivered'
  | 'responded'
  | 'reset'
  | 'refused'
  | 'unreachable'
  | 'dropped'
  | 'rejected'
  | 'timeout'
  | 'loop'
  | 'unknown'

/** Who accepts or answers. */
export interface Answerer {
  place: 'app' | 'proxy' | 'netns' | 'node' | 'host'
  /** `namespace/name`, null for a host outside the snapshot. */
  pod: string | null
  /** `ip:port` where it is known. */
  address: string | null
  /** Which kind of proxy, where it is no Envoy. */
  proxy?: 'mosn'
}

export interface Outcome {
  kind: OutcomeKind
  status: number | null
  responseFlags: string
  details: string | null
  by: Answerer | null
}

/** One passage through a pod's network namespace. */
export type Crossing =
  | 'app-to-proxy'
  | 'app-to-wire'
  | 'app-to-app'
  /** To Istio's agent in the pod, which answers DNS. */
  | 'app-to-agent'
  | 'proxy-to-wire'
  | 'proxy-to-proxy'
  | 'proxy-to-app'
  | 'wire-to-proxy'
  | 'wire-to-app'

/** The connection between two hops, as a rule or a socket sees it. */
export interface Connection {
  src: string
  sport: number | null
  dst: string
  dport: number
}

/** A process that sends (first hop) or accepts (last hop). */
export interface AppHop {
  place: 'app'
  /** Null for a host outside the snapshot. */
  pod: string | null
  /** Name of a host outside the snapshot, else null. */
  host: string | null
  /** Where it listens or connects: `ip:port`. */
  address: string | null
  entered: Connection | null
  left: Connection | null
  steps: Step[]
}

/** What eBPF programs did in a passage through a namespace. */
export interface ProgramsHop {
  /** Names of those that decided something, in order. */
  programs: string[]
  /** Where one sent the connection: `ip:port`; null where none did. */
  redirectedTo: string | null
  /** What one answers for SO_ORIGINAL_DST; null where none does. */
  original: string | null
  /** Whether bytes go from socket to socket past the network stack; null where the connection's other end is elsewhere. */
  handedOver: boolean | null
}

export interface NetnsHop {
  place: 'netns'
  pod: string
  crossing: Crossing
  /** Every rule that matched, in order, both passes over lo included. */
  rules: string[]
  verdict: Verdict
  redirectedTo: string | null
  /** Absent where no programs were captured. */
  ebpf?: ProgramsHop
  entered: Packet
  left: Packet
  steps: Step[]
}

export interface NodeHop {
  place: 'node'
  node: string
  rules: string[]
  verdict: Verdict
  redirectedTo: string | null
  entered: Packet
  left: Packet
  steps: Step[]
}

export interface ProxyHop
  extends Pick<
    MatchBranch,
    'listener' | 'filterChain' | 'routeConfig' | 'virtualHost' | 'route' | 'cluster' | 'rewritten'
  > {
  place: 'proxy'
  pod: string
  /** Which kind of proxy, where it is no Envoy. */
  proxy?: 'mosn'
  /** Null for a gateway. */
  direction: 'outbound' | 'inbound' | null
  /** The endpoint of this branch. */
  endpoint: string | null
  /** All that load balancing could have chosen. */
  endpoints: EndpointShare[]
  /** What goes on the wire to the endpoint. */
  transport: UpstreamTransport | null
  outcome: ProxyOutcome
  notes: Note[]
  entered: Connection
  left: Connection | null
  steps: Step[]
}

export type Hop = AppHop | NetnsHop | NodeHop | ProxyHop

/** One way that the request can go, from the client's process to its end. */
export interface TraceBranch extends Weighted {
  /** What the client meets. */
  outcome: Outcome
  /** What failed further on, where a proxy between turned it into its own answer; null where the outcome is the cause. */
  cause: Outcome | null
  hops: Hop[]
  assumptions: Assumption[]
  warnings: string[]
}

/** A request and all its ways (contract 5). */
export interface Trace {
  id: string | null
  request: TraceRequest
  /** How the name of the request became an address; absent where it is one. */
  resolution?: Resolution
  branches: TraceBranch[]
}
