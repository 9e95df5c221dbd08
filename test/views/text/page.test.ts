import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, expect, it} from 'vitest'
import {captureFacts} from '../../../src/cli/capture-facts.js'
import type {Mesh} from '../../../src/trace/mesh.js'
import {parseTraceRequest} from '../../../src/trace/parse-request.js'
import {walk} from '../../../src/trace/walk.js'
import {renderTraceText} from '../../../src/views/text/trace.js'
import {root} from '../../setup/run-bin.js'
import {sampleMesh} from '../../trace/mesh-of-sample.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

const requests = readFileSync(join(root, 'test/fixtures/bookinfo/requests.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line): unknown => JSON.parse(line))
  .map((value) => (typeof value === 'object' && value !== null && 'request' in value ? value.request : value))

it.each([80, 100])('tells every recorded request on a page of 40 lines, %i columns wide, failures whole', (width) => {
  expect(requests.length).toBeGreaterThan(90)
  for (const [index, value] of requests.entries()) {
    const trace = walk(mesh, parseTraceRequest(value, `request ${index}`))
    const text = renderTraceText(trace, {detail: 'summary', width, colour: false, capture: captureFacts(mesh)})
    expect(text.trimEnd().split('\n').length, text).toBeLessThanOrEqual(40)
    const [branch] = trace.branches
    if (branch === undefined || branch.outcome.kind === 'delivered') continue
    const {details, responseFlags} = branch.outcome
    const whole = text.replace(/\s+/g, '')
    for (const proof of [details, responseFlags === '-' ? null : responseFlags])
      if (proof !== null) expect(whole).toContain(proof.replace(/\s+/g, ''))
    expect(text).toMatch(/^ {2,}to change /m)
  }
})
