import type {Assumption} from '../../decision/assumption.js'
import type {Weighted} from '../../decision/probability.js'
import type {Step} from '../../decision/step.js'
import type {MosnHttpRequest, MosnProtocol, MosnRequest, RpcRequest} from './request.js'

/**
 * What becomes of the request at this MOSN.
 * - `forwarded`: it goes to a host of the cluster.
 * - `responded`: MOSN answers itself.
 * - `reset`: the connection is closed.
 * - `no-listener`: nothing accepts the address.
 * - `unknown`: the dump does not tell.
 */
export interface MosnOutcome {
  kind: 'forwarded' | 'responded' | 'reset' | 'no-listener' | 'unknown'
  /** The status that MOSN answers, as its access log shows it; a Dubbo caller sees status 60 with it in the body. */
  status: number | null
  /** `NR` for MOSN's NoRouteFound, `UH` for NoHealthyUpstream, `-` for none. */
  responseFlags: string
  /** MOSN's own words for its answer. */
  details: string | null
}

export type MosnTransport =
  | {kind: 'plaintext'}
  | {kind: 'tls'; sni: string | null; alpn: string[]; certificate: null; identity: string[]; at: string}

/** A host that can be chosen, and how likely. */
export interface HostShare extends Weighted {
  address: string
  /** HEALTHY where nothing checks it; UNKNOWN where something does, as dumps do not tell. */
  health: string
  locality: null
  priority: number
  transport: MosnTransport
  at: string
}

/** What leaves MOSN for the host. Its sockets are bound to no address and carry no mark, and TLS never passes through. */
export interface MosnUpstream {
  protocol: MosnProtocol
  sourceAddress: null
  mark: null
  tls: null
  http: MosnHttpRequest | null
  rpc: RpcRequest | null
}

export interface Note {
  kind: string
  text: string
  at: string
}

/** One way that the request can go at this MOSN. Members that do not apply are null. */
export interface MosnBranch extends Weighted {
  /** Least and most that the share can be where MOSN's own draw depends on how its Go orders a map; absent where it does not. */
  probabilityRange?: [number, number]
  listener: string | null
  filterChain: {name: null; index: number} | null
  routeConfig: string | null
  virtualHost: string | null
  route: {name: null; index: number} | null
  cluster: string | null
  endpoints: HostShare[]
  rewritten: {authority: string | null; path: string | null} | null
  virtualCluster: null
  outcome: MosnOutcome
  upstream: MosnUpstream | null
  assumptions: Assumption[]
  notes: Note[]
  steps: Step[]
}

/** The answer of one MOSN to one request. */
export interface MosnMatch {
  request: MosnRequest
  branches: MosnBranch[]
}
