import type {Step} from '../decision/step.js'
import type {Mesh} from './mesh.js'
import {isNamed} from './named-pod.js'
import type {TraceRequest} from './request.js'
import {editRequest, editsOf, type RequestEdit} from './request-edit.js'
import type {Hop, Trace, TraceBranch} from './trace.js'
import {type WalkOptions, walk} from './walk.js'

/** A change of the request that makes it reach the target; found by walking it. */
export interface Change {
  edits: RequestEdit[]
  request: TraceRequest
  /** The share of such requests that reach the target, 0 to 1. */
  share: number
}

/** Why a request does not reach a target, and what would make it. */
export interface WhyNot {
  /** A cluster, a subset, an endpoint's address, or a pod. */
  target: string
  trace: Trace
  /** The share that reaches the target as it is. */
  share: number
  /** The smallest changes first; of one size, the better share. Empty where none was found. */
  changes: Change[]
  /** How many requests were walked to find them. */
  walked: number
}

/** Changes of this many edits are looked for, and no more requests than this are walked. */
const [mostEdits, mostWalks] = [2, 600]

/**
 * Looks for the smallest change of `request` that reaches `target`: what the losers of each decision wanted is tried, and every
 * suggestion is walked before it is made. A change that is not found may still exist: regular expressions and what a running system
 * decides are not guessed.
 */
export function whyNot(mesh: Mesh, request: TraceRequest, target: string, options: WalkOptions = {}): WhyNot {
  const trace = walk(mesh, request, options)
  const share = shareOf(trace, target)
  const found: Change[] = []
  let walked = 1
  let frontier: {request: TraceRequest; trace: Trace; edits: RequestEdit[]}[] = [{request, trace, edits: []}]
  for (let size = 1; size <= mostEdits && found.length === 0 && share === 0; size++) {
    const next: typeof frontier = []
    for (const from of frontier)
      for (const edit of candidates(mesh, from.trace)) {
        if (walked >= mostWalks) return {target, trace, share, changes: ranked(found), walked}
        const changed = editRequest(from.request, edit)
        const tried = walk(mesh, changed, options)
        walked++
        const edits = [...from.edits, edit]
        const reached = shareOf(tried, target)
        if (reached > 0) found.push({edits, request: changed, share: reached})
        else next.push({request: changed, trace: tried, edits})
      }
    frontier = next
  }
  return {target, trace, share, changes: ranked(found), walked}
}

const ranked = (changes: Change[]): Change[] =>
  changes.sort((a, b) => a.edits.length - b.edits.length || b.share - a.share)

/** What the steps of a trace suggest, each once, and the other pods of the snapshot as clients. */
function candidates(mesh: Mesh, {request, branches}: Trace): RequestEdit[] {
  const steps = branches.flatMap(({hops}) => hops).flatMap((hop): Step[] => (hop.place === 'proxy' ? hop.steps : []))
  const clients = mesh.snapshot.document.pods
    .map(({namespace, name}) => `${namespace}/${name}`)
    .filter((pod) => pod !== request.client.pod)
    .map((pod): RequestEdit => ({kind: 'client', pod}))
  const ports = (mesh.snapshot.document.services ?? [])
    .flatMap((service) => service.ports ?? [])
    .map(({port}): RequestEdit => ({kind: 'port', port}))
  const all = [...steps.flatMap(editsOf), ...clients, ...ports]
  return [...new Map(all.map((edit) => [JSON.stringify(edit), edit])).values()]
}

const shareOf = ({branches}: Trace, target: string): number =>
  branches.filter((branch) => reaches(branch, target)).reduce((sum, {probability}) => sum + probability, 0)

/** A branch reaches a target that an Envoy forwards to or an app of which accepts. A refusal on the way is no arrival. */
function reaches({outcome, hops}: TraceBranch, target: string): boolean {
  if (outcome.kind !== 'delivered') return false
  return (
    isNamed(outcome.by?.pod ?? '', target) ||
    outcome.by?.address === target ||
    hops.some((hop) => forwardsTo(hop, target))
  )
}

function forwardsTo(hop: Hop, target: string): boolean {
  if (hop.place !== 'proxy') return false
  const {cluster, endpoint} = hop
  return cluster === target || endpoint === target || cluster?.split('|')[2] === target
}
