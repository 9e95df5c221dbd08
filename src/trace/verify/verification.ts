import type {Weighted} from '../../decision/probability.js'
import type {TraceRequest} from '../request.js'
import type {Outcome} from '../trace.js'

/** Whether what was counted bears out what was computed. */
export type Verdict = 'confirmed' | 'contradicted' | 'not observable'

/** One counter that should have moved. */
export interface Evidence {
  /** A rule's name, or what an Envoy counts. */
  counter: string
  before: number
  after: number
}

export interface VerifiedHop {
  place: 'app' | 'netns' | 'node' | 'proxy'
  /** The pod or node; null for a host outside. */
  at: string | null
  /** `app-to-proxy` of a namespace, `outbound` of a proxy; null otherwise. */
  passage: string | null
  verdict: Verdict
  evidence: Evidence[]
  /** Why the verdict is what it is, where the evidence does not say it. */
  reason: string | null
}

export interface VerifiedBranch extends Weighted {
  outcome: Outcome
  /** Whether the request went this way. */
  taken: 'yes' | 'no' | 'unknown'
  hops: VerifiedHop[]
}

/** How a request that was really sent went. */
export interface Sent {
  /** The program and the container that sent it. */
  by: string
  /** The answer's status; null where there was none. */
  status: number | null
  /** What the program said where there was no answer. */
  error: string | null
}

/** A trace held against what the mesh counted while the request was sent. */
export interface Verification {
  request: TraceRequest
  verdict: Verdict
  /** Null where the user sent it. */
  sent: Sent | null
  branches: VerifiedBranch[]
  /** What could not be read, and why. */
  warnings: string[]
}
