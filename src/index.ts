/**
 * What other programs may build on: docs/api.md shows each with an example. `openSnapshot` reads files; everything else is pure,
 * and gives the same answer for the same input. Nothing here writes to a terminal.
 */
export type {Assumption} from './decision/assumption.js'
export type {Check} from './decision/check.js'
export type {PassedOver, Step} from './decision/step.js'
export {DataError, type ExitCode, exitCode, type Failure, SourceError, UsageError} from './errors.js'
export type {Environment} from './netfilter/environment.js'
export {evaluate} from './netfilter/evaluate/evaluate.js'
export type {HookPath, Packet} from './netfilter/packet.js'
export type {PacketBranch} from './netfilter/packet-trace.js'
export {parseRules} from './netfilter/parse/parse-rules.js'
export type {Ruleset} from './netfilter/ruleset.js'
export {findPod} from './snapshot/pod-name.js'
export type {PodFacts, ServiceFacts, Snapshot, SnapshotDocument} from './snapshot/snapshot.js'
export {openSnapshot} from './sources/open-snapshot.js'
export {type Difference, difference, type TraceDifference} from './trace/difference.js'
export {type Edit, editMesh, parseEdit} from './trace/edit.js'
export {checkExpectation, type ExpectationResult, parseExpectation} from './trace/expectation.js'
export {buildMesh, type Mesh} from './trace/mesh.js'
export {parseTraceRequest} from './trace/parse-request.js'
export type {Place} from './trace/place.js'
export type {TraceRequest} from './trace/request.js'
export type {
  AppHop,
  Hop,
  NetnsHop,
  NodeHop,
  Outcome,
  OutcomeKind,
  ProxyHop,
  Trace,
  TraceBranch,
} from './trace/trace.js'
export {type WalkOptions as TraceOptions, walk as trace} from './trace/walk.js'
export {type Change, type WhyNot, whyNot} from './trace/why-not.js'
export {matchRequest as match} from './xds/match/match.js'
export type {MatchRequest, Suppositions} from './xds/match/request.js'
export type {MatchBranch} from './xds/match/result.js'
export {type ConfigDump, parseConfigDump} from './xds/parse/config-dump.js'
export {parseMatchRequest} from './xds/parse/match-request.js'
export type {Proxy, ProxyState} from './xds/proxy.js'
