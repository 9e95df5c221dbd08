import type {MosnDump} from '../../mosn/parse/dump.js'
import type {MosnStatistics} from '../../mosn/parse/stats.js'
import type {ChainOverview} from '../../netfilter/rule-overview.js'
import type {SnapshotDocument} from '../../snapshot/snapshot.js'
import type {TraceDifference} from '../../trace/difference.js'
import type {Landing, LandingTarget} from '../../trace/landing.js'
import type {TraceRequest} from '../../trace/request.js'
import type {Trace} from '../../trace/trace.js'
import type {ShownFinding} from '../iptables/check-document.js'
import type {CaptureFacts} from '../story/story.js'
import type {Lookup} from './detail.js'

/**
 * One state of the mesh, and what can be asked of it. Everything is pure and answers at once, but for the first question about a
 * pod, which reads its dump: `isRead` tells.
 */
export interface World {
  /** What the mesh is called: `sample/bookinfo, captured 2026-11-23`. */
  title: string
  facts: CaptureFacts
  document: SnapshotDocument
  /** Words that name the mesh on a command line: `--from sample`. */
  source: readonly string[]
  /** Words that name a pod's proxy there: `default/reviews --from sample`, `-f dump.json`. */
  proxyWords: (pod: string) => readonly string[]
  /** Every pod, `namespace/name`. */
  pods: readonly string[]
  hasProxy: (pod: string) => boolean
  /** Whether a dump of a MOSN is there. */
  hasMosn: (pod: string) => boolean
  /** The MOSN of a pod, and what it counted; null where there is none. */
  mosn: (pod: string) => {dump: MosnDump; statistics: MosnStatistics | null} | null
  /** Whether asking about the pod (or node) needs no reading any more. */
  isRead: (place: string) => boolean
  /** The configuration dump of a pod's proxy; undefined where none was captured. @throws DataError */
  dump: (pod: string) => unknown
  /** What its `/clusters` says; undefined where that was not captured. @throws DataError */
  clusters: (pod: string) => unknown
  /** The rules of a pod or node, each with its purpose. */
  rules: (place: string) => readonly ChainOverview[]
  /** What is wrong with them. */
  checks: (place: string) => readonly ShownFinding[]
  /** The walk; `edits` are what-ifs as the command line has them: `disable nat:OUTPUT:rule:1 in default/sleep`. */
  trace: (request: TraceRequest, edits: readonly string[]) => Trace
  /** The same in short, without what was passed over. */
  preview: (request: TraceRequest, edits: readonly string[]) => Trace
  difference: (left: Trace, right: Trace) => TraceDifference
  /** A request that lands on a row. */
  landing: (target: LandingTarget) => Landing
  lookup: Lookup
  /** A document without its secrets. */
  redact: (document: unknown) => unknown
}
