import type {SocketAddress} from '../address/socket-address.js'
import type {Suppositions} from '../xds/match/request.js'
import type {Notes} from './hooked.js'
import type {Mesh} from './mesh.js'
import type {Payload} from './payload.js'
import type {Place} from './place.js'

/** What holds for the whole walk. */
export interface Walk {
  mesh: Mesh
  suppositions: Suppositions
  /** Whether steps are recorded; without them an answer has its hops, rules and outcome alone. */
  explain: boolean
  /** Every connection on the way is open already: nat rules are not asked. */
  reused: boolean
}

/** A connection about to be opened: who opens it, to where, and what will be sent. */
export interface Departure {
  from: 'app' | 'proxy'
  place: Place
  uid: number | null
  gid: number | null
  /** The address that the socket was bound to beforehand, or null: the kernel chooses by route. */
  source: string | null
  /** SO_MARK of the socket; 0 for none. */
  mark: number
  destination: SocketAddress
  payload: Payload
  /** Proxies that this request passed, each with the socket it came in by: coming back to one with the same errand is a loop. */
  passed: readonly string[]
  /** What eBPF programs have noted on the way so far. */
  notes: Notes
  /** What a registry's answer stands for, where the connection goes to a proxy by name; absent: no registry answered. */
  meant?: SocketAddress
}
