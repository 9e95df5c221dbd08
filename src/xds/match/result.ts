import type {Assumption} from '../../decision/assumption.js'
import type {Weighted} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {JsonObject} from '../parse/field.js'
import type {ClientTls, HttpRequest, MatchRequest, Protocol} from './request.js'

/**
 * What becomes of the request at this proxy.
 * - `forwarded`: it goes to an endpoint of the cluster.
 * - `responded`: this Envoy answers itself, with status, response flags and response_code_details.
 * - `reset`: the connection is closed: no filter chain, failed handshake, network RBAC.
 * - `no-listener`: nothing accepts the address.
 * - `unknown`: the configuration at hand does not tell.
 */
export type OutcomeKind = 'forwarded' | 'responded' | 'reset' | 'no-listener' | 'unknown'

export interface Outcome {
  kind: OutcomeKind
  /** HTTP status that this Envoy answers, else null. */
  status: number | null
  /** Envoy's %RESPONSE_FLAGS%, `-` for none. */
  responseFlags: string
  /** Envoy's response_code_details or connection termination details; null unless this Envoy answers or resets. */
  details: string | null
}

/** What the proxy puts on the wire towards one endpoint. */
export type UpstreamTransport =
  | {kind: 'plaintext'}
  | {
      kind: 'tls'
      sni: string | null
      alpn: string[]
      /** Name of the secret whose certificate is presented, or null for none; its identity is in the dump's secrets. */
      certificate: string | null
      /** URI SANs of that certificate where the dump shows them. */
      identity: string[]
      at: string
    }
  | {kind: 'unmodelled'; type: string; at: string}

/** An endpoint that load balancing can choose, and how likely. */
export interface EndpointShare extends Weighted {
  /** `ip:port`, a pipe's path, or `envoy://listener/endpoint` for an internal one. */
  address: string
  /** Envoy's health status name: HEALTHY, UNHEALTHY, DRAINING, TIMEOUT, DEGRADED, UNKNOWN. */
  health: string
  locality: string | null
  priority: number
  transport: UpstreamTransport
  at: string
  /** Its name, where the route asks for it as Host (`auto_host_rewrite`) and it has one. */
  hostname?: string
  /** Metadata of host and cluster that `internal_upstream` hands on; only where it hands on some. */
  passed?: Readonly<Record<string, JsonObject>>
  /**
   * What the internal listener of this Envoy at that address does with the connection: its ways, whose probabilities sum
   * to 1. Only for internal addresses.
   */
  inner?: MatchBranch[]
}

/** What leaves the proxy, for whoever follows the request further. */
export interface Upstream {
  protocol: Protocol
  /**
   * The address that the proxy binds before it connects: of the `original_src` listener filter (the downstream's remote
   * address), else of the cluster's `upstream_bind_config` (127.0.0.6), or null.
   */
  sourceAddress: string | null
  /** The packet mark that `original_src` sets on the upstream socket, or null. */
  mark: number | null
  /** TLS of the client that this proxy did not terminate and passes on as bytes; null where it terminated it or there was none. */
  tls: ClientTls | null
  /** Null for TCP. Header mutations that are known are applied. */
  http: HttpRequest | null
  /** `begins`: the bytes go through a CONNECT, `http`; `ends`: those of the client's CONNECT go on as they are. Absent: neither. */
  tunnel?: 'begins' | 'ends'
}

/** One way the request can go at this proxy (contract 2). Members that do not apply are null. */
export interface MatchBranch extends Weighted {
  listener: string | null
  /** `index` counts in the listener's `filter_chains`; -1 is the default chain. */
  filterChain: {name: string | null; index: number} | null
  routeConfig: string | null
  virtualHost: string | null
  /** `index` counts within the virtual host. */
  route: {name: string | null; index: number} | null
  cluster: string | null
  endpoints: EndpointShare[]
  /** Authority and path as they are sent upstream; a member is null where equal to the request's. */
  rewritten: {authority: string | null; path: string | null} | null
  /** The virtual cluster that counts a forwarded request; `other` where its host has some and none fits; else null. */
  virtualCluster: string | null
  outcome: Outcome
  upstream: Upstream | null
  assumptions: Assumption[]
  /** Facts worth knowing that did not decide: shadow denials, mirrors, retries, time-outs. */
  notes: Note[]
  steps: Step[]
}

/** A fact beside the decision: `mirror` to a cluster, `retry`, `timeout`, a shadow verdict. */
export interface Note {
  kind: string
  text: string
  at: string
}

/** The answer of one proxy to one request. */
export interface Match {
  request: MatchRequest
  branches: MatchBranch[]
}
