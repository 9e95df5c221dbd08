/** The terminal screen on traces from files, for tests: `node PROGRAM FIRST.json [OTHER.json ...]`; an edited URL chooses the file that has it. */
import {readFileSync} from 'node:fs'
import type {TraceRequest} from '../../src/trace/request.js'
import type {Trace} from '../../src/trace/trace.js'
import {openTraceTui} from '../../src/views/tui/open.js'

const traces = process.argv.slice(2).map((path): Trace => JSON.parse(readFileSync(path, 'utf8')))
const [first] = traces
if (first === undefined) throw new Error('a trace file is needed')

function traceOf(request: TraceRequest): Trace {
  if (request.url?.includes('throws') === true) throw new Error('this mesh has no such name')
  const found = traces.find((each) => each.request.url === request.url)
  if (found === undefined) throw new Error(`no recorded trace of ${request.url}`)
  return {...found, request}
}

await openTraceTui({
  initial: first.request,
  title: 'recorded',
  context: {
    trace: traceOf,
    facts: {title: 'recorded', capturedAt: null, services: [{name: 'default/reviews', addresses: ['10.96.0.14']}]},
    source: ['--from', 'sample'],
    pods: ['default/productpage-v1-64794f5db4-8s7zq', 'default/reviews-v2-6b5667f655-p9hxv'],
    lookup: {
      source: (at) => {
        if (process.env['SCREEN_CRASH'] === 'yes') throw new Error('the lookup fell over')
        return at.startsWith('$') ? {at, lines: Array.from({length: 60}, (_, index) => `line ${index}`)} : `-A ${at}`
      },
      counters: (hop) => (hop.place === 'netns' ? hop.rules.map((name) => ({name, text: '2 packets, 120 bytes'})) : []),
    },
  },
})
process.stdout.write('the screen is closed\n')
