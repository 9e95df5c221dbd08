import type {Assumption} from '../decision/assumption.js'
import type {Weighted} from '../decision/probability.js'
import type {Step} from '../decision/step.js'
import type {Packet} from './packet.js'

/** What becomes of a packet; `unknown` where a rule cannot be decided from what is given. */
export type Verdict = 'accept' | 'drop' | 'reject' | 'unknown'

/** One way that a packet can take through the rules (contract 4). */
export interface PacketBranch extends Weighted {
  verdict: Verdict
  /** The new destination after REDIRECT, DNAT or TPROXY: `ip:port`, `[v6]:port`, `ip` for protocols without ports; else null. */
  redirectedTo: string | null
  /** How: the target that set it. TPROXY leaves the packet's destination as it is. */
  redirectedBy: 'REDIRECT' | 'DNAT' | 'TPROXY' | null
  /** Every rule that matched, in order: `nat:ISTIO_OUTPUT:rule:4`, native `inet istio-proxy-nat:output:rule:1`. */
  rules: string[]
  /** The packet as it leaves the last hook; after nat, with the conntrack facts a second pass over lo needs. */
  packet: Packet
  assumptions: Assumption[]
  steps: Step[]
}

/** A packet and its ways. */
export interface PacketTrace {
  packet: Packet
  branches: PacketBranch[]
}
