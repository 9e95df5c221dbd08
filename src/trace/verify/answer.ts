import type {OutcomeKind, TraceBranch} from '../trace.js'
import type {Sent} from './verification.js'
import type {Judgement} from './verify.js'

/** What the client met, held against the branch's outcome; only who sent the request saw it. */
export function judgeAnswer({branch, sent}: {branch: TraceBranch; sent: Sent | null}): Judgement {
  if (sent === null) return {verdict: 'not observable', evidence: [], reason: 'the request was sent by somebody else'}
  const {kind, status} = branch.outcome
  const met = sent.status === null ? (sent.error ?? 'no answer') : `the answer ${sent.status}`
  const reason = `${sent.by} met ${met}`
  const fits =
    kind === 'responded'
      ? sent.status === status
      : kind === 'delivered'
        ? sent.status !== null
        : unanswered.has(kind) && sent.status === null
  if (kind === 'unknown') return {verdict: 'not observable', evidence: [], reason}
  return {verdict: fits ? 'confirmed' : 'contradicted', evidence: [], reason}
}

/** Ends without an answer. */
const unanswered: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  'reset',
  'refused',
  'unreachable',
  'dropped',
  'rejected',
  'timeout',
  'loop',
])
