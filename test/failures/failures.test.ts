import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {describe, expect, it} from 'vitest'
import {captureFacts} from '../../src/cli/capture-facts.js'
import {requestOf} from '../../src/cli/trace-request.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {Hop, Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {renderTraceText} from '../../src/views/text/trace.js'
import {root} from '../setup/run-bin.js'
import {failures} from './failures.js'

/** Words of a command line; single quotes hold blanks together. */
const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

const options = {
  from: {type: 'string', default: 'sample'},
  header: {type: 'string', short: 'H', multiple: true},
  resolve: {type: 'string'},
  tcp: {type: 'string'},
  uid: {type: 'string'},
} as const

/** Asks what a command of the guide asks. */
async function answer(command: string): Promise<{mesh: Mesh; trace: Trace}> {
  const [, , ...args] = words(command)
  const {values, positionals} = parseArgs({args, options, allowPositionals: true})
  const mesh = buildMesh(await openSnapshot(values.from === 'sample' ? 'sample' : join(root, values.from)))
  const [client, url] = positionals
  const request = requestOf(
    mesh.snapshot.document,
    {client, url},
    {
      ...values,
      uid: values.uid === undefined ? undefined : Number(values.uid),
      'http1.0': false,
      'http2-prior-knowledge': false,
    },
  )
  return {mesh, trace: walk(mesh, request)}
}

/** The default view, as wide as it is in a pipe. */
const textOf = (mesh: Mesh, trace: Trace): string =>
  renderTraceText(trace, {detail: 'summary', width: 100, colour: false, capture: captureFacts(mesh)})

const failed = (hop: Hop): boolean => hop.place === 'proxy' && hop.outcome.kind !== 'forwarded'

describe('a common mesh failure', () => {
  for (const {command, outcome, at, says} of failures)
    it(`is told with its place, its reason and its remedy: ${command}`, async () => {
      const {mesh, trace} = await answer(command)
      const [branch, ...others] = trace.branches
      expect(others).toEqual([])
      const {kind, status, responseFlags: flags, details} = branch?.outcome ?? {}
      expect({kind, status, flags, details}).toEqual(outcome)
      const place = branch?.hops.findLast(failed)
      expect(place?.place === 'node' ? null : {place: place?.place, pod: place?.pod}).toEqual(at)

      const text = textOf(mesh, trace)
      expect(text.trimEnd().split('\n').length, text).toBeLessThanOrEqual(40)
      const told = text.replace(/\s+/g, ' ')
      for (const said of says) expect(told).toMatch(said)
      const proof = [outcome.flags, outcome.details].filter((part) => part !== null && part !== '-')
      for (const part of proof) expect(text.replace(/\s+/g, '')).toContain(part)
    })

  it('is shown in the guide', () => {
    const guide = readFileSync(join(root, 'docs/debugging.md'), 'utf8')
    expect(failures.map(({command}) => command).filter((command) => !guide.includes(`$ ${command}`))).toEqual([])
    expect(guide.match(/^## \d+\. /gm)).toHaveLength(10)
  })
})

it('keeps the broken meshes as the sample and the script make them', () => {
  const {status, stderr} = spawnSync(process.execPath, ['scripts/make-failures.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
})

it('tells a failure that differs in the pod alone once, in 40 lines', async () => {
  const {mesh, trace} = await answer('sidetrace trace productpage https://reviews:9080/ --from sample')
  const text = textOf(mesh, trace)
  expect(text.match(/to change/g)).toHaveLength(1)
  expect(text).toMatch(
    /on all 3 ways, certain\n {2}likewise at reviews-v2-6b5667f655-p9hxv, reviews-v3-cfd99d85b-r7d2j/,
  )
  expect(text.trimEnd().split('\n').length, text).toBeLessThanOrEqual(40)
})
