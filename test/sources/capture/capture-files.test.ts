import {describe, expect, test} from 'vitest'
import {SourceError} from '../../../src/errors.js'
import {parseSnapshotDocument} from '../../../src/snapshot/document.js'
import type {Snapshot, SnapshotDocument} from '../../../src/snapshot/snapshot.js'
import type {AdminPoint} from '../../../src/sources/admin-point.js'
import {type CaptureOptions, captureFiles, earlierOf} from '../../../src/sources/capture/capture-files.js'
import type {Capture, CapturePlace, PlaceFiles} from '../../../src/sources/capture/place.js'

const text = (content: string | Uint8Array) => (typeof content === 'string' ? content : Buffer.from(content).toString())

/** An Envoy that answers every path with `answers` or `{"of": path}`; an Error is thrown. */
const envoy = (where: string, answers: Record<string, string | Error> = {}): AdminPoint & {asked: string[]} => {
  const asked: string[] = []
  return {
    where,
    hint: '',
    asked,
    ask: async (path) => {
      asked.push(path)
      const answer = answers[path.split('?')[0] ?? ''] ?? JSON.stringify({of: path})
      if (answer instanceof Error) throw answer
      const body = async function* () {
        yield Buffer.from(answer)
      }
      return {status: 200, contentType: 'application/json', body: body()}
    },
  }
}

const gone = new SourceError('unreachable', 'connection refused', 'default/a')
const rules =
  (way = 'from the log', files: Record<string, string> = {'iptables-save.txt': '*nat\nCOMMIT\n'}) =>
  async (): Promise<PlaceFiles> => ({
    files,
    way,
    warnings: [],
  })

const document = (...names: string[]): SnapshotDocument => ({
  apiVersion: 'sidetrace/v1',
  kind: 'Snapshot',
  pods: names.map((name) => ({namespace: 'default', name})),
  services: [],
  nodes: [],
})

const captureOf = (
  places: Record<string, Partial<CapturePlace>>,
  others: Capture['others'] = async function* () {},
): Capture => ({
  document: document(...Object.keys(places)),
  places: Object.entries(places).map(([name, place]) => ({
    folder: `pods/default/${name}`,
    admin: null,
    rules: null,
    ...place,
  })),
  others,
})

async function written(capture: Capture, options: Partial<CaptureOptions> = {}): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const all = {redact: true, concurrency: 2, capturedAt: '2026-01-02T03:04:05Z', ...options}
  for await (const {path, content} of captureFiles(capture, all)) {
    expect(files.has(path), path).toBe(false)
    files.set(path, text(content))
  }
  return files
}

const told = (files: ReadonlyMap<string, string>): SnapshotDocument =>
  parseSnapshotDocument(files.get('snapshot.json') ?? '', 'snapshot.json')

