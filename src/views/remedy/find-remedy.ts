import type {TraceRequest} from '../../trace/request.js'
import type {Resolution} from '../../trace/resolution.js'
import type {TraceBranch} from '../../trace/trace.js'
import type {CaptureFacts} from '../story/story.js'
import {authorization} from './authorization.js'
import {directResponse, fault} from './configured.js'
import {readFailure} from './failure.js'
import {filterAnswer, limit, otherwise} from './filter-answer.js'
import {filterChain} from './filter-chain.js'
import {tlsHandshake} from './handshake.js'
import {madeUpAddress, unresolved} from './name.js'
import type {Family, Remedy} from './remedy.js'
import {requestForm} from './request-form.js'
import {blackHole, noCluster, noRoute} from './routing.js'
import {rules} from './rules.js'
import {loop, silence, unknown} from './silence.js'
import {closedPort, noEndpoint, otherAddress, servicePort} from './upstream.js'

/** The first family that knows the failure tells it. */
const families: readonly Family[] = [
  authorization,
  filterChain,
  tlsHandshake,
  blackHole,
  noRoute,
  noCluster,
  fault,
  directResponse,
  requestForm,
  filterAnswer,
  rules,
  silence,
  loop,
  unresolved,
  madeUpAddress,
  noEndpoint,
  servicePort,
  otherAddress,
  closedPort,
  limit,
  unknown,
]

/** What failed and what to change, or null where the branch ends well. */
export function findRemedy(
  request: TraceRequest,
  branch: TraceBranch,
  facts: CaptureFacts,
  resolution?: Resolution,
): Remedy | null {
  const failure = readFailure(request, branch, facts, resolution ?? null)
  if (failure === null) return null
  for (const family of families) {
    const remedy = family(failure)
    if (remedy !== null) return remedy
  }
  return otherwise(failure)
}
