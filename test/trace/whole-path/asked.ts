import {captureFacts} from '../../../src/cli/capture-facts.js'
import type {Mesh} from '../../../src/trace/mesh.js'
import type {TraceRequest} from '../../../src/trace/request.js'
import type {Hop, Outcome, Trace} from '../../../src/trace/trace.js'
import {walk} from '../../../src/trace/walk.js'
import {renderTraceText} from '../../../src/views/text/trace.js'
import {get} from '../mesh-of-sample.js'

/** What a reader of one trace has: the places that it passes, its end, and the default view. */
export interface Story {
  trace: Trace
  outcome: Outcome
  hops: readonly Hop[]
  /** One line a hop: a proxy with listener and cluster, a namespace with its passage and last rule. */
  way: string[]
  /** Lines of the default view, on a terminal of 80 columns. */
  lines: string[]
  /** The same text in one line, for what may be wrapped anywhere. */
  text: string
}

const short = (name: string): string => name.replace(/^[^/]*\//, '').replace(/-[0-9a-f]{8,}-[0-9a-z]{5}$/, '')

/** A hop in words of the test: `ratings-v1 wire-to-proxy nat:…:rule:5`. */
function wordsOf(hop: Hop): string {
  if (hop.place === 'app') return `app ${hop.pod === null ? hop.host : short(hop.pod)}`
  if (hop.place === 'proxy') return `envoy ${short(hop.pod)} ${hop.listener} -> ${hop.cluster}`
  const rule = hop.rules.at(-1) ?? 'no rule'
  return hop.place === 'node' ? `node ${hop.node} ${rule}` : `netns ${short(hop.pod)} ${hop.crossing} ${rule}`
}

export function tell(mesh: Mesh, request: TraceRequest): Story {
  const trace = walk(mesh, request)
  const [branch] = trace.branches
  if (branch === undefined) throw new Error('a trace without a branch')
  const text = renderTraceText(trace, {detail: 'summary', width: 80, colour: false, capture: captureFacts(mesh)})
  return {
    trace,
    outcome: branch.outcome,
    hops: branch.hops,
    way: branch.hops.map(wordsOf),
    lines: text.trimEnd().split('\n'),
    text: text.replace(/\s+/g, ' '),
  }
}

/** A TCP client: what it says first, or null where it waits. */
export const tcp = (pod: string, dst: string, data: string | null = null): TraceRequest =>
  get(pod, '', {url: null, method: null, httpVersion: null, tcp: {dst, data}})

/** As the user that the Envoy runs as, whom the rules let pass. */
export const asEnvoy = (request: TraceRequest): TraceRequest => ({
  ...request,
  client: {...request.client, uid: 1337, gid: 1337},
})

export const more = {
  reviewsV1: 'default/reviews-v1-7f5f4c6f8b-2nqlk',
  reviewsV3: 'default/reviews-v3-cfd99d85b-r7d2j',
  sleep: 'default/sleep-5577c64d7c-wl6bf',
  ingress: 'istio-system/istio-ingressgateway-7c5cd8f5d9-kzv4r',
} as const
