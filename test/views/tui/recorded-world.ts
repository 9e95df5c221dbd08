import type {TraceRequest} from '../../../src/trace/request.js'
import type {Trace} from '../../../src/trace/trace.js'
import type {World} from '../../../src/views/tui/world.js'
import {facts} from '../recorded.js'

const pods = ['default/productpage-v1-64794f5db4-8s7zq', 'default/reviews-v2-6b5667f655-p9hxv']

/** A mesh of which nothing is known but these traces: an edited request finds its own by URL and headers. */
export function recordedWorld(traces: readonly Trace[], changed: Partial<World> = {}): World {
  const traceOf = (request: TraceRequest): Trace => {
    const found =
      traces.find(({request: {url, headers}}) => url === request.url && headers.length === request.headers.length) ??
      traces.find(({request: {url}}) => url === request.url)
    if (found === undefined) throw new Error(`no recorded trace of ${request.url}`)
    return {...found, request}
  }
  return {
    title: 'recorded',
    facts,
    document: {
      apiVersion: 'sidetrace/v1',
      kind: 'Snapshot',
      pods: pods.map((pod) => ({namespace: 'default', name: pod.slice('default/'.length)})),
      services: [],
      nodes: [{name: 'node1'}],
    },
    source: ['--from', 'sample'],
    proxyWords: (pod) => [pod, '--from', 'sample'],
    pods,
    hasProxy: () => true,
    hasMosn: () => false,
    mosn: () => null,
    isRead: () => true,
    dump: () => undefined,
    clusters: () => undefined,
    rules: () => [],
    checks: () => [],
    trace: traceOf,
    preview: traceOf,
    difference: () => ({same: true, branches: []}),
    landing: () => ({kind: 'none', why: 'no request lands here'}),
    lookup: {source: (at) => ({at}), counters: () => []},
    redact: (document) => document,
    ...changed,
  }
}
