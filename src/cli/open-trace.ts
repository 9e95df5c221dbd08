import type {Mesh} from '../trace/mesh.js'
import type {TraceRequest} from '../trace/request.js'
import {countersOf} from '../trace/source.js'
import type {Trace} from '../trace/trace.js'
import {openTraceTui} from '../views/tui/open.js'
import {captureFacts} from './capture-facts.js'
import {shown} from './redacted.js'
import {shownSource} from './shown-source.js'

/** Opens the terminal UI on a request; `follow` is the walk, asked again for every edit. */
export function openTrace(
  mesh: Mesh,
  initial: TraceRequest,
  follow: (request: TraceRequest) => Trace,
  redact: boolean,
): Promise<void> {
  const {origin, document} = mesh.snapshot
  const facts = captureFacts(mesh)
  return openTraceTui({
    initial,
    title: facts.title ?? origin,
    context: {
      // The request stays as it was typed: it is edited on the screen.
      trace: (request) => ({...shown(follow(request), redact), request}),
      facts,
      source: ['--from', origin],
      pods: document.pods.map(({namespace, name}) => `${namespace}/${name}`),
      lookup: {
        source: shownSource(mesh, redact),
        counters: (hop) => countersOf(mesh, hop),
      },
    },
  })
}
