import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {exportFiles} from '../../src/snapshot/export.js'
import type {Snapshot} from '../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import {parseTraceRequest} from '../../src/trace/parse-request.js'
import {walk} from '../../src/trace/walk.js'
import {plantSnapshot} from './planted-snapshot.js'

const recorded = readFileSync(new URL('../fixtures/bookinfo/requests.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): {desc: string; request: unknown} => JSON.parse(line))

let folder = ''
let before: Mesh
let after: Mesh
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-same-'))
  plantSnapshot(folder)
  const planted = await openSnapshot(folder)
  before = buildMesh(planted)
  after = buildMesh(redacted(planted))
})
afterAll(() => rmSync(folder, {recursive: true}))

function redacted(snapshot: Snapshot): Snapshot {
  const files = new Map<string, string>()
  for (const {path, content} of exportFiles(snapshot, {pod: null, section: null, redact: true}))
    files.set(path, typeof content === 'string' ? content : new TextDecoder().decode(content))
  return {...snapshot, files: () => [...files.keys()], text: (path) => files.get(path) ?? null}
}

test(`redaction changes none of ${recorded.length} traces`, () => {
  expect(recorded.length).toBeGreaterThan(90)
  for (const {desc, request} of recorded) {
    const asked = parseTraceRequest(request, desc)
    expect(walk(after, asked, {explain: false}), desc).toEqual(walk(before, asked, {explain: false}))
  }
})
