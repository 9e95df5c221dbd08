import {redactAnswer} from '../snapshot/redact.js'
import type {MatchRequest} from '../xds/match/request.js'
import type {Match, MatchBranch} from '../xds/match/result.js'
import {Flags} from './oclif.js'

export const redactFlag = Flags.boolean({
  summary:
    'Put "[redacted]" in place of the values of secret headers, parameters and cookies, and of whatever looks like a secret.',
  default: true,
  allowNo: true,
})

/** An answer as the flag wants it shown. */
export const shown = <T>(answer: T, redact: boolean): T => (redact ? redactAnswer(answer) : answer)

/** The same of a line of a batch: without steps there are few texts that could hold a secret, and a batch is long. */
export function shownMatch({request, branches}: Match, redact: boolean, withSteps: boolean): Match {
  if (!redact) return {request, branches}
  return {
    request: shownRequest(request),
    branches: withSteps ? redactAnswer(branches) : branches.map(shownBranch),
  }
}

function shownRequest(request: MatchRequest): MatchRequest {
  const http = redactAnswer(request.http)
  return http === request.http ? request : {...request, http}
}

function shownBranch(branch: MatchBranch): MatchBranch {
  const {rewritten, outcome, assumptions, notes} = branch
  const told = {
    rewritten: redactAnswer(rewritten),
    outcome: redactAnswer(outcome),
    assumptions: assumptions.length === 0 ? assumptions : redactAnswer(assumptions),
    notes: notes.length === 0 ? notes : redactAnswer(notes),
  }
  const same =
    told.rewritten === rewritten && told.outcome === outcome && told.assumptions === assumptions && told.notes === notes
  return same ? branch : {...branch, ...told}
}