describe('a capture', () => {
  test('holds what each Envoy answers, the rules with the way that they came, and its document at last', async () => {
    const files = await written(captureOf({a: {admin: envoy('a'), rules: rules()}, b: {rules: rules('derived')}}))
    expect([...files.keys()].at(-1)).toBe('snapshot.json')
    expect([...files.keys()].filter((path) => path.startsWith('pods/default/a/')).sort()).toEqual([
      ...['certs', 'clusters', 'config_dump'].map((name) => `pods/default/a/${name}.json`),
      'pods/default/a/iptables-save.txt',
      ...['listeners', 'runtime', 'server_info', 'stats'].map((name) => `pods/default/a/${name}.json`),
    ])
    expect(files.get('pods/default/a/config_dump.json')).toBe('{"of":"/config_dump?include_eds"}')
    expect(told(files)).toMatchObject({
      capturedAt: '2026-01-02T03:04:05Z',
      redacted: true,
      failures: [],
      pods: [
        {name: 'a', rulesFrom: 'from the log'},
        {name: 'b', rulesFrom: 'derived'},
      ],
    })
  })

  test('names what it could not have, and goes on', async () => {
    const broken = envoy('a', {'/config_dump': gone})
    const files = await written(
      captureOf({
        a: {admin: broken, rules: rules()},
        b: {admin: envoy('b', {'/certs': gone}), rules: () => Promise.reject(gone)},
      }),
    )
    expect(broken.asked).toEqual(['/config_dump?include_eds'])
    expect(told(files).failures).toEqual([
      {place: 'pods/default/a', wanted: 'config_dump.json', reason: 'default/a: connection refused'},
      {place: 'pods/default/b', wanted: 'certs.json', reason: 'default/a: connection refused'},
      {place: 'pods/default/b', wanted: 'rules', reason: 'default/a: connection refused'},
    ])
    expect(files.has('pods/default/a/iptables-save.txt')).toBe(true)
    expect(files.has('pods/default/b/runtime.json')).toBe(true)
  })

  test('of which nothing could be had is none: the first reason stands for it', async () => {
    const places = {a: {admin: envoy('a', {'/config_dump': gone})}, b: {rules: () => Promise.reject(gone)}}
    await expect(written(captureOf(places))).rejects.toBe(gone)
  })

  test('ends with a mistake of ours, whatever else went well', async () => {
    const mistake = new TypeError('x is not a function')
    await expect(written(captureOf({a: {rules: rules()}, b: {rules: () => Promise.reject(mistake)}}))).rejects.toBe(
      mistake,
    )
  })

  test('holds no secret unless told to, and reports each', async () => {
    const secret = {configs: [{private_key: {inline_string: 'cnry'}}]}
    const places = {
      a: {admin: envoy('a', {'/config_dump': JSON.stringify(secret)}), rules: rules('', {'a.log': 'TOKEN=cnry'})},
    }
    const others = async function* () {
      yield {path: 'objects/ServiceEntry/a/b.json', content: '{"metadata": {"annotations": {"password": "cnry"}}}'}
    }
    const report: string[] = []
    const options = {onRedacted: (found: readonly {path: string}[]) => report.push(...found.map(({path}) => path))}
    const clean = await written(captureOf(places, others), options)
    expect([...clean.values()].join('')).not.toContain('cnry')
    expect(report.sort()).toEqual([
      'objects/ServiceEntry/a/b.json',
      'pods/default/a/a.log',
      'pods/default/a/config_dump.json',
    ])
    const plain = await written(captureOf(places, others), {redact: false})
    expect([...plain.values()].filter((content) => content.includes('cnry')).length).toBe(3)
    expect(told(plain).redacted).toBe(false)
  })
})

describe('a capture that is continued', () => {
  const snapshotOf = (files: ReadonlyMap<string, string>): Snapshot => ({
    origin: 'earlier',
    document: told(files),
    files: () => [...files.keys()],
    text: (path) => files.get(path) ?? null,
    bytes: (path) => (files.has(path) ? Buffer.from(files.get(path) ?? '') : null),
  })

  test('asks only for what failed and what is new, and keeps the rest as it was', async () => {
    const first = await written(
      captureOf({a: {admin: envoy('a'), rules: rules('as it was')}, b: {admin: envoy('b', {'/config_dump': gone})}}),
    )
    const [a, b, c] = [envoy('a'), envoy('b'), envoy('c')]
    const second = await written(captureOf({a: {admin: a, rules: rules('anew')}, b: {admin: b}, c: {admin: c}}), {
      earlier: earlierOf(snapshotOf(first)),
    })
    expect([a.asked.length, b.asked.length, c.asked.length]).toEqual([0, 7, 7])
    expect(second.get('pods/default/a/config_dump.json')).toBe(first.get('pods/default/a/config_dump.json'))
    expect(told(second)).toMatchObject({
      failures: [],
      pods: [{name: 'a', rulesFrom: 'as it was'}, {name: 'b'}, {name: 'c'}],
    })
  })

  test('keeps the reasons of places that are not asked for this time', async () => {
    const first = await written(captureOf({a: {admin: envoy('a')}, b: {admin: envoy('b', {'/certs': gone})}}))
    const again = await written(captureOf({a: {admin: envoy('a')}}), {earlier: earlierOf(snapshotOf(first))})
    expect(told(again).failures).toEqual(told(first).failures)
    expect(told(again).pods.map(({name}) => name)).toEqual(['a', 'b'])
  })
})
