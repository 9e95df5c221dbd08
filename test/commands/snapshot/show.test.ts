import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {root, sidetrace} from '../../setup/run-bin.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-show-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const show = (...args: string[]) => sidetrace(['snapshot', 'show', ...args])

describe('snapshot show', () => {
  test('lists pods, nodes, services, names and hosts outside of the sample', () => {
    const {exit, stdout, stderr} = show('--from', 'sample')
    expect([exit, stderr]).toEqual([0, ''])
    const row = (start: string) =>
      stdout
        .split('\n')
        .find((line) => line.startsWith(start))
        ?.split(/ {2,}/)
    expect(row('default       details-v1')?.slice(2, 7)).toEqual(['10.10.0.12', 'node1', 'sidecar', 'TPROXY', '1.40.0'])
    expect(row('legacy        legacy-')?.slice(4, 7)).toEqual(['none', 'NONE', '-'])
    expect(row('kube-system')?.slice(1)).toEqual(['kube-dns', '10.96.0.10', '53/UDP', 'none'])
    expect(stdout).toContain('10.10.0.30  ext.example.com')
    expect(stdout).toMatch(/^external {2,}10\.10\.0\.30/m)
  })

  test('answers in JSON and YAML, and by JSONPath', () => {
    const document: unknown = JSON.parse(show('--from', 'sample', '-o', 'json').stdout)
    expect(document).toMatchObject({
      apiVersion: 'sidetrace/v1',
      kind: 'SnapshotContents',
      origin: 'sample',
      name: 'bookinfo',
    })
    expect(parse(show('--from', 'sample', '-o', 'yaml').stdout)).toEqual(document)
    const path = '$.pods[?(@.role=="router")].proxyVersion'
    expect(JSON.parse(show('--from', 'sample', '--jsonpath', path).stdout)).toEqual([{envoy: '1.40.0', istio: null}])
  })

  test('names what was not captured', () => {
    const pods = [{namespace: 'a', name: 'b', sidecar: true}]
    writeFileSync(join(folder, 'snapshot.json'), JSON.stringify({apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods}))
    mkdirSync(join(folder, 'pods/a/b'), {recursive: true})
    writeFileSync(join(folder, 'pods/a/b/ip-addr.json'), '[]')
    expect(JSON.parse(show('--from', folder, '--jsonpath', '$.pods[0].absent[*]').stdout)).toEqual([
      'rules',
      'configuration of the proxy',
      'health of endpoints',
      'routes',
      'routing policy',
      'listening sockets',
      'sysctls',
    ])
    expect(show('--from', folder).stdout).toContain('What DNS answers was not captured.')
  })

  test('strips terminal escapes from what it shows', () => {
    const pods = [{namespace: 'a', name: 'b\u001b[31mred', notes: 'x\u001b]0;title\u0007y\nz', sidecar: false}]
    writeFileSync(join(folder, 'snapshot.json'), JSON.stringify({apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods}))
    const {stdout} = show('--from', folder)
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
    expect(stdout).toContain('bred')
  })
})

describe('a snapshot that is none is refused in one line, with nothing on stdout:', () => {
  const refused = (from: string, exit: number, words: RegExp) => {
    const ran = show('--from', from)
    expect([ran.exit, ran.stdout]).toEqual([exit, ''])
    expect(ran.stderr).toMatch(words)
    expect(ran.stderr.split('\n')).toHaveLength(2)
  }

  test('a path that is not there', () =>
    refused('/nope', 66, /^Error: \/nope: no such file or folder\. Pass a snapshot folder/))
  test('a folder without snapshot.json', () => refused(folder, 65, /has no snapshot\.json/))
  test('a config dump', () =>
    refused(
      join(root, 'samples/bookinfo/pods/default/reviews-v2-6b5667f655-p9hxv/config_dump.json'),
      65,
      /is a config dump, not a snapshot/,
    ))
  test('a file of something else', () => refused(join(root, 'LICENSE'), 65, /not a snapshot/))

  test('a broken document', () => {
    cpSync(join(root, 'samples/bookinfo/snapshot.json'), join(folder, 'snapshot.json'))
    writeFileSync(join(folder, 'snapshot.json'), '{"kind": "Snapshot",')
    refused(folder, 65, /snapshot\.json: is not JSON/)
  })

  test('no --from at all', () => {
    const ran = show()
    expect([ran.exit, ran.stdout]).toEqual([2, ''])
  })
})
