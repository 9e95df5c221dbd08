import type {Trace, TraceBranch} from '../../trace/trace.js'
import {findRemedy} from '../remedy/find-remedy.js'
import {podName} from './names.js'
import {ending, headlineLine} from './outcome.js'
import {tellPlaces} from './places.js'
import {tellClient, tellRequest} from './request.js'
import {type BranchStory, type CaptureFacts, noFacts, type Story} from './story.js'

/** What lay ahead when it ended, as far as the way itself shows it. */
function notReached({hops, outcome}: TraceBranch): string | null {
  if (outcome.kind === 'delivered') return null
  const last = hops.at(-1)
  if (last === undefined || last.place === 'app') return null
  if (last.place === 'proxy' && last.direction === 'inbound') return `the app of ${podName(last.pod)}`
  if (last.place === 'proxy' && last.endpoint !== null) return last.endpoint
  return last.place === 'proxy' ? 'any server' : null
}

const tellBranch = (branch: TraceBranch, trace: Trace, facts: CaptureFacts): BranchStory => ({
  branch,
  headline: headlineLine(branch.outcome),
  ending: ending(branch.outcome),
  places: tellPlaces(branch, trace, facts),
  remedy: findRemedy(trace.request, branch, facts, trace.resolution),
  notReached: notReached(branch),
})

/** The whole trace in words. Branches keep their order; sorting by share is the walk's business. */
export const tellTrace = (trace: Trace, facts: CaptureFacts = noFacts): Story => ({
  request: tellRequest(trace.request),
  from: tellClient(trace.request),
  branches: trace.branches.map((branch) => tellBranch(branch, trace, facts)),
})
