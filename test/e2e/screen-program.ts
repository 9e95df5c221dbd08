/** The terminal screen on traces from files, for tests: `node PROGRAM FIRST.json [OTHER.json ...]`; an edited URL chooses the file that has it. */
import {readFileSync} from 'node:fs'
import type {Trace} from '../../src/trace/trace.js'
import {openTui} from '../../src/views/tui/open.js'
import {recordedWorld} from '../views/tui/recorded-world.js'

const traces = process.argv.slice(2).map((path): Trace => JSON.parse(readFileSync(path, 'utf8')))
const [first] = traces
if (first === undefined) throw new Error('a trace file is needed')

await openTui({
  world: recordedWorld(traces, {
    lookup: {
      source: (at) => {
        if (process.env['SCREEN_CRASH'] === 'yes') throw new Error('the lookup fell over')
        return at.startsWith('$') ? {at, lines: Array.from({length: 60}, (_, index) => `line ${index}`)} : `-A ${at}`
      },
      counters: (hop) => (hop.place === 'netns' ? hop.rules.map((name) => ({name, text: '2 packets, 120 bytes'})) : []),
    },
  }),
  start: {kind: 'trace', request: first.request},
  theme: 'dark',
  mouse: false,
  refresh: null,
})
process.stdout.write('the screen is closed\n')
